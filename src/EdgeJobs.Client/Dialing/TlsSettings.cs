using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client.Dialing;

/// <summary>What a TLS handshake needs, read from files once for each connection.</summary>
/// <param name="ClientCertificate">The thing's certificate with its key, or null for none.</param>
/// <param name="Roots">The CAs that the server may be certified by, or null for the system's trust.</param>
/// <param name="Now">The time at which the server's certificate must be valid.</param>
internal sealed record TlsSettings(SslStreamCertificateContext? ClientCertificate, X509Certificate2Collection? Roots, DateTimeOffset Now);
