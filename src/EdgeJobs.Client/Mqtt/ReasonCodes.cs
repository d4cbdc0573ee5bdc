using System.Net.Sockets;
using EdgeJobs.Client.Failures;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>Turns MQTT reason codes into failures with a fix. Each message is one line.</summary>
internal static class ReasonCodes
{
    public static ConnectFailure OfConnect(MqttConnectReasonCode code, string? reason, MqttConnectionOptions options)
    {
        if ((int)code < 0x80)
        {
            return OfReturnCode((int)code, options);
        }

        ConnectFailureKind kind = code is MqttConnectReasonCode.NotAuthorized or MqttConnectReasonCode.BadUserNameOrPassword
            or MqttConnectReasonCode.Banned or MqttConnectReasonCode.ClientIdentifierNotValid
            ? ConnectFailureKind.Refused
            : ConnectFailureKind.Protocol;
        string rule = AwsHints.OfConnect(code, options);
        return new ConnectFailure(kind, ConnectStage.Connect, $"{Where(options)} refuses CONNECT: {Code((int)code, code, reason)}; {rule}");
    }

    /// <summary>The server answered an MQTT 5 CONNECT with a return code of MQTT 3.1.1.</summary>
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
            MqttConnectReasonCode.UnsupportedProtocolVersion =>
                $"{name} of MQTT 3.1.1); the server does not speak MQTT 5: use --mqtt_version 3",
            _ => $"{name} of MQTT 3.1.1); {UseOld}; {AwsHints.OfConnect(code, options)}",
        };
        return new ConnectFailure(kind, ConnectStage.Connect, $"{Where(options)} refuses CONNECT: 0x{returnCode:X2} ({text}");
    }

    /// <summary>The server did not answer CONNECT in time.</summary>
    public static ConnectFailure OfSilentConnect(MqttConnectionOptions options) => new(
        ConnectFailureKind.Protocol,
        ConnectStage.Connect,
        $"{Where(options)} does not answer CONNECT within {options.ConnectTimeout.TotalSeconds:0.#} s; check that this port speaks MQTT");

    /// <summary>The connection ended between CONNECT and CONNACK.</summary>
    public static ConnectFailure OfBrokenConnect(Exception exception, MqttConnectionOptions options)
    {
        string port = options.UseTls ? "MQTT over TLS (8883)" : "MQTT without TLS (1883)";
        if (Find<InvalidPacketException>(exception) is { } violation)
        {
            return new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Connect, $"{Where(options)} sends an invalid answer to "
                + $"CONNECT ({FailureText.OneLine(violation.Message)}); check that this port speaks {port}");
        }

        // Some servers refuse a certificate, a client id (AWS IoT) or MQTT 5 by closing the connection.
        string version = options.Version == MqttVersion.V5 ? ", or use --mqtt_version 3 if the server does not speak MQTT 5" : "";
        return new ConnectFailure(
            ConnectFailureKind.Protocol,
            ConnectStage.Connect,
            options.UseTls
                ? $"{Where(options)} closes the connection after CONNECT; check that the thing's certificate{FailureText.File(options)} is "
                    + $"registered and active there and, on AWS IoT, that its policy allows iot:Connect for the client id "
                    + $"'{options.ClientId}'{version}"
                : $"{Where(options)} closes the connection after CONNECT; check that this port speaks {port}{version}");
    }

    public static ConnectFailure OfSubscribe(string filter, MqttSubscribeReasonCode code, string? reason) => new(
        ConnectFailureKind.SubscriptionRefused,
        ConnectStage.Subscribe,
        $"the server refuses the subscription to {filter}: {Code((int)code, code, reason)}; "
            + $"{AwsHints.OfSubscribe(code, filter)}");

    /// <summary>The server did not answer SUBSCRIBE.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="disconnect">The DISCONNECT of the server; null if there was none.</param>
    /// <param name="filters">The topic filters.</param>
    /// <param name="waited">The time-out that elapsed; null if the connection ended.</param>
    /// <param name="options">Name the server.</param>
    public static ConnectFailure OfBrokenSubscribe(
        Exception exception,
        MqttDisconnectPacket? disconnect,
        IReadOnlyList<string> filters,
        TimeSpan? waited,
        MqttConnectionOptions options)
    {
        string what = $"the subscription to {string.Join(", ", filters)}";
        if (waited is { } time)
        {
            return new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Subscribe, $"{Where(options)} does not answer {what} "
                + $"within {time.TotalSeconds:0.#} s; try again later");
        }

        if (disconnect is { ReasonCode: var code })
        {
            return code == MqttDisconnectReasonCode.NotAuthorized
                ? new ConnectFailure(
                    ConnectFailureKind.SubscriptionRefused,
                    ConnectStage.Subscribe,
                    $"{Where(options)} closes the connection at {what}: {Code((int)code, code, disconnect.ReasonString)}; on AWS IoT: "
                        + $"allow iot:Subscribe for these topic filters in the thing's policy")
                : new ConnectFailure(
                    ConnectFailureKind.Protocol,
                    ConnectStage.Subscribe,
                    $"{Where(options)}: {OfDisconnect(code, disconnect.ReasonString, null, options)}");
        }

        // A bad link looks like a server that closes without a reason. It must not count as a refusal, which is retried more slowly.
        return Find<InvalidPacketException>(exception) is { } violation
            ? new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Subscribe, $"{Where(options)} sends an invalid answer to {what} "
                + $"({FailureText.OneLine(violation.Message)})")
            : new ConnectFailure(
                ConnectFailureKind.Protocol,
                ConnectStage.Subscribe,
                $"the connection to {Where(options)} was lost at {what}"
                + (IsClosedByServer(exception) ? "; if this happens again on AWS IoT: allow iot:Subscribe for these topic filters in the "
                + "thing's policy" : ""));
    }

    public static PublishResult OfPublish(string topic, MqttPubAckReasonCode code, string? reason) =>
        Refused(topic, Code((int)code, code, reason), code);

    /// <summary>A publish was not acknowledged.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="disconnect">The DISCONNECT of the server; null if there was none.</param>
    /// <param name="lost">Why the connection ended.</param>
    /// <param name="mayBeRefusal">Whether the server may have closed the connection because of the message.</param>
    public static PublishResult OfBrokenPublish(string topic, MqttDisconnectPacket? disconnect, string? lost, bool mayBeRefusal)
    {
        if (disconnect is { ReasonCode: MqttDisconnectReasonCode.NotAuthorized })
        {
            return Refused(
                topic,
                Code((int)disconnect.ReasonCode, disconnect.ReasonCode, disconnect.ReasonString),
                MqttPubAckReasonCode.NotAuthorized);
        }

        return new PublishResult(
            PublishStatus.NotConnected,
            $"the connection was lost while publishing to {topic}" + (lost is null ? "" : ": " + lost)
            // In MQTT 3.1.1 a server can refuse a message only by closing the connection.
            + (mayBeRefusal ? $"; if this happens again on AWS IoT: allow iot:Publish for topic/{topic} in the thing's policy" : ""));
    }

    public static string OfDisconnect(MqttDisconnectReasonCode code, string? reason, Exception? exception, MqttConnectionOptions options)
    {
        if (code == MqttDisconnectReasonCode.SessionTakenOver)
        {
            return $"another client uses the client id '{options.ClientId}': it has connected, and the server has closed this connection "
                + $"(0x8E); give each agent its own --client_id";
        }

        if (code == MqttDisconnectReasonCode.NotAuthorized
            || (exception is null && code != MqttDisconnectReasonCode.NormalDisconnection))
        {
            return $"the server closed the connection: "
                + $"{Code((int)code, code, reason)}{AwsHints.AsSuffix(AwsHints.OfDisconnect(code))}";
        }

        // MQTT 3.1.1 has no reason codes here, and Mosquitto sends none in MQTT 5 either.
        string cause = exception is null
            ? $"the server closed it without a reason, as some do when another client connects with the client id '{options.ClientId}'"
            : FailureText.OneLine(exception.GetBaseException().Message);
        return "the connection to the server was lost: " + cause;
    }

    /// <summary>
    /// True if the server ended the connection, with an end of the stream or a reset; false after a time-out or a network failure.
    /// </summary>
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
        $"0x{value:X2} {(Enum.IsDefined(name) ? name : "(unknown code)")}"
        + (string.IsNullOrEmpty(reason) ? "" : $" ({FailureText.OneLine(reason)})");
}
