using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client;

/// <summary>A summary of a thing's certificate for operators.</summary>
/// <param name="File">The file it was read from.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Issuer">The issuer.</param>
/// <param name="SerialNumber">The serial number in hexadecimal.</param>
/// <param name="NotBefore">The start of its validity, in UTC.</param>
/// <param name="NotAfter">The end of its validity, in UTC.</param>
public sealed record CertificateFacts(
    string File, string Subject, string Issuer, string SerialNumber, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    internal static CertificateFacts Of(X509Certificate2 certificate, string file) => new(
        file,
        certificate.Subject,
        certificate.Issuer,
        certificate.SerialNumber,
        new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
        new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
}
