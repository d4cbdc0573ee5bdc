using System.Net;
using EdgeJobs.LocalCloud.Mqtt;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>Where a cloud keeps its state and listens. Port 0 means any free one, null none.</summary>
internal sealed record CloudOptions
{
    /// <summary>The default of <see cref="MqttPort"/>.</summary>
    public const int DefaultMqttPort = 1883;

    /// <summary>The default of <see cref="MqttsPort"/>.</summary>
    public const int DefaultMqttsPort = 8883;

    /// <summary>The data directory.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The address to listen on.</summary>
    public IPAddress Bind { get; init; } = IPAddress.Loopback;

    /// <summary>Further names of this machine, by which clients call it.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Plain MQTT, for tools on this machine.</summary>
    public int? MqttPort { get; init; } = DefaultMqttPort;

    /// <summary>MQTT over mutual TLS, for devices.</summary>
    public int? MqttsPort { get; init; } = DefaultMqttsPort;

    /// <summary>The REST API.</summary>
    public int HttpPort { get; init; } = CloudAddress.DefaultHttpPort;

    /// <summary>A broker of the user's own to serve devices on; null for none.</summary>
    public JobsBridgeOptions? Broker { get; init; }
}
