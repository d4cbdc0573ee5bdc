using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.LocalCloud.Pki;

/// <summary>The certificate that the local cloud's TLS port shows: kept in the data directory, renewed at a start when it no longer serves.</summary>
internal static class ServerCertificate
{
    /// <summary>A certificate with less than this many days left is renewed.</summary>
    public const int RenewalDays = 30;

    /// <summary>The names a certificate has to hold: this machine under every name a client on it, or on its network, may use.</summary>
    /// <param name="bind">The address the cloud listens on.</param>
    /// <param name="more">Further names, from the command line.</param>
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

    /// <summary>Loads <c>server.pem</c> and <c>server.key</c>, or issues a new pair when they are missing, about to expire, of another authority or without one of the names.</summary>
    /// <exception cref="PkiException">The files can't be written.</exception>
    public static X509Certificate2 LoadOrRenew(string directory, CertificateAuthority authority, IReadOnlyList<string> names, TimeProvider clock)
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
            // Whatever is wrong with the pair, a new one mends it: nobody depends on this key.
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
        // A host name with an underscore or the like is no DNS name a certificate could hold.
        bool usable = name.Length > 0 && Uri.CheckHostName(name) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;
        if (usable && !name.Contains('_', StringComparison.Ordinal) && !names.Contains(name))
        {
            names.Add(name);
        }
    }
}
