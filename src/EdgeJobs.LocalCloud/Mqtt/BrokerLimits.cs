using System.Text;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>AWS IoT Core's limits for clients.</summary>
internal static class BrokerLimits
{
    public const int PayloadBytes = 128 * 1024;

    public const int TopicBytes = 256;

    public const int TopicSlashes = 7;

    public const int ClientIdBytes = 128;

    public const int FiltersPerSubscribe = 8;

    /// <summary>The largest number of messages queued for one client; beyond it the oldest is dropped.</summary>
    public const int QueuedMessages = 10_000;

    public static bool IsTopic(string topic) =>
        topic.Length > 0 && Encoding.UTF8.GetByteCount(topic) <= TopicBytes && topic.AsSpan().Count('/') <= TopicSlashes;

    /// <summary>True for a valid client id. AWS reserves ids that start with a dollar sign.</summary>
    public static bool IsClientId(string clientId) =>
        clientId.Length > 0 && clientId[0] != '$' && Encoding.UTF8.GetByteCount(clientId) <= ClientIdBytes;
}
