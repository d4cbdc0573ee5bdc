using System.Net;
using EdgeJobs.LocalCloud.Buckets;
using EdgeJobs.LocalCloud.Mqtt;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>Where a cloud stores its state and listens. Port 0 means any free port, null means no port.</summary>
internal sealed record CloudOptions
{
    public const int DefaultMqttPort = 1883;

    public const int DefaultMqttsPort = 8883;

    public const int DefaultBucketPort = 8443;

    public required string DataDirectory { get; init; }
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>Additional DNS names by which clients call this machine.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Plain MQTT, for tools on this machine.</summary>
    public int? MqttPort { get; init; } = DefaultMqttPort;

    /// <summary>MQTT over mutual TLS, for devices.</summary>
    public int? MqttsPort { get; init; } = DefaultMqttsPort;

    public int HttpPort { get; init; } = CloudAddress.DefaultHttpPort;

    /// <summary>The files that jobs download; null for none.</summary>
    public PresignedUrls? Buckets { get; init; }

    /// <summary>HTTPS of these files.</summary>
    public int BucketPort { get; init; } = DefaultBucketPort;

    /// <summary>An external broker to serve devices on; null for none.</summary>
    public JobsBridgeOptions? Broker { get; init; }
}
