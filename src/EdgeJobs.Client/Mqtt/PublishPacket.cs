using System.Buffers;
using System.Text;
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

        // The packet may be reused, so absent properties are reset.
        MessageProperties properties = options.Properties ?? MessageProperties.None;
        packet.ContentType = NullIfEmpty(properties.ContentType);
        packet.ResponseTopic = NullIfEmpty(properties.ResponseTopic);
        packet.CorrelationData = properties.CorrelationData.IsEmpty ? null : properties.CorrelationData.ToArray();
        packet.UserProperties = properties.UserProperties.Count == 0 ? null : UserPropertiesOf(properties);
    }

    /// <summary>The properties of a received packet. Allocates nothing if it has none.</summary>
    public static MessageProperties PropertiesOf(MqttPublishPacket packet)
    {
        if (packet.ContentType is null && packet.ResponseTopic is null && packet.CorrelationData is null
            && packet.UserProperties is null or { Count: 0 })
        {
            return MessageProperties.None;
        }

        List<KeyValuePair<string, string>> user = [];
        foreach (MqttUserProperty property in packet.UserProperties ?? [])
        {
            user.Add(new(property.Name, property.ReadValueAsString()));
        }

        return new MessageProperties
        {
            ContentType = packet.ContentType ?? "",
            ResponseTopic = packet.ResponseTopic ?? "",
            CorrelationData = packet.CorrelationData,
            UserProperties = user,
        };
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private static List<MqttUserProperty> UserPropertiesOf(MessageProperties properties)
    {
        List<MqttUserProperty> result = new(properties.UserProperties.Count);
        foreach ((string name, string value) in properties.UserProperties)
        {
            result.Add(new MqttUserProperty(name, Encoding.UTF8.GetBytes(value)));
        }

        return result;
    }
}
