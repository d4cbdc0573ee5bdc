using System.Buffers;
using EdgeJobs.Protocol;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>What PUBLISH says.</summary>
internal static class PublishPacket
{
    /// <summary>Fills a packet that may have been another message's before.</summary>
    /// <param name="packet">The packet; its id is left alone.</param>
    /// <param name="topic">Where to publish.</param>
    /// <param name="payload">What to publish.</param>
    /// <param name="options">What the operation's binding says.</param>
    public static void Fill(MqttPublishPacket packet, string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        packet.Topic = topic;
        packet.Payload = new ReadOnlySequence<byte>(payload);
        packet.QualityOfServiceLevel = (MqttQualityOfServiceLevel)options.QualityOfService;
        packet.Retain = options.Retain;

        // Zero leaves the property out; MQTTnet passes it over in MQTT 3.1.1.
        packet.MessageExpiryInterval = (uint)Math.Clamp(options.MessageExpiry?.TotalSeconds ?? 0, 0, uint.MaxValue);
    }
}
