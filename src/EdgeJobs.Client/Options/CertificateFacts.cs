using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client;

/// <summary>The certificate that a thing shows, as far as an operator wants to know it.</summary>
/// <param name="File">The file it was read from.</param>
/// <param name="Subject">Whom it names.</param>
/// <param name="Issuer">Who issued it.</param>
/// <param name="SerialNumber">Its serial number, in hexadecimal.</param>
/// <param name="NotBefore">From when it is valid, in UTC.</param>
/// <param name="NotAfter">Until when it is valid, in UTC.</param>
public sealed record CertificateFacts(string File, string Subject, string Issuer, string SerialNumber, DateTimeOffset NotBefore, DateTimeOffset NotAfter)
{
    internal static CertificateFacts Of(X509Certificate2 certificate, string file) => new(
        file,
        certificate.Subject,
        certificate.Issuer,
        certificate.SerialNumber,
        new DateTimeOffset(certificate.NotBefore.ToUniversalTime()),
        new DateTimeOffset(certificate.NotAfter.ToUniversalTime()));
}
