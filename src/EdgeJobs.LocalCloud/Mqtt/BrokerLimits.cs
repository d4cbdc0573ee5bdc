using System.Text;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>AWS IoT Core's limits on what clients send.</summary>
internal static class BrokerLimits
{
    /// <summary>The largest payload of a PUBLISH, in bytes.</summary>
    public const int PayloadBytes = 128 * 1024;

    /// <summary>The longest topic or filter, in bytes of UTF-8.</summary>
    public const int TopicBytes = 256;

    /// <summary>The most slashes in a topic or filter.</summary>
    public const int TopicSlashes = 7;

    /// <summary>The longest client id, in bytes of UTF-8.</summary>
    public const int ClientIdBytes = 128;

    /// <summary>The most filters in one SUBSCRIBE.</summary>
    public const int FiltersPerSubscribe = 8;

    /// <summary>The most messages that wait for one client; then the oldest is dropped.</summary>
    public const int WaitingMessages = 10_000;

    /// <summary>True when a topic or filter is short and flat enough.</summary>
    public static bool IsTopic(string topic) =>
        topic.Length > 0 && Encoding.UTF8.GetByteCount(topic) <= TopicBytes && topic.AsSpan().Count('/') <= TopicSlashes;

    /// <summary>True when a client may be called so. Names that start with a dollar sign are AWS's.</summary>
    public static bool IsClientId(string clientId) =>
        clientId.Length > 0 && clientId[0] != '$' && Encoding.UTF8.GetByteCount(clientId) <= ClientIdBytes;
}
