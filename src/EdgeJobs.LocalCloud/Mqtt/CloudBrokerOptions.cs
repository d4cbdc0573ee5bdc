using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Provisioning;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>Where the broker listens and whom it trusts.</summary>
internal sealed record CloudBrokerOptions
{
    /// <summary>The address of both ports.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port without TLS, open to anyone, for trying out; 0 is any free port, null is none.</summary>
    public int? PlainPort { get; init; }

    /// <summary>The port with mutual TLS; 0 is any free port, null is none.</summary>
    public int? TlsPort { get; init; }

    /// <summary>The broker's certificate with its private key; needed for <see cref="TlsPort"/>. Not disposed by the broker.</summary>
    public X509Certificate2? ServerCertificate { get; init; }

    /// <summary>The authority that client certificates must come from; needed for <see cref="TlsPort"/>. Not disposed by the broker.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    /// <summary>Makes boards with a claim certificate into things; null for a broker that does not.</summary>
    public ProvisioningApi? Provisioning { get; init; }
}
