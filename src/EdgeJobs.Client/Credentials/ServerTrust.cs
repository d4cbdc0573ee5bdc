using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client.Credentials;

/// <summary>Decides whether a server's certificate is trusted, and explains a refusal to the operator.</summary>
/// <param name="roots">The certificates of the CA file; null for the system's trust store.</param>
/// <param name="host">The name that the certificate must have.</param>
/// <param name="now">The time at which it must be valid.</param>
/// <param name="hostSource">Where the name comes from, for messages.</param>
internal sealed class ServerTrust(X509Certificate2Collection? roots, string host, DateTimeOffset now, string hostSource = "--endpoint")
{
    /// <summary>Why the last certificate was refused, or null.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Reads a CA file, which may hold several certificates.</summary>
    /// <exception cref="CredentialException">The file can't be used.</exception>
    public static X509Certificate2Collection ReadCaFile(string file) => PemFile.ReadCertificates(file, "CA", "--ca_file");

    public static IEnumerable<CredentialCheck> CheckAuthorities(X509Certificate2Collection authorities, string file, DateTimeOffset now)
    {
        bool warned = false;
        foreach (X509Certificate2 authority in authorities)
        {
            string? warning =
                now > authority.NotAfter.ToUniversalTime() ? $"'{authority.Subject}' expired on {CertificateTime.Utc(authority.NotAfter)}; "
                    + $"replace it in the file, or set the clock if it is wrong (now {CertificateTime.Utc(now)})"
                : now < authority.NotBefore.ToUniversalTime() ? $"'{authority.Subject}' is valid only from "
                    + $"{CertificateTime.Utc(authority.NotBefore)}; set the clock if it is wrong (now {CertificateTime.Utc(now)})"
                : IsAuthority(authority) ? null
                : $"'{authority.Subject}' is not a CA certificate; give --ca_file the CA that issued the server's certificate";
            if (warning is not null)
            {
                warned = true;
                yield return new CredentialCheck(CredentialAspect.CaFile, CheckOutcome.Warning, $"{file}: {warning}");
            }
        }

        if (!warned)
        {
            yield return new CredentialCheck(
                CredentialAspect.CaFile,
                CheckOutcome.Passed,
                $"{file}: trusts only '{authorities[0].Subject}'{(authorities.Count > 1 ? $" and {authorities.Count - 1} more" : "")}, "
                    + $"until {CertificateTime.Utc(authorities[0].NotAfter)}");
        }
    }

    /// <summary>The policy of the chain. With a CA file the system's trust store is not loaded.</summary>
    public X509ChainPolicy ChainPolicy()
    {
        X509ChainPolicy policy = new()
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTime = now.UtcDateTime,
        };
        if (roots is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(roots);
        }

        return policy;
    }

    /// <summary>The callback of the TLS stream.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Refusal = errors == SslPolicyErrors.None ? null : Explain(certificate as X509Certificate2, chain, errors);
        return Refusal is null;
    }

    private string Explain(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server sends no certificate";
        }

        if (FindOutdated(chain) is { } outdated)
        {
            return $"a certificate of the server is not valid now: '{outdated.Subject}' is valid from "
                + $"{CertificateTime.Utc(outdated.NotBefore)} to {CertificateTime.Utc(outdated.NotAfter)}; renew it, or set this board's "
                + $"clock if it is wrong (now {CertificateTime.Utc(now)})";
        }

        return errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors)
            ? WhyNotTrusted(certificate, chain)
            : $"the server's certificate is not for '{host}' but for {Names(certificate)}; check the host name in {hostSource}";
    }

    private string WhyNotTrusted(X509Certificate2 certificate, X509Chain? chain)
    {
        X509ChainStatusFlags faults = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain?.ChainStatus ?? [])
        {
            faults |= status.Status;
        }

        bool isAlone = chain is not { ChainElements.Count: > 1 };
        string issuer = isAlone ? certificate.Issuer : chain!.ChainElements[^1].Certificate.Issuer;
        return (faults & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) != 0
            ? isAlone && certificate.Subject == certificate.Issuer
                ? $"the server's certificate '{certificate.Subject}' is self-signed and not trusted; if you trust it, give --ca_file this "
                    + $"certificate"
                : $"the server's certificate is issued by '{issuer}', "
                    + $"{(roots is null ? "which this system does not trust" : "which is not in the CA file")}; give --ca_file the CA that "
                    + $"issued it, or make the server send its intermediates"
            : (faults & X509ChainStatusFlags.NotValidForUsage) != 0
                ? $"the server's certificate '{certificate.Subject}' is not for server authentication (extended key usage); reissue it "
                    + $"with serverAuth"
            : $"the server's certificate is not valid ({faults}); reissue it";
    }

    private static X509Certificate2? FindOutdated(X509Chain? chain)
    {
        if (chain is null)
        {
            return null;
        }

        foreach (X509ChainElement element in chain.ChainElements)
        {
            foreach (X509ChainStatus status in element.ChainElementStatus)
            {
                if (status.Status.HasFlag(X509ChainStatusFlags.NotTimeValid))
                {
                    return element.Certificate;
                }
            }
        }

        return null;
    }

    /// <summary>A self-signed certificate without the extension, as old tools create it, counts as an authority.</summary>
    private static bool IsAuthority(X509Certificate2 certificate)
    {
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension is X509BasicConstraintsExtension constraints)
            {
                return constraints.CertificateAuthority;
            }
        }

        return certificate.Subject == certificate.Issuer;
    }

    private static string Names(X509Certificate2 certificate)
    {
        List<string> names = [];
        foreach (X509Extension extension in certificate.Extensions)
        {
            if (extension is X509SubjectAlternativeNameExtension alternatives)
            {
                foreach (string name in alternatives.EnumerateDnsNames())
                {
                    names.Add($"'{name}'");
                }

                foreach (IPAddress address in alternatives.EnumerateIPAddresses())
                {
                    names.Add($"'{address}'");
                }
            }
        }

        return names.Count == 0 ? $"'{certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)}'" : string.Join(", ", names);
    }
}
