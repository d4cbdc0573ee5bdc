using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>Mutual TLS 1.2 and 1.3: a client certificate from the given authority is required.</summary>
internal static class TlsServerOptions
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static SslServerAuthenticationOptions Create(X509Certificate2 server, X509Certificate2 clientAuthority)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            // A client's certificate must not cause downloads.
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(clientAuthority);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(server, [clientAuthority], offline: true),
            ClientCertificateRequired = true,
            CertificateChainPolicy = policy,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            RemoteCertificateValidationCallback = static (_, certificate, _, errors) => certificate is not null
                && errors == SslPolicyErrors.None,
        };
    }
}
