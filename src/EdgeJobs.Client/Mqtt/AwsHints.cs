using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The rule of AWS IoT behind each reason code that it documents, and how to mend what has broken it: the policy action that is
/// missing, or the limit that was met. Null for a code that says all there is to say.
/// </summary>
internal static class AwsHints
{
    private const string Topics = "AWS IoT takes topics of at most 256 bytes with at most 7 slashes, and of those that begin with $ only its own";
    private const string Again = "try again later";

    /// <summary>Behind a CONNACK.</summary>
    public static string OfConnect(MqttConnectReasonCode code, MqttConnectionOptions options) => code switch
    {
        MqttConnectReasonCode.NotAuthorized or MqttConnectReasonCode.BadUserNameOrPassword or MqttConnectReasonCode.Banned =>
            $"on AWS IoT: allow iot:Connect for the client id '{options.ClientId}' in the thing's policy, and check that certificate, thing and policy are attached",
        MqttConnectReasonCode.ClientIdentifierNotValid => "choose another --client_id (1 to 128 characters, not beginning with $)",
        MqttConnectReasonCode.UnsupportedProtocolVersion => $"try --mqtt_version {(options.Version == MqttVersion.V5 ? 3 : 5)}",
        MqttConnectReasonCode.QuotaExceeded or MqttConnectReasonCode.ConnectionRateExceeded =>
            $"a limit is met: AWS IoT takes one CONNECT a second from a client id, and so many a second and at a time as the account's quotas say; give each agent a --client_id of its own, and {Again}",
        MqttConnectReasonCode.UnspecifiedError => $"AWS IoT says why in its logs in CloudWatch, when they are switched on; {Again}",
        MqttConnectReasonCode.TopicNameInvalid or MqttConnectReasonCode.QoSNotSupported or MqttConnectReasonCode.RetainNotSupported =>
            "the agent's CONNECT has no will that this could be about; check what lies between the board and the server",
        MqttConnectReasonCode.UseAnotherServer or MqttConnectReasonCode.ServerMoved =>
            "check --endpoint: aws iot describe-endpoint --endpoint-type iot:Data-ATS prints that of the account",
        _ => Again,
    };

    /// <summary>Behind a SUBACK.</summary>
    public static string OfSubscribe(MqttSubscribeReasonCode code, string filter) => code switch
    {
        MqttSubscribeReasonCode.UnspecifiedError or MqttSubscribeReasonCode.NotAuthorized => $"on AWS IoT: allow iot:Subscribe for topicfilter/{filter} in the thing's policy",
        MqttSubscribeReasonCode.QuotaExceeded => $"the server's limit of subscriptions is reached (AWS IoT: 50 for a connection, 8 in one SUBSCRIBE); {Again}",
        MqttSubscribeReasonCode.TopicFilterInvalid => $"check the thing name; {Topics}",
        MqttSubscribeReasonCode.PacketIdentifierInUse => "the server still works on another request of this number; try again later",
        _ => "check the thing name and what the server allows",
    };

    /// <summary>Behind a PUBACK.</summary>
    public static string? OfPublish(MqttPubAckReasonCode code, string topic) => code switch
    {
        MqttPubAckReasonCode.NotAuthorized => $"on AWS IoT: allow iot:Publish for topic/{topic} in the thing's policy",
        MqttPubAckReasonCode.TopicNameInvalid => $"check the thing name; {Topics}",
        MqttPubAckReasonCode.QuotaExceeded => "a limit is met: AWS IoT takes 100 messages and 512 KiB a second on a connection, and so many of an account as its quotas say; it is sent again later",
        MqttPubAckReasonCode.PacketIdentifierInUse => "the server still works on another message of this number; it is sent again later",
        MqttPubAckReasonCode.UnspecifiedError => "AWS IoT says why in its logs in CloudWatch, when they are switched on",
        _ => null,
    };

    /// <summary>Behind a DISCONNECT.</summary>
    public static string? OfDisconnect(MqttDisconnectReasonCode code) => code switch
    {
        MqttDisconnectReasonCode.NotAuthorized => "on AWS IoT: check that the thing's policy allows what was published, and that certificate and policy are still attached",
        MqttDisconnectReasonCode.KeepAliveTimeout => "it has heard nothing for one and a half keep-alive periods; check the network, or lower --keep_alive",
        MqttDisconnectReasonCode.TopicFilterInvalid or MqttDisconnectReasonCode.TopicNameInvalid => $"check the thing name; {Topics}",
        MqttDisconnectReasonCode.ReceiveMaximumExceeded => "too many messages were under way without an acknowledgement (AWS IoT: 100)",
        MqttDisconnectReasonCode.QuotaExceeded or MqttDisconnectReasonCode.MessageRateTooHigh =>
            "a limit is met: AWS IoT takes 100 messages and 512 KiB a second and 50 subscriptions on a connection, and so many of an account as its quotas say",
        MqttDisconnectReasonCode.PacketTooLarge => "AWS IoT takes messages of at most 128 KB",
        MqttDisconnectReasonCode.AdministrativeAction => "somebody has cut it off: on AWS IoT, check that the thing's certificate is still active",
        MqttDisconnectReasonCode.MaximumConnectTime => "AWS IoT ends every connection after some weeks; nothing is wrong",
        MqttDisconnectReasonCode.MalformedPacket or MqttDisconnectReasonCode.ProtocolError or MqttDisconnectReasonCode.TopicAliasInvalid
            or MqttDisconnectReasonCode.QoSNotSupported or MqttDisconnectReasonCode.RetainNotSupported or MqttDisconnectReasonCode.SubscriptionIdentifiersNotSupported =>
            "the agent sends nothing of the kind; check what lies between the board and the server, and report it when nothing does",
        _ => null,
    };

    /// <summary>A rule as the end of a message; nothing when there is none.</summary>
    public static string Behind(string? rule) => rule is null ? "" : "; " + rule;
}
