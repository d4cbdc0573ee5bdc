using MQTTnet;

namespace EdgeJobs.Client;

/// <summary>Turns MQTT's reason codes into what an operator can act on.</summary>
internal static class ReasonText
{
    public static ConnectFailure OfConnect(MqttClientConnectResultCode code, string? reason, MqttConnectionOptions options)
    {
        string what = $"{options.Host}:{options.Port} refuses CONNECT: {Code((int)code, code, reason)}";
        return code switch
        {
            MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.Banned =>
                new ConnectFailure(ConnectFailureKind.Refused, $"{what}; on AWS IoT: allow iot:Connect for the client id '{options.ClientId}' in the thing's policy, and check that certificate, thing and policy are attached"),
            MqttClientConnectResultCode.ClientIdentifierNotValid =>
                new ConnectFailure(ConnectFailureKind.Refused, $"{what}; choose another --client_id (1 to 128 characters, not beginning with $)"),
            MqttClientConnectResultCode.UnsupportedProtocolVersion =>
                new ConnectFailure(ConnectFailureKind.Protocol, $"{what}; try --mqtt_version {(options.Version == MqttVersion.V5 ? 3 : 5)}"),
            _ => new ConnectFailure(ConnectFailureKind.Protocol, $"{what}; try again later"),
        };
    }

    public static ConnectFailure OfSubscribe(string filter, MqttClientSubscribeResultCode code, string? reason) => new(
        ConnectFailureKind.SubscriptionRefused,
        $"the server refuses the subscription to {filter}: {Code((int)code, code, reason)}; on AWS IoT: allow iot:Subscribe for topicfilter/{filter} in the thing's policy");

    public static PublishResult OfPublish(string topic, MqttClientPublishReasonCode code, string? reason) => new(
        PublishStatus.Refused,
        $"the server refuses a message to {topic}: {Code((int)code, code, reason)}; on AWS IoT: allow iot:Publish for topic/{topic} in the thing's policy");

    public static string OfDisconnect(MqttClientDisconnectReason code, string? reason, Exception? exception, string clientId)
    {
        if (code == MqttClientDisconnectReason.SessionTakenOver)
        {
            return $"another client has connected with the client id '{clientId}' (0x8E); give each agent a client id of its own";
        }

        if (exception is not null || code == MqttClientDisconnectReason.NormalDisconnection || (int)code == 0x80)
        {
            string cause = exception is null ? "" : ": " + Innermost(exception);
            return "the connection to the server was lost" + cause;
        }

        return $"the server closed the connection: {Code((int)code, code, reason)}";
    }

    private static string Code<T>(int value, T name, string? reason)
        where T : struct, Enum =>
        $"0x{value:X2} {name}" + (string.IsNullOrEmpty(reason) ? "" : $" ({reason.ReplaceLineEndings(" ")})");

    private static string Innermost(Exception e)
    {
        while (e.InnerException is not null)
        {
            e = e.InnerException;
        }

        return e.Message.ReplaceLineEndings(" ");
    }
}
