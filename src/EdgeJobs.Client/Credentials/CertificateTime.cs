using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client;

/// <summary>Whether a certificate is valid now, and how long it will be.</summary>
internal static class CertificateTime
{
    /// <summary>So long before its end a certificate is warned of: time enough to renew it at a board that is seldom seen to.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(30);

    /// <summary>A time of a certificate, as operators read it.</summary>
    public static string Utc(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Looks at the thing's certificate.</summary>
    public static CredentialCheck Check(X509Certificate2 leaf, string file, DateTimeOffset now)
    {
        (CheckOutcome outcome, string text) = now > leaf.NotAfter.ToUniversalTime()
            ? (CheckOutcome.Failed, $"the certificate expired on {Utc(leaf.NotAfter)}; give the thing a new certificate, or set the clock if it is wrong (now {Utc(now.UtcDateTime)})")
            : now < leaf.NotBefore.ToUniversalTime()
            ? (CheckOutcome.Failed, $"the certificate is valid only from {Utc(leaf.NotBefore)}; set the clock if it is wrong (now {Utc(now.UtcDateTime)})")
            : leaf.NotAfter.ToUniversalTime() - now < Ahead
            ? (CheckOutcome.Warning, Expiring(new DateTimeOffset(leaf.NotAfter.ToUniversalTime()), now))
            : (CheckOutcome.Passed, $"the certificate is valid from {Utc(leaf.NotBefore)} to {Utc(leaf.NotAfter)}");
        return new CredentialCheck(CredentialAspect.CertificateDates, outcome, $"{file}: {text}");
    }

    /// <summary>What is said of a certificate that ends soon.</summary>
    public static string Expiring(DateTimeOffset notAfter, DateTimeOffset now)
    {
        int days = (int)(notAfter - now).TotalDays;
        return $"the certificate expires in {(days == 1 ? "1 day" : $"{days} days")}, on {Utc(notAfter.UtcDateTime)}; put a new one in its place, it is used from the next connection";
    }
}
