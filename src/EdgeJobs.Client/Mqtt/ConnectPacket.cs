using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>Builds CONNECT and reads CONNACK.</summary>
internal static class ConnectPacket
{
    /// <summary>AWS IoT's return code for "not authorized" in MQTT 3.1.1; the standard ends at 5.</summary>
    private const MqttConnectReturnCode AwsNotAuthorized = (MqttConnectReturnCode)7;

    /// <summary>Creates CONNECT. MQTT 3.1.1 omits its properties.</summary>
    /// <param name="options">The client's options.</param>
    /// <param name="cleanStart">Whether the server discards an earlier session.</param>
    public static MqttConnectPacket Make(MqttConnectionOptions options, bool cleanStart) => new()
    {
        ClientId = options.ClientId,
        CleanSession = cleanStart,
        KeepAlivePeriod = (ushort)Math.Clamp(options.KeepAlive.TotalSeconds, 0, ushort.MaxValue),
        MaximumPacketSize = MqttConnection.MaxPacketBytes,
        ReceiveMaximum = MqttConnection.ReceiveMaximum,
        SessionExpiryInterval = (uint)Math.Clamp(options.SessionExpiry.TotalSeconds, 0, uint.MaxValue),

        // The default of MQTT: the server may send reason strings.
        RequestProblemInformation = true,
    };

    /// <summary>The reason code of CONNACK, in MQTT 3.1.1 the equivalent of its return code.</summary>
    /// <exception cref="InvalidPacketException">MQTT 3.1.1 does not define the return code.</exception>
    public static MqttConnectReasonCode CodeOf(MqttConnAckPacket answer, MqttVersion version) => version == MqttVersion.V5
        ? answer.ReasonCode
        : answer.ReturnCode switch
        {
            MqttConnectReturnCode.ConnectionAccepted => MqttConnectReasonCode.Success,
            MqttConnectReturnCode.ConnectionRefusedUnacceptableProtocolVersion => MqttConnectReasonCode.UnsupportedProtocolVersion,
            MqttConnectReturnCode.ConnectionRefusedIdentifierRejected => MqttConnectReasonCode.ClientIdentifierNotValid,
            MqttConnectReturnCode.ConnectionRefusedServerUnavailable => MqttConnectReasonCode.ServerUnavailable,
            MqttConnectReturnCode.ConnectionRefusedBadUsernameOrPassword => MqttConnectReasonCode.BadUserNameOrPassword,
            MqttConnectReturnCode.ConnectionRefusedNotAuthorized or AwsNotAuthorized => MqttConnectReasonCode.NotAuthorized,
            _ => throw InvalidPacketException.Unexpected($"CONNACK with the unknown return code {(int)answer.ReturnCode}"),
        };

    /// <summary>One line about the negotiated connection.</summary>
    public static string Describe(MqttConnectionOptions options, MqttConnAckPacket answer, TimeSpan keepAlive, int maxUnacknowledged) =>
        $"{(options.Version == MqttVersion.V5 ? "MQTT 5" : "MQTT 3.1.1")} as '{options.ClientId}', "
        + $"{(answer.IsSessionPresent ? "an earlier session" : "no earlier session")}, a ping every {keepAlive.TotalSeconds:0.#} s, "
        + $"at most {maxUnacknowledged} unacknowledged messages";
}
