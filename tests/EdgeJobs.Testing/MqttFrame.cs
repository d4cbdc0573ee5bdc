using System.Buffers.Binary;
using System.Text;

namespace EdgeJobs.Testing;

/// <summary>The bytes of an MQTT packet.</summary>
/// <param name="First">The first byte: type and flags.</param>
/// <param name="Body">The bytes after the length.</param>
public sealed record MqttFrame(byte First, byte[] Body)
{
    public const int Connect = 1;
    public const int Publish = 3;
    public const int Acknowledge = 4;
    public const int Subscribe = 8;
    public const int Ping = 12;

    /// <summary>The packet's type, 1 to 15.</summary>
    public int Type => First >> 4;

    /// <summary>The quality of service of a PUBLISH.</summary>
    public int Quality => (First >> 1) & 3;

    /// <summary>The topic of a PUBLISH.</summary>
    public string Topic => Type == Publish ? Encoding.UTF8.GetString(Body, 2, TopicLength) : "";

    /// <summary>The packet id of a packet that has one.</summary>
    public ushort PacketId => BinaryPrimitives.ReadUInt16BigEndian(Body.AsSpan(Type == Publish ? 2 + TopicLength : 0));

    private int TopicLength => BinaryPrimitives.ReadUInt16BigEndian(Body);

    /// <summary>The payload of a PUBLISH; properties are skipped.</summary>
    public string PayloadOf(byte version)
    {
        int start = 2 + TopicLength + (Quality > 0 ? 2 : 0);

        // In MQTT 5 the properties and their length, which is one byte here, precede the payload.
        return Encoding.UTF8.GetString(Body.AsSpan(version == 5 ? start + 1 + Body[start] : start));
    }

    /// <summary>Reads a packet; null at the end of the stream.</summary>
    public static async Task<MqttFrame?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        byte[] one = new byte[1];
        if (await stream.ReadAsync(one, cancellationToken) == 0)
        {
            return null;
        }

        byte first = one[0];
        int length = 0;
        int shift = 0;
        do
        {
            await stream.ReadExactlyAsync(one, cancellationToken);
            length |= (one[0] & 0x7F) << shift;
            shift += 7;
        }
        while (one[0] >= 0x80);
        byte[] body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return new MqttFrame(first, body);
    }

    public static byte[] Of(byte first, params ReadOnlySpan<byte> body) => [first, .. Length(body.Length), .. body];

    public static byte[] Message(byte version, string topic, ReadOnlySpan<byte> payload, int quality = 1, ushort packetId = 1)
    {
        byte[] name = Encoding.UTF8.GetBytes(topic);
        byte[] id = quality > 0 ? [(byte)(packetId >> 8), (byte)packetId] : [];
        byte[] properties = version == 5 ? [0] : [];
        return Of((byte)(0x30 | (quality << 1)), [(byte)(name.Length >> 8), (byte)name.Length, .. name, .. id, .. properties, .. payload]);
    }

    private static List<byte> Length(int length)
    {
        List<byte> bytes = [];
        do
        {
            bytes.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return bytes;
    }
}
