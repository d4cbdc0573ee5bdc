using System.Globalization;

namespace EdgeJobs.Client;

/// <summary>Whether a certificate is valid now, and how long it will be.</summary>
public static class CertificateTime
{
    /// <summary>So long before its end a certificate is warned of: time enough to renew it at a board that is seldom seen to.</summary>
    public static TimeSpan Ahead { get; } = TimeSpan.FromDays(30);

    /// <summary>Looks at a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">The time that counts.</param>
    /// <returns>Passed, a warning from <see cref="Ahead"/> on, or failed; and one line about it, which names the file.</returns>
    public static (CheckOutcome Outcome, string Message) Check(CertificateFacts certificate, DateTimeOffset now)
    {
        TimeSpan left = certificate.NotAfter - now;
        (CheckOutcome outcome, string text) =
            left < TimeSpan.Zero
                ? (CheckOutcome.Failed, $"the certificate expired on {Utc(certificate.NotAfter)}; give the thing a new certificate, or set the clock if it is wrong (now {Utc(now)})")
            : now < certificate.NotBefore
                ? (CheckOutcome.Failed, $"the certificate is valid only from {Utc(certificate.NotBefore)}; set the clock if it is wrong (now {Utc(now)})")
            : left < Ahead
                ? (CheckOutcome.Warning, $"the certificate expires {In(left)}, on {Utc(certificate.NotAfter)}; put a new one in its place, it is used from the next connection")
            : (CheckOutcome.Passed, $"the certificate is valid from {Utc(certificate.NotBefore)} to {Utc(certificate.NotAfter)}");
        return (outcome, $"{certificate.File}: {text}");
    }

    /// <summary>A time of a certificate, as operators read it.</summary>
    internal static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string In(TimeSpan left) => (int)left.TotalDays switch
    {
        0 => "within a day",
        1 => "in 1 day",
        int days => $"in {days} days",
    };
}
