using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>The server sent a packet that MQTT does not allow, or exceeded a limit of the client.</summary>
internal sealed class InvalidPacketException : Exception
{
    private static readonly string[] PacketNames =
    [
        "a packet of type 0", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK",
        "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
    ];

    private InvalidPacketException(MqttDisconnectReasonCode code, string what)
        : base(what) => Code = code;

    /// <summary>The reason code of the DISCONNECT to the server (MQTT 5).</summary>
    public MqttDisconnectReasonCode Code { get; }

    public static InvalidPacketException Malformed(string what) => new(MqttDisconnectReasonCode.MalformedPacket, what);

    public static InvalidPacketException Unexpected(string what) => new(MqttDisconnectReasonCode.ProtocolError, what);

    /// <summary>The server may not send the packet now.</summary>
    public static InvalidPacketException OutOfTurn(byte fixedHeader, bool isConnected) =>
        Unexpected($"{NameOf(fixedHeader)}{(isConnected ? ", which is not expected now" : " before CONNACK")}");

    public static InvalidPacketException NotSent(byte fixedHeader, ushort packetId) =>
        Unexpected($"{NameOf(fixedHeader)} for a packet that was not sent (id {packetId})");

    public static InvalidPacketException TooLarge(int bytes, int limit) =>
        new(MqttDisconnectReasonCode.PacketTooLarge, $"a packet of {bytes} bytes; the limit is {limit}");

    public static InvalidPacketException TooMany(int limit) =>
        new(MqttDisconnectReasonCode.ReceiveMaximumExceeded, $"more than {limit} messages before the first was acknowledged");

    private static string NameOf(byte fixedHeader) => PacketNames[fixedHeader >> 4];
}
