using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client.Credentials;

/// <summary>Checks the chain in a thing's certificate file as a server would.</summary>
internal static class CertificateChain
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Checks the thing's certificate and those that are sent with it.</summary>
    /// <param name="leaf">The thing's certificate.</param>
    /// <param name="others">The other certificates in its file.</param>
    /// <param name="file">The file.</param>
    /// <param name="now">The time at which they must be valid.</param>
    public static IEnumerable<CredentialCheck> Check(
        X509Certificate2 leaf, X509Certificate2Collection others, string file, DateTimeOffset now)
    {
        List<string> warnings = [.. PurposeWarnings(leaf)];
        using X509Chain chain = Build(leaf, others, now);
        HashSet<string> used = [];
        foreach (X509ChainElement element in chain.ChainElements)
        {
            X509Certificate2 certificate = element.Certificate;
            used.Add(certificate.Thumbprint);

            // OpenSSL checks the dates only if it finds a root, which is rarely in the file.
            if (used.Count > 1 && (now < certificate.NotBefore.ToUniversalTime() || now > certificate.NotAfter.ToUniversalTime()))
            {
                warnings.Add($"the intermediate '{certificate.Subject}' is valid from {CertificateTime.Utc(certificate.NotBefore)} to "
                    + $"{CertificateTime.Utc(certificate.NotAfter)} only (now {CertificateTime.Utc(now)}); replace it in the file");
            }
        }

        foreach (X509Certificate2 other in others)
        {
            if (used.Add(other.Thumbprint))
            {
                warnings.Add($"'{other.Subject}' is not in the chain of the thing's certificate and is not sent; remove it from the file");
            }
        }

        string top = chain.ChainElements.Count > 0 ? chain.ChainElements[^1].Certificate.Issuer : leaf.Issuer;
        foreach (string warning in warnings)
        {
            yield return new CredentialCheck(CredentialAspect.CertificateChain, CheckOutcome.Warning, $"{file}: {warning}");
        }

        if (warnings.Count == 0)
        {
            yield return new CredentialCheck(
                CredentialAspect.CertificateChain,
                CheckOutcome.Passed,
                leaf.Issuer == leaf.Subject
                    ? $"{file}: self-signed; the server must trust this certificate itself"
                    : $"{file}: {Count(chain.ChainElements.Count - 1)}, root '{top}', which the server must trust");
        }
    }

    private static string Count(int intermediates) => intermediates switch
    {
        <= 0 => "no intermediates",
        1 => "1 intermediate",
        _ => $"{intermediates} intermediates",
    };

    private static X509Chain Build(X509Certificate2 leaf, X509Certificate2Collection others, DateTimeOffset now)
    {
        X509Chain chain = new();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;

        // An explicit trust list avoids loading the system's store, which is slow.
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.ExtraStore.AddRange(others);
        _ = chain.Build(leaf);
        return chain;
    }

    private static IEnumerable<string> PurposeWarnings(X509Certificate2 leaf)
    {
        foreach (X509Extension extension in leaf.Extensions)
        {
            if (extension is X509EnhancedKeyUsageExtension usages && usages.EnhancedKeyUsages.Count > 0
                && !Contains(usages.EnhancedKeyUsages, ClientAuthentication))
            {
                yield return "the certificate is not for client authentication (extended key usage), so many servers refuse it; reissue it "
                    + "with clientAuth";
            }
            else if (extension is X509KeyUsageExtension usage && (usage.KeyUsages & X509KeyUsageFlags.DigitalSignature) == 0)
            {
                yield return "the certificate is not for signatures (key usage), which TLS requires; reissue it with digitalSignature";
            }
            else if (extension is X509BasicConstraintsExtension { CertificateAuthority: true } && leaf.Issuer != leaf.Subject)
            {
                yield return "the certificate is a CA certificate; issue one for the thing";
            }
        }
    }

    private static bool Contains(OidCollection usages, string wanted)
    {
        foreach (Oid usage in usages)
        {
            // 2.5.29.37.0 allows any.
            if (usage.Value == wanted || usage.Value == "2.5.29.37.0")
            {
                return true;
            }
        }

        return false;
    }
}
