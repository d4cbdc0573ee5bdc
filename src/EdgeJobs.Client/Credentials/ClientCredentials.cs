using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client;

/// <summary>
/// The certificate that a thing shows and the private key that proves it is its own, from PEM files: EC (P-256, P-384,
/// P-521) and RSA keys in PKCS#8, PKCS#1 and SEC1 form; the certificate file may hold intermediates behind the leaf.
/// </summary>
public sealed class ClientCredentials : IDisposable
{
    private readonly X509Certificate2 _leaf;
    private readonly X509Certificate2Collection _intermediates;

    private ClientCredentials(X509Certificate2 leaf, X509Certificate2Collection intermediates, bool isKeyOpenToOthers)
    {
        _leaf = leaf;
        _intermediates = intermediates;
        IsKeyOpenToOthers = isKeyOpenToOthers;
    }

    /// <summary>When the certificate ends, in UTC.</summary>
    public DateTimeOffset NotAfter => new(_leaf.NotAfter.ToUniversalTime());

    /// <summary>The certificate's subject, for logs.</summary>
    public string Subject => _leaf.Subject;

    /// <summary>Whether every user of the system may read or write the key file. Its group may: that is how a service gets its key.</summary>
    public bool IsKeyOpenToOthers { get; }

    /// <summary>Reads the files and checks that they fit together and are valid now.</summary>
    /// <param name="certificateFile">The PEM file of the certificate.</param>
    /// <param name="keyFile">The PEM file of the private key.</param>
    /// <param name="time">The clock that says whether the certificate is valid.</param>
    /// <exception cref="CredentialException">A file is missing, unreadable or damaged, the key is not the certificate's, or the certificate is not valid now.</exception>
    public static ClientCredentials Load(string certificateFile, string keyFile, TimeProvider time)
    {
        X509Certificate2Collection chain = PemFile.ReadCertificates(certificateFile, "certificate", "--cert");
        X509Certificate2? leaf = null;
        try
        {
            leaf = WithKey(chain[0], certificateFile, keyFile, out UnixFileMode keyMode);
            CheckDates(leaf, certificateFile, time);
            chain[0].Dispose();
            chain.RemoveAt(0);
            return new ClientCredentials(leaf, chain, (keyMode & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0);
        }
        catch
        {
            leaf?.Dispose();
            Release(chain);
            throw;
        }
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
        Release(_intermediates);
    }

    private static void Release(X509Certificate2Collection certificates)
    {
        foreach (X509Certificate2 certificate in certificates)
        {
            certificate.Dispose();
        }
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate, string certificateFile, string keyFile, out UnixFileMode keyMode)
    {
        string pem = PemFile.ReadText(keyFile, "private key", "--key", out keyMode);
        if (!PemFile.HasKey(pem))
        {
            throw new CredentialException(
                pem.Contains("PUBLIC KEY-----", StringComparison.Ordinal)
                    ? $"{keyFile}: holds a public key and no private key; give --key the thing's private key"
                    : $"{keyFile}: holds no private key in PEM form (-----BEGIN PRIVATE KEY-----); give --key the thing's private key");
        }

        if (pem.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new CredentialException(
                $"{keyFile}: the private key is encrypted with a passphrase; give --key a key without one (openssl pkey -in FILE -out NEW) kept with mode 600");
        }

        try
        {
            switch (certificate.GetKeyAlgorithm())
            {
                case "1.2.840.113549.1.1.1":
                    using (RSA rsa = RSA.Create())
                    {
                        rsa.ImportFromPem(pem);
                        return certificate.CopyWithPrivateKey(rsa);
                    }

                case "1.2.840.10045.2.1":
                    using (ECDsa ec = ECDsa.Create())
                    {
                        ec.ImportFromPem(pem);
                        return certificate.CopyWithPrivateKey(ec);
                    }

                default:
                    throw new CredentialException($"{certificateFile}: the certificate has a key of type {certificate.GetKeyAlgorithm()}; AWS IoT takes RSA and EC keys");
            }
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            // A key of the other type or of another certificate: for an operator it is the same.
            throw IsSound(pem)
                ? new CredentialException($"{keyFile}: the private key does not belong to the certificate {certificateFile}; take both files from the same thing", e)
                : new CredentialException($"{keyFile}: the private key is damaged, or of a kind other than RSA and EC; give --key the thing's private key as it was downloaded", e);
        }
    }

    /// <summary>True when the text holds a sound key, so that the fault lies in its relation to the certificate.</summary>
    private static bool IsSound(string pem)
    {
        try
        {
            using RSA rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            try
            {
                using ECDsa ec = ECDsa.Create();
                ec.ImportFromPem(pem);
                return true;
            }
            catch (Exception inner) when (inner is ArgumentException or CryptographicException)
            {
                return false;
            }
        }
    }

    private static void CheckDates(X509Certificate2 leaf, string file, TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (now > leaf.NotAfter.ToUniversalTime())
        {
            throw new CredentialException(
                $"{file}: the certificate expired on {leaf.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC; give the thing a new certificate, or set the clock if it is wrong (now {now:yyyy-MM-dd HH:mm} UTC)");
        }

        if (now < leaf.NotBefore.ToUniversalTime())
        {
            throw new CredentialException(
                $"{file}: the certificate is valid only from {leaf.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} UTC; set the clock if it is wrong (now {now:yyyy-MM-dd HH:mm} UTC)");
        }
    }
}
