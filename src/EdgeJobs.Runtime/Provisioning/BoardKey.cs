using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>The private key that a board makes for itself, and what is asked for with it.</summary>
internal static class BoardKey
{
    /// <summary>Makes a key: EC on P-256, PEM in PKCS #8 form.</summary>
    public static Secret Create()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new Secret(key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A request for a certificate (PKCS #10), PEM.</summary>
    /// <param name="privateKey">The board's key.</param>
    /// <param name="commonName">The subject's common name.</param>
    /// <returns>Null when the key is none: it is read from a file.</returns>
    public static string? Request(Secret privateKey, string commonName)
    {
        using ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(privateKey.Reveal());
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return null;
        }

        X500DistinguishedNameBuilder subject = new();
        subject.AddCommonName(commonName);
        return new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256).CreateSigningRequestPem();
    }

    /// <summary>Whether a certificate is for a key. Both come from the service or a file, so that any text is possible.</summary>
    public static bool Fits(Secret privateKey, string certificate)
    {
        try
        {
            using X509Certificate2 read = X509Certificate2.CreateFromPem(certificate);
            using AsymmetricAlgorithm key = read.GetKeyAlgorithm() == "1.2.840.10045.2.1" ? ECDsa.Create() : RSA.Create();
            key.ImportFromPem(privateKey.Reveal());
            return read.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo());
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }
}
