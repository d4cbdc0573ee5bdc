using System.Buffers;
using EdgeJobs.Protocol;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>Builds PUBLISH.</summary>
internal static class PublishPacket
{
    /// <summary>Fills a packet, which may be reused.</summary>
    /// <param name="packet">The packet; its id does not change.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="options">The options of the operation's binding.</param>
    public static void Fill(MqttPublishPacket packet, string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        packet.Topic = topic;
        packet.Payload = new ReadOnlySequence<byte>(payload);
        packet.QualityOfServiceLevel = (MqttQualityOfServiceLevel)options.QualityOfService;
        packet.Retain = options.Retain;

        // Zero omits the property; MQTTnet ignores it in MQTT 3.1.1.
        packet.MessageExpiryInterval = (uint)Math.Clamp(options.MessageExpiry?.TotalSeconds ?? 0, 0, uint.MaxValue);
    }
}
