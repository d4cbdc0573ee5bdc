using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>The server has sent what MQTT does not allow, or more than it was told that it may send.</summary>
internal sealed class InvalidPacketException : MqttProtocolViolationException
{
    private InvalidPacketException(MqttDisconnectReasonCode code, string what)
        : base(what) => Code = code;

    /// <summary>What MQTT 5 tells the server.</summary>
    public MqttDisconnectReasonCode Code { get; }

    public static InvalidPacketException Malformed(string what) => new(MqttDisconnectReasonCode.MalformedPacket, what);

    public static InvalidPacketException Unexpected(string what) => new(MqttDisconnectReasonCode.ProtocolError, what);

    public static InvalidPacketException TooLarge(int bytes, int limit) =>
        new(MqttDisconnectReasonCode.PacketTooLarge, $"a packet of {bytes} bytes; more than {limit} are not taken");

    public static InvalidPacketException TooMany(int limit) =>
        new(MqttDisconnectReasonCode.ReceiveMaximumExceeded, $"more than {limit} messages before the first of them was acknowledged");
}
