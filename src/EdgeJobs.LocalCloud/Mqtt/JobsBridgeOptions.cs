using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>How the service reaches an external broker.</summary>
internal sealed record JobsBridgeOptions
{
    /// <summary>The broker's host name or address; with TLS also the name that its certificate must have.</summary>
    public required string Host { get; init; }

    /// <summary>The broker's port.</summary>
    public required int Port { get; init; }

    /// <summary>TLS or not.</summary>
    public bool UseTls { get; init; }

    /// <summary>The authorities that the broker's certificate may come from; empty is the system's.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>The service's own certificate with its private key, for a broker that asks for one. Not disposed by the bridge.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The service's client id.</summary>
    public string ClientId { get; init; } = "edgejobs-cloud";
}
