using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>Why a client is disconnected. The cases are AWS's.</summary>
/// <param name="Reason">The reason code for an MQTT 5 client.</param>
/// <param name="Why">The reason in words.</param>
/// <param name="IsTold">Whether an MQTT 5 client also gets the words.</param>
internal readonly record struct ClientFault(MqttDisconnectReasonCode Reason, string Why, bool IsTold = true)
{
    /// <summary>Denied by the policies. As on AWS, only the log says what is missing.</summary>
    public static ClientFault NotAuthorized => new(MqttDisconnectReasonCode.NotAuthorized, "the policies do not allow it", IsTold: false);

    public static ClientFault? Of(MqttSubscribePacket packet)
    {
        if (packet.TopicFilters.Count > BrokerLimits.FiltersPerSubscribe)
        {
            return new ClientFault(MqttDisconnectReasonCode.QuotaExceeded, $"a SUBSCRIBE has at most {BrokerLimits.FiltersPerSubscribe} filters");
        }

        if (packet.SubscriptionIdentifier != 0)
        {
            return new ClientFault(MqttDisconnectReasonCode.SubscriptionIdentifiersNotSupported, "subscription identifiers are not supported");
        }

        return packet.TopicFilters.Exists(static filter => filter.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce) ? NoQualityTwo : null;
    }

    public static ClientFault? Of(MqttApplicationMessage message)
    {
        string topic = message.Topic ?? "";
        if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            return NoQualityTwo;
        }

        if (message.Payload.Length > BrokerLimits.PayloadBytes)
        {
            return new ClientFault(MqttDisconnectReasonCode.PacketTooLarge, $"the payload has more than {BrokerLimits.PayloadBytes} bytes");
        }

        if (!BrokerLimits.IsTopic(topic))
        {
            return new ClientFault(MqttDisconnectReasonCode.TopicNameInvalid, $"the topic has more than {BrokerLimits.TopicBytes} bytes or {BrokerLimits.TopicSlashes} slashes");
        }

        return message.Retain && ReservedTopics.Contains(topic)
            ? new ClientFault(MqttDisconnectReasonCode.NotAuthorized, "reserved topics do not support retained messages")
            : null;
    }

    private static ClientFault NoQualityTwo => new(MqttDisconnectReasonCode.QoSNotSupported, "QoS 2 is not supported");
}
