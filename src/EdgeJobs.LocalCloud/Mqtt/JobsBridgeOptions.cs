using System.Security.Cryptography.X509Certificates;

namespace EdgeJobs.LocalCloud.Mqtt;

internal sealed record JobsBridgeOptions
{
    /// <summary>The broker's host name or address. With TLS the broker's certificate must contain it.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }
    public bool UseTls { get; init; }

    /// <summary>The certificate authorities to trust; empty for the system's trust store.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>The service's client certificate with its private key, if the broker requires one. Not disposed by the bridge.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    public string ClientId { get; init; } = "edgejobs-cloud";
}
