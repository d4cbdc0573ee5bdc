using System.Buffers;
using EdgeJobs.Protocol;
using MQTTnet;
using MQTTnet.Protocol;

namespace EdgeJobs.Client;

/// <summary>What PUBLISH says.</summary>
internal static class PublishPacket
{
    /// <summary>Makes the message from which MQTTnet makes PUBLISH.</summary>
    /// <param name="topic">Where to publish.</param>
    /// <param name="payload">What to publish.</param>
    /// <param name="options">What the operation's binding says.</param>
    public static MqttApplicationMessage Make(string topic, ReadOnlyMemory<byte> payload, PublishOptions options) => new()
    {
        Topic = topic,
        Payload = new ReadOnlySequence<byte>(payload),
        QualityOfServiceLevel = (MqttQualityOfServiceLevel)options.QualityOfService,
        Retain = options.Retain,

        // Zero leaves the property out; MQTTnet passes it over in MQTT 3.1.1.
        MessageExpiryInterval = (uint)Math.Clamp(options.MessageExpiry?.TotalSeconds ?? 0, 0, uint.MaxValue),
    };
}
