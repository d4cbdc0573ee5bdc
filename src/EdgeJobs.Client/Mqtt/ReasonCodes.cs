using System.Net.Sockets;
using EdgeJobs.Client.Failures;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>Turns MQTT's reason codes into what an operator can act on. Each text is one line.</summary>
internal static class ReasonCodes
{
    public static ConnectFailure OfConnect(MqttClientConnectResultCode code, string? reason, MqttConnectionOptions options)
    {
        if ((int)code < 0x80)
        {
            return OfReturnCode((int)code, options);
        }

        ConnectFailureKind kind = code is MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadUserNameOrPassword
            or MqttClientConnectResultCode.Banned or MqttClientConnectResultCode.ClientIdentifierNotValid
            ? ConnectFailureKind.Refused
            : ConnectFailureKind.Protocol;
        string rule = AwsHints.OfConnect((MqttConnectReasonCode)code, options);
        return new ConnectFailure(kind, ConnectStage.Connect, $"{Where(options)} refuses CONNECT: {Code((int)code, code, reason)}; {rule}");
    }

    /// <summary>Of a server that answers CONNECT of MQTT 5 with a return code of MQTT 3.1.1.</summary>
    /// <param name="returnCode">1 to 127; MQTT 3.1.1 defines 1 to 5.</param>
    /// <param name="options">The server.</param>
    private static ConnectFailure OfReturnCode(int returnCode, MqttConnectionOptions options)
    {
        const string UseOld = "the server answers in MQTT 3.1.1: use --mqtt_version 3";
        (ConnectFailureKind kind, MqttConnectReasonCode code, string name) = returnCode switch
        {
            1 => (ConnectFailureKind.Protocol, MqttConnectReasonCode.UnsupportedProtocolVersion, "unacceptable protocol version"),
            2 => (ConnectFailureKind.Refused, MqttConnectReasonCode.ClientIdentifierNotValid, "identifier rejected"),
            3 => (ConnectFailureKind.Protocol, MqttConnectReasonCode.ServerUnavailable, "server unavailable"),
            4 => (ConnectFailureKind.Refused, MqttConnectReasonCode.BadUserNameOrPassword, "bad user name or password"),
            5 => (ConnectFailureKind.Refused, MqttConnectReasonCode.NotAuthorized, "not authorized"),
            _ => (ConnectFailureKind.Protocol, MqttConnectReasonCode.Success, ""),
        };
        string text = code switch
        {
            MqttConnectReasonCode.Success => "unknown code); check that this port speaks MQTT",
            MqttConnectReasonCode.UnsupportedProtocolVersion => $"{name} of MQTT 3.1.1); the server does not speak MQTT 5: use --mqtt_version 3",
            _ => $"{name} of MQTT 3.1.1); {UseOld}; {AwsHints.OfConnect(code, options)}",
        };
        return new ConnectFailure(kind, ConnectStage.Connect, $"{Where(options)} refuses CONNECT: 0x{returnCode:X2} ({text}");
    }

    /// <summary>Of a server that does not answer CONNECT in time.</summary>
    public static ConnectFailure OfSilentConnect(MqttConnectionOptions options) => new(
        ConnectFailureKind.Protocol,
        ConnectStage.Connect,
        $"{Where(options)} does not answer CONNECT within {options.ConnectTimeout.TotalSeconds:0.#} s; check that this port speaks MQTT");

    /// <summary>Of a connection that ended between CONNECT and CONNACK.</summary>
    public static ConnectFailure OfBrokenConnect(Exception exception, MqttConnectionOptions options)
    {
        string port = options.UseTls ? "MQTT over TLS (8883)" : "MQTT without TLS (1883)";
        if (Find<MqttProtocolViolationException>(exception) is { } violation)
        {
            return new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Connect, $"{Where(options)} does not answer CONNECT as MQTT demands ({FailureText.OneLine(violation.Message)}); check that this port speaks {port}");
        }

        // A server that refuses a certificate or, as AWS IoT, a client id may just close the connection; one that does not know MQTT 5 too.
        string version = options.Version == MqttVersion.V5 ? ", or use --mqtt_version 3 if the server does not speak MQTT 5" : "";
        return new ConnectFailure(
            ConnectFailureKind.Protocol,
            ConnectStage.Connect,
            options.UseTls
                ? $"{Where(options)} closes the connection at CONNECT; check that the thing's certificate{FailureText.File(options)} is registered and active there and, on AWS IoT, that its policy allows iot:Connect for the client id '{options.ClientId}'{version}"
                : $"{Where(options)} closes the connection at CONNECT; check that this port speaks {port}{version}");
    }

    public static ConnectFailure OfSubscribe(string filter, MqttClientSubscribeResultCode code, string? reason) => new(
        ConnectFailureKind.SubscriptionRefused,
        ConnectStage.Subscribe,
        $"the server refuses the subscription to {filter}: {Code((int)code, code, reason)}; {AwsHints.OfSubscribe((MqttSubscribeReasonCode)code, filter)}");

    /// <summary>Of a subscription without an answer.</summary>
    /// <param name="exception">What came instead.</param>
    /// <param name="filters">What was asked for.</param>
    /// <param name="waited">How long was waited in vain; null when the connection ended.</param>
    /// <param name="options">Whom was asked.</param>
    public static ConnectFailure OfBrokenSubscribe(Exception exception, IReadOnlyList<string> filters, TimeSpan? waited, MqttConnectionOptions options)
    {
        string what = $"the subscription to {string.Join(", ", filters)}";
        if (waited is { } time)
        {
            return new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Subscribe, $"{Where(options)} does not answer {what} within {time.TotalSeconds:0.#} s; try again later");
        }

        if (Find<MqttClientUnexpectedDisconnectReceivedException>(exception) is { ReasonCode: { } code } told)
        {
            return code == MqttDisconnectReasonCode.NotAuthorized
                ? new ConnectFailure(
                    ConnectFailureKind.SubscriptionRefused,
                    ConnectStage.Subscribe,
                    $"{Where(options)} closes the connection at {what}: {Code((int)code, code, told.ReasonString)}; on AWS IoT: allow iot:Subscribe for these topic filters in the thing's policy")
                : new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Subscribe, $"{Where(options)}: {OfDisconnect((MqttClientDisconnectReason)code, told.ReasonString, null, options)}");
        }

        // A bad link looks the same as a server that does not say why: not to be taken for a refusal, after which nobody tries again.
        return Find<MqttProtocolViolationException>(exception) is { } violation
            ? new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Subscribe, $"{Where(options)} does not answer {what} as MQTT demands ({FailureText.OneLine(violation.Message)})")
            : new ConnectFailure(
                ConnectFailureKind.Protocol,
                ConnectStage.Subscribe,
                $"the connection to {Where(options)} was lost at {what}"
                + (IsClosedByServer(exception) ? "; if this happens again on AWS IoT: allow iot:Subscribe for these topic filters in the thing's policy" : ""));
    }

    public static PublishResult OfPublish(string topic, MqttPubAckReasonCode code, string? reason) =>
        Refused(topic, Code((int)code, code, reason), code);

    /// <summary>Of a publish without an acknowledgement.</summary>
    /// <param name="topic">Where it was to go.</param>
    /// <param name="goodbye">The DISCONNECT of the server; null when there was none.</param>
    /// <param name="lost">Why the connection ended.</param>
    /// <param name="mayBeRefusal">Whether the server may have closed the connection because of the message.</param>
    public static PublishResult OfBrokenPublish(string topic, MqttDisconnectPacket? goodbye, string? lost, bool mayBeRefusal)
    {
        if (goodbye is { ReasonCode: MqttDisconnectReasonCode.NotAuthorized })
        {
            return Refused(topic, Code((int)goodbye.ReasonCode, goodbye.ReasonCode, goodbye.ReasonString), MqttPubAckReasonCode.NotAuthorized);
        }

        return new PublishResult(
            PublishStatus.NotConnected,
            $"the connection was lost while publishing to {topic}" + (lost is null ? "" : ": " + lost)
            // In MQTT 3.1.1 a server has no other way to refuse a message.
            + (mayBeRefusal ? $"; if this happens again on AWS IoT: allow iot:Publish for topic/{topic} in the thing's policy" : ""));
    }

    public static string OfDisconnect(MqttClientDisconnectReason code, string? reason, Exception? exception, MqttConnectionOptions options)
    {
        if (code == MqttClientDisconnectReason.SessionTakenOver)
        {
            return $"another client uses the client id '{options.ClientId}': it has connected, and the server has closed this connection (0x8E); give each agent a --client_id of its own";
        }

        if (code == MqttClientDisconnectReason.NotAuthorized || (exception is null && code != MqttClientDisconnectReason.NormalDisconnection))
        {
            return $"the server closed the connection: {Code((int)code, code, reason)}{AwsHints.AsSuffix(AwsHints.OfDisconnect((MqttDisconnectReasonCode)code))}";
        }

        // MQTT 3.1.1 has no words for it, and Mosquitto says nothing in MQTT 5 either.
        string cause = exception is null
            ? $"the server closed it without a reason, as some do when another client connects with the client id '{options.ClientId}'"
            : FailureText.OneLine(exception.GetBaseException().Message);
        return "the connection to the server was lost: " + cause;
    }

    /// <summary>True when the server has ended the connection: with an end of the stream or a reset, not by silence or a broken network.</summary>
    public static bool IsClosedByServer(Exception? exception) =>
        Find<SocketException>(exception) is null or { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown };

    private static string Where(MqttConnectionOptions options) => options.Server;

    private static PublishResult Refused(string topic, string text, MqttPubAckReasonCode code) => new(
        PublishStatus.Refused,
        $"the server refuses a message to {topic}: {text}{AwsHints.AsSuffix(AwsHints.OfPublish(code, topic))}");

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        while (exception is not null and not T)
        {
            exception = exception.InnerException;
        }

        return exception as T;
    }

    private static string Code<T>(int value, T name, string? reason)
        where T : struct, Enum =>
        $"0x{value:X2} {(Enum.IsDefined(name) ? name : "(unknown code)")}" + (string.IsNullOrEmpty(reason) ? "" : $" ({FailureText.OneLine(reason)})");
}
