using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The fix for each MQTT reason code that AWS IoT documents: the missing policy action, or the limit that was exceeded. Null if the code
/// itself is sufficient.
/// </summary>
internal static class AwsHints
{
    private const string Topics = "AWS IoT accepts topics of at most 256 bytes with at most 7 slashes; only its own may begin with $";
    private const string Again = "try again later";

    public static string OfConnect(MqttConnectReasonCode code, MqttConnectionOptions options) => code switch
    {
        MqttConnectReasonCode.NotAuthorized or MqttConnectReasonCode.BadUserNameOrPassword or MqttConnectReasonCode.Banned =>
            $"on AWS IoT: allow iot:Connect for the client id '{options.ClientId}' in the thing's policy, and check that certificate, "
                + $"thing and policy are attached",
        MqttConnectReasonCode.ClientIdentifierNotValid => "choose another --client_id (1 to 128 characters, not beginning with $)",
        MqttConnectReasonCode.UnsupportedProtocolVersion => $"try --mqtt_version {(options.Version == MqttVersion.V5 ? 3 : 5)}",
        MqttConnectReasonCode.QuotaExceeded or MqttConnectReasonCode.ConnectionRateExceeded =>
            $"a quota is exceeded: AWS IoT accepts one CONNECT per second per client id, and the account limits the rate and number of "
                + $"connections; give each agent its own --client_id, and {Again}",
        MqttConnectReasonCode.UnspecifiedError => $"if logging is enabled, AWS IoT logs the reason in CloudWatch; {Again}",
        MqttConnectReasonCode.TopicNameInvalid or MqttConnectReasonCode.QoSNotSupported or MqttConnectReasonCode.RetainNotSupported =>
            "the agent's CONNECT has no will message that could cause this; check what is between the board and the server",
        MqttConnectReasonCode.UseAnotherServer or MqttConnectReasonCode.ServerMoved =>
            "check --endpoint: aws iot describe-endpoint --endpoint-type iot:Data-ATS prints the account's endpoint",
        _ => Again,
    };

    public static string OfSubscribe(MqttSubscribeReasonCode code, string filter) => code switch
    {
        MqttSubscribeReasonCode.UnspecifiedError or MqttSubscribeReasonCode.NotAuthorized =>
            $"on AWS IoT: allow iot:Subscribe for topicfilter/{filter} in the thing's policy",
        MqttSubscribeReasonCode.QuotaExceeded =>
            $"the server's limit of subscriptions is reached (AWS IoT: 50 per connection, 8 per SUBSCRIBE); {Again}",
        MqttSubscribeReasonCode.TopicFilterInvalid => $"check the thing name; {Topics}",
        MqttSubscribeReasonCode.PacketIdentifierInUse =>
            "the server is still processing another request with this packet id; try again later",
        _ => "check the thing name and what the server allows",
    };

    public static string? OfPublish(MqttPubAckReasonCode code, string topic) => code switch
    {
        MqttPubAckReasonCode.NotAuthorized => $"on AWS IoT: allow iot:Publish for topic/{topic} in the thing's policy",
        MqttPubAckReasonCode.TopicNameInvalid => $"check the thing name; {Topics}",
        MqttPubAckReasonCode.QuotaExceeded =>
            "a quota is exceeded: AWS IoT accepts 100 messages and 512 KiB per second on a connection, and the account has quotas of its "
                + "own; it is sent again later",
        MqttPubAckReasonCode.PacketIdentifierInUse =>
            "the server is still processing another message with this packet id; it is sent again later",
        MqttPubAckReasonCode.UnspecifiedError => "if logging is enabled, AWS IoT logs the reason in CloudWatch",
        _ => null,
    };

    public static string? OfDisconnect(MqttDisconnectReasonCode code) => code switch
    {
        MqttDisconnectReasonCode.NotAuthorized =>
            "on AWS IoT: check that the thing's policy allows the publish, and that certificate and policy are still attached",
        MqttDisconnectReasonCode.KeepAliveTimeout =>
            "it received nothing for one and a half keep-alive periods; check the network, or lower --keep_alive",
        MqttDisconnectReasonCode.TopicFilterInvalid or MqttDisconnectReasonCode.TopicNameInvalid => $"check the thing name; {Topics}",
        MqttDisconnectReasonCode.ReceiveMaximumExceeded => "too many messages were unacknowledged (AWS IoT: 100)",
        MqttDisconnectReasonCode.QuotaExceeded or MqttDisconnectReasonCode.MessageRateTooHigh =>
            "a quota is exceeded: AWS IoT accepts 100 messages and 512 KiB per second and 50 subscriptions on a connection, and the "
                + "account has quotas of its own",
        MqttDisconnectReasonCode.PacketTooLarge => "AWS IoT accepts messages of at most 128 KB",
        MqttDisconnectReasonCode.AdministrativeAction =>
            "an administrator closed it: on AWS IoT, check that the thing's certificate is still active",
        MqttDisconnectReasonCode.MaximumConnectTime => "AWS IoT ends every connection after some weeks; nothing to fix",
        MqttDisconnectReasonCode.MalformedPacket or MqttDisconnectReasonCode.ProtocolError or MqttDisconnectReasonCode.TopicAliasInvalid
            or MqttDisconnectReasonCode.QoSNotSupported or MqttDisconnectReasonCode.RetainNotSupported
            or MqttDisconnectReasonCode.SubscriptionIdentifiersNotSupported =>
            "the agent sends no such packet; check what is between the board and the server; if nothing is, report a bug",
        _ => null,
    };

    public static string AsSuffix(string? hint) => hint is null ? "" : "; " + hint;
}
