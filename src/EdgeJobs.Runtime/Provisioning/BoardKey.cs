using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Runtime.Provisioning;

/// <summary>The private key of a board, and its certificate request.</summary>
internal static class BoardKey
{
    /// <summary>Creates an EC key on P-256, as PKCS #8 PEM.</summary>
    public static Secret Create()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new Secret(key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Creates a certificate request (PKCS #10), as PEM.</summary>
    /// <returns>Null when the key, which comes from a file, is invalid.</returns>
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

    /// <summary>Whether a certificate belongs to a key. Both come from the service or a file, and may be any text.</summary>
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
