using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>The server sent a packet that MQTT does not allow, or exceeded a limit of the client.</summary>
internal sealed class InvalidPacketException : MqttProtocolViolationException
{
    private InvalidPacketException(MqttDisconnectReasonCode code, string what)
        : base(what) => Code = code;

    /// <summary>The reason code of the DISCONNECT to the server (MQTT 5).</summary>
    public MqttDisconnectReasonCode Code { get; }

    public static InvalidPacketException Malformed(string what) => new(MqttDisconnectReasonCode.MalformedPacket, what);

    public static InvalidPacketException Unexpected(string what) => new(MqttDisconnectReasonCode.ProtocolError, what);

    public static InvalidPacketException TooLarge(int bytes, int limit) =>
        new(MqttDisconnectReasonCode.PacketTooLarge, $"a packet of {bytes} bytes; the limit is {limit}");

    public static InvalidPacketException TooMany(int limit) =>
        new(MqttDisconnectReasonCode.ReceiveMaximumExceeded, $"more than {limit} messages before the first was acknowledged");
}
