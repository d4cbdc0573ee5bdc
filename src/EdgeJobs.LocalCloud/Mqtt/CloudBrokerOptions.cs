using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.LocalCloud.Mqtt;

internal sealed record CloudBrokerOptions
{
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port without TLS, which has no access control; 0 is any free port, null is none.</summary>
    public int? PlainPort { get; init; }

    /// <summary>The port with mutual TLS; 0 is any free port, null is none.</summary>
    public int? TlsPort { get; init; }

    /// <summary>The broker's certificate with its private key; required for <see cref="TlsPort"/>. Not disposed by the broker.</summary>
    public X509Certificate2? ServerCertificate { get; init; }

    /// <summary>The certificate authority of the clients; required for <see cref="TlsPort"/>. Not disposed by the broker.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>Handles fleet provisioning; null disables it.</summary>
    public ProvisioningApi? Provisioning { get; init; }
}
