using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client.Credentials;

namespace EdgeJobs.Client;

/// <summary>
/// The certificate that a thing shows and the private key that proves it is its own, from PEM files: EC (P-256, P-384,
/// P-521) and RSA keys in PKCS#8, PKCS#1 and SEC1 form; the certificate file may hold intermediates, in any order.
/// </summary>
public sealed class ClientCredentials : IDisposable
{
    private readonly X509Certificate2 _leaf;
    private readonly X509Certificate2Collection _intermediates;

    internal ClientCredentials(X509Certificate2 leaf, X509Certificate2Collection intermediates, string file, IReadOnlyList<CredentialCheck> checks)
    {
        _leaf = leaf;
        _intermediates = intermediates;
        Facts = CertificateFacts.Of(leaf, file);
        Checks = checks;
    }

    /// <summary>What the certificate says.</summary>
    public CertificateFacts Facts { get; }

    /// <summary>What was found when the files were read; none of it failed.</summary>
    public IReadOnlyList<CredentialCheck> Checks { get; }

    /// <summary>Reads the files and checks that they fit together, are valid now, and that no other user may read the key.</summary>
    /// <param name="options">Which files.</param>
    /// <param name="time">The clock that says whether the certificate is valid.</param>
    /// <returns>Null when the options name neither certificate nor key.</returns>
    /// <exception cref="CredentialException">
    /// A file is missing, unreadable or damaged, every user of the system may read the key, the key is not the certificate's,
    /// or the certificate is not valid now.
    /// </exception>
    public static ClientCredentials? Load(MqttConnectionOptions options, TimeProvider time)
    {
        using CredentialLoader loader = new(options, time);
        loader.Load();
        return loader.Take();
    }

    /// <summary>
    /// Makes what TLS needs. The chain is taken from the file as it is: nothing is downloaded, and the system's trust store,
    /// which costs 0.1 s and 2 MB to load, is left alone.
    /// </summary>
    internal SslStreamCertificateContext CreateContext()
    {
        // With a trust list of its own, which is not sent, the chain is not sought in the system's store.
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
