using System.Globalization;

namespace EdgeJobs.Client.Credentials;

/// <summary>Whether a certificate is valid now, and how long it will be.</summary>
internal static class CertificateTime
{
    /// <summary>Warnings start this long before a certificate expires.</summary>
    public static TimeSpan Ahead { get; } = TimeSpan.FromDays(30);

    /// <summary>Checks the validity of a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">The current time.</param>
    /// <returns>Passed, a warning within <see cref="Ahead"/> of its end, or failed; and one line that names the file.</returns>
    public static (CheckOutcome Outcome, string Message) Check(CertificateFacts certificate, DateTimeOffset now)
    {
        TimeSpan left = certificate.NotAfter - now;
        (CheckOutcome outcome, string text) =
            left < TimeSpan.Zero
                ? (CheckOutcome.Failed, $"the certificate expired on {Utc(certificate.NotAfter)}; give the thing a new certificate, or set "
                    + $"the clock if it is wrong (now {Utc(now)})")
            : now < certificate.NotBefore
                ? (CheckOutcome.Failed, $"the certificate is valid only from {Utc(certificate.NotBefore)}; set the clock if it is wrong "
                    + $"(now {Utc(now)})")
            : left < Ahead
                ? (CheckOutcome.Warning, $"the certificate expires {In(left)}, on {Utc(certificate.NotAfter)}; replace the file, the next "
                    + $"connection uses it")
            : (CheckOutcome.Passed, $"the certificate is valid from {Utc(certificate.NotBefore)} to {Utc(certificate.NotAfter)}");
        return (outcome, $"{certificate.File}: {text}");
    }

    /// <summary>A time of a certificate for messages.</summary>
    internal static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string In(TimeSpan left) => (int)left.TotalDays switch
    {
        0 => "within a day",
        1 => "in 1 day",
        int days => $"in {days} days",
    };
}
