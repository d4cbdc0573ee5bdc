using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client.Credentials;

/// <summary>
/// The certificate and private key of a thing, from PEM files: EC (P-256, P-384, P-521) and RSA keys in PKCS#8, PKCS#1 and SEC1 format. The
/// certificate file may hold intermediates, in any order.
/// </summary>
internal sealed class ClientCredentials : IDisposable
{
    private readonly X509Certificate2 _leaf;
    private readonly X509Certificate2Collection _intermediates;

    internal ClientCredentials(
        X509Certificate2 leaf, X509Certificate2Collection intermediates, string file, IReadOnlyList<CredentialCheck> checks)
    {
        _leaf = leaf;
        _intermediates = intermediates;
        Facts = CertificateFacts.Of(leaf, file);
        Checks = checks;
    }

    /// <summary>A summary of the certificate.</summary>
    public CertificateFacts Facts { get; }

    /// <summary>The checks of the files; none failed.</summary>
    public IReadOnlyList<CredentialCheck> Checks { get; }

    /// <summary>Reads the files and checks that they match, are valid now, and that no other user can read the key.</summary>
    /// <param name="options">Names the files.</param>
    /// <param name="time">The clock for the validity of the certificate.</param>
    /// <returns>Null if the options name neither certificate nor key.</returns>
    /// <exception cref="CredentialException">
    /// A file is missing, unreadable or damaged, every user of the system can read the key, the key does not match the certificate, or the
    /// certificate is not valid now.
    /// </exception>
    public static ClientCredentials? Load(MqttConnectionOptions options, TimeProvider time)
    {
        using CredentialLoader loader = new(options, time);
        loader.Load();
        return loader.Take();
    }

    /// <summary>
    /// Creates the context for TLS from the chain in the file. Nothing is downloaded, and the system's trust store, which costs 0.1 s and
    /// 2 MB, is not loaded.
    /// </summary>
    internal SslStreamCertificateContext CreateContext()
    {
        // An explicit trust list, which is not sent, keeps .NET from searching the system's store.
        X509Certificate2Collection known = [.. _intermediates];
        return SslStreamCertificateContext.Create(_leaf, known, offline: true, SslCertificateTrust.CreateForX509Collection(known));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _leaf.Dispose();
        PemFile.Release(_intermediates);
    }
}
