using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.Client.Dialing;

/// <summary>The settings of a TLS handshake, loaded from files for each connection.</summary>
/// <param name="ClientCertificate">The thing's certificate with its key; null for none.</param>
/// <param name="Roots">The trusted certificate authorities; null for the system's trust store.</param>
/// <param name="Now">The time at which the server's certificate must be valid.</param>
internal sealed record TlsSettings(SslStreamCertificateContext? ClientCertificate, X509Certificate2Collection? Roots, DateTimeOffset Now);
