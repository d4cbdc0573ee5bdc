using System.Text;
using EdgeJobs.Protocol;
using MQTTnet.Packets;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The limits for publishing on a connection: those of AWS IoT, or lower ones from CONNACK. If they are exceeded, AWS IoT silently drops
/// messages or closes the connection.
/// </summary>
/// <param name="time">The clock of the rate.</param>
internal sealed class OutboundLimits(TimeProvider time)
{
    /// <summary>The maximum number of unacknowledged messages.</summary>
    public const int MaxUnacknowledged = 100;

    /// <summary>The maximum number of messages in any second.</summary>
    public const int MaxPerSecond = 100;

    /// <summary>The maximum overhead of a PUBLISH: header, lengths, packet id, expiry.</summary>
    private const int MaxOverheadBytes = 16;

    /// <summary>The maximum overhead of a property: identifier and lengths.</summary>
    private const int PropertyOverheadBytes = 5;

    private const string ReservedPrefix = "$aws/";
    private readonly long[] _slots = new long[MaxPerSecond];
    private readonly Lock _gate = new();
    private long _sent;
    private long _maxPacketBytes = long.MaxValue;
    private bool _canRetain = true;
    private bool _hasProperties = true;
    private int _unacknowledged;

    /// <summary>The maximum number of unacknowledged messages on this connection.</summary>
    public int Unacknowledged { get; private set; } = MaxUnacknowledged;

    /// <summary>Applies the limits in CONNACK; MQTT 3.1.1 has none.</summary>
    public void Apply(MqttConnAckPacket answer, MqttVersion version)
    {
        _hasProperties = version == MqttVersion.V5;
        if (_hasProperties)
        {
            Unacknowledged = answer.ReceiveMaximum is > 0 and < MaxUnacknowledged ? answer.ReceiveMaximum : MaxUnacknowledged;
            _maxPacketBytes = answer.MaximumPacketSize > 0 ? answer.MaximumPacketSize : long.MaxValue;
            _canRetain = answer.RetainAvailable;
        }
    }

    /// <summary>Reserves one unacknowledged message; <see cref="Release"/> ends it.</summary>
    /// <returns>Null, or why the message can't be sent.</returns>
    public PublishResult? Acquire(string topic, int payloadBytes, PublishOptions options)
    {
        if (payloadBytes > MqttConnection.MaxPayloadBytes)
        {
            return new PublishResult(PublishStatus.TooLarge, $"the message to {topic} has {payloadBytes} bytes; AWS IoT takes "
                + $"{MqttConnection.MaxPayloadBytes} at most");
        }

        if (!_hasProperties && options.Properties is { NeedsVersion5: true })
        {
            return new PublishResult(PublishStatus.Invalid, $"the message to {topic} needs MQTT 5 for its correlation data, response topic "
                + "or user properties, but the connection uses MQTT 3.1.1");
        }

        if (options.Retain && topic.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            return new PublishResult(PublishStatus.Invalid, $"the message to {topic} was not sent: AWS IoT does not retain messages on its "
                + $"own topics and closes the connection");
        }

        if (options.Retain && !_canRetain)
        {
            return new PublishResult(PublishStatus.Invalid, $"the message to {topic} was not sent: the server retains no messages");
        }

        long bytes = Encoding.UTF8.GetByteCount(topic) + (long)payloadBytes + MaxOverheadBytes + BytesOf(options.Properties);
        if (bytes > _maxPacketBytes)
        {
            return new PublishResult(PublishStatus.TooLarge, $"the message to {topic} would make a packet of up to {bytes} bytes; the "
                + $"server takes {_maxPacketBytes} at most");
        }

        if (Interlocked.Increment(ref _unacknowledged) > Unacknowledged)
        {
            Release();
            return new PublishResult(PublishStatus.NotConnected, $"{Unacknowledged} messages wait for the server's acknowledgement; the "
                + $"message to {topic} was not sent");
        }

        return null;
    }

    /// <summary>A reserved message was acknowledged, or never will be.</summary>
    public void Release() => Interlocked.Decrement(ref _unacknowledged);

    /// <summary>Reserves a message within the rate.</summary>
    /// <returns>The delay before sending it; almost always zero.</returns>
    public TimeSpan ReserveSendTime()
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            // Two messages that are a hundred apart must not be sent within one second.
            ref long slot = ref _slots[_sent % MaxPerSecond];
            long earliest = _sent < MaxPerSecond ? now : slot + time.TimestampFrequency;
            _sent++;
            slot = Math.Max(now, earliest);
            return slot == now ? TimeSpan.Zero : time.GetElapsedTime(now, slot);
        }
    }

    private static long BytesOf(MessageProperties? properties)
    {
        if (properties is null)
        {
            return 0;
        }

        long bytes = Encoding.UTF8.GetByteCount(properties.ContentType) + Encoding.UTF8.GetByteCount(properties.ResponseTopic)
            + properties.CorrelationData.Length + (3 * PropertyOverheadBytes);
        for (int i = 0; i < properties.UserProperties.Count; i++)
        {
            (string name, string value) = properties.UserProperties[i];
            bytes += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(value) + PropertyOverheadBytes;
        }

        return bytes;
    }
}
