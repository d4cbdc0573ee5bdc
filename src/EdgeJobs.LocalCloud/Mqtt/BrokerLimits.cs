using System.Text;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>AWS IoT Core's limits for clients.</summary>
internal static class BrokerLimits
{
    public const int PayloadBytes = 128 * 1024;

    /// <summary>The largest packet that a client may send: payload, topic and properties.</summary>
    public const int PacketBytes = 146 * 1024;

    /// <summary>How many messages of QoS 1 a client may send before the first is acknowledged.</summary>
    public const int Unacknowledged = 100;

    public const int TopicBytes = 256;

    public const int TopicSlashes = 7;

    public const int ClientIdBytes = 128;

    public const int FiltersPerSubscribe = 8;

    private const ushort MinKeepAlive = 30;

    private const ushort MaxKeepAlive = 1200;

    /// <summary>The largest number of messages queued for one client; beyond it the oldest is dropped.</summary>
    public const int QueuedMessages = 10_000;

    /// <summary>The keep-alive period in seconds that replaces a client's; it may not be off.</summary>
    public static ushort KeepAlive(ushort requested) => requested is 0 or > MaxKeepAlive ? MaxKeepAlive : Math.Max(requested, MinKeepAlive);

    public static bool IsTopic(string topic) =>
        topic.Length > 0 && Encoding.UTF8.GetByteCount(topic) <= TopicBytes && topic.AsSpan().Count('/') <= TopicSlashes;

    /// <summary>True for a valid client id. AWS reserves ids that start with a dollar sign.</summary>
    public static bool IsClientId(string clientId) =>
        clientId.Length > 0 && clientId[0] != '$' && Encoding.UTF8.GetByteCount(clientId) <= ClientIdBytes;
}
