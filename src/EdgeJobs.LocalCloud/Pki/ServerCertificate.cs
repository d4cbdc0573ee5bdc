using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.LocalCloud.Pki;

/// <summary>The certificate of the TLS port: stored in the data directory and renewed at startup if it is no longer suitable.</summary>
internal static class ServerCertificate
{
    public const int RenewalDays = 30;

    /// <summary>
    /// The names that the certificate must contain: all names by which clients on this machine or its network may call it.
    /// </summary>
    public static IReadOnlyList<string> NamesFor(IPAddress bind, params IReadOnlyList<string> more)
    {
        List<string> names = ["localhost", "127.0.0.1", "::1"];
        Add(names, Dns.GetHostName().ToLowerInvariant());
        if (!bind.Equals(IPAddress.Any) && !bind.Equals(IPAddress.IPv6Any))
        {
            Add(names, bind.ToString());
        }

        foreach (string name in more)
        {
            Add(names, name);
        }

        return names;
    }

    /// <summary>
    /// Loads <c>server.pem</c> and <c>server.key</c>, or issues a new pair if they are missing, about to expire, from another authority,
    /// or lack one of the names.
    /// </summary>
    public static X509Certificate2 LoadOrRenew(
        string directory, CertificateAuthority authority, IReadOnlyList<string> names, TimeProvider clock)
    {
        string certificateFile = Path.Combine(directory, "server.pem");
        string keyFile = Path.Combine(directory, "server.key");
        X509Certificate2? stored = TryLoad(certificateFile, keyFile);
        if (stored is not null)
        {
            if (stored.NotAfter.ToUniversalTime() - clock.GetUtcNow().UtcDateTime > TimeSpan.FromDays(RenewalDays)
                && authority.HasIssued(stored)
                && HasNames(stored, names))
            {
                return stored;
            }

            stored.Dispose();
        }

        X509Certificate2 issued = authority.IssueServer(names);
        try
        {
            using ECDsa key = issued.GetECDsaPrivateKey()!;
            PemFile.WriteKey(keyFile, key.ExportPkcs8PrivateKeyPem());
            PemFile.WriteCertificate(certificateFile, issued.ExportCertificatePem());
            return issued;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            issued.Dispose();
            throw new PkiException($"can't write the server certificate to {directory}: {e.Message}", e);
        }
    }

    private static X509Certificate2? TryLoad(string certificateFile, string keyFile)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A new pair fixes any fault of the old one: nothing depends on this key.
            return null;
        }
    }

    private static bool HasNames(X509Certificate2 certificate, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (!certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false))
            {
                return false;
            }
        }

        return true;
    }

    private static void Add(List<string> names, string name)
    {
        // A host name with an underscore, for example, can't be a DNS name in a certificate.
        bool usable = name.Length > 0 && Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;
        if (usable && !name.Contains('_', StringComparison.Ordinal) && !names.Contains(name))
        {
            names.Add(name);
        }
    }
}
