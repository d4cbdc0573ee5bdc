using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>Why a client is disconnected. The cases are AWS's.</summary>
/// <param name="Code">The reason code for an MQTT 5 client.</param>
/// <param name="Message">The reason in words.</param>
/// <param name="IsSent">Whether an MQTT 5 client also gets the words.</param>
internal readonly record struct DisconnectReason(MqttDisconnectReasonCode Code, string Message, bool IsSent = true)
{
    /// <summary>Denied by the policies. As on AWS, only the log says what is missing.</summary>
    public static DisconnectReason NotAuthorized =>
        new(MqttDisconnectReasonCode.NotAuthorized, "the policies do not allow it", IsSent: false);

    public static DisconnectReason? Check(MqttSubscribePacket packet)
    {
        if (packet.TopicFilters.Count > BrokerLimits.FiltersPerSubscribe)
        {
            return new DisconnectReason(
                MqttDisconnectReasonCode.QuotaExceeded, $"a SUBSCRIBE has at most {BrokerLimits.FiltersPerSubscribe} filters");
        }

        if (packet.SubscriptionIdentifier != 0)
        {
            return new DisconnectReason(
                MqttDisconnectReasonCode.SubscriptionIdentifiersNotSupported, "subscription identifiers are not supported");
        }

        return packet.TopicFilters.Exists(static filter => filter.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
            ? Qos2NotSupported
            : null;
    }

    public static DisconnectReason? Check(MqttApplicationMessage message)
    {
        string topic = message.Topic ?? "";
        if (message.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            return Qos2NotSupported;
        }

        if (message.Payload.Length > BrokerLimits.PayloadBytes)
        {
            return new DisconnectReason(
                MqttDisconnectReasonCode.PacketTooLarge, $"the payload has more than {BrokerLimits.PayloadBytes} bytes");
        }

        if (!BrokerLimits.IsTopic(topic))
        {
            return new DisconnectReason(
                MqttDisconnectReasonCode.TopicNameInvalid,
                $"the topic has more than {BrokerLimits.TopicBytes} bytes or {BrokerLimits.TopicSlashes} slashes");
        }

        return message.Retain && ReservedTopics.Contains(topic)
            ? new DisconnectReason(MqttDisconnectReasonCode.NotAuthorized, "reserved topics do not support retained messages")
            : null;
    }

    private static DisconnectReason Qos2NotSupported => new(MqttDisconnectReasonCode.QoSNotSupported, "QoS 2 is not supported");
}
