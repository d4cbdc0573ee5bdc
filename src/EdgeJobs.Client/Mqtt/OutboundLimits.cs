using System.Text;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// What may be published on a connection: what AWS IoT takes, and less where the server has said so. AWS IoT drops what is too
/// much or too fast without a word, or closes the connection.
/// </summary>
/// <param name="time">The clock of the rate.</param>
internal sealed class OutboundLimits(TimeProvider time)
{
    /// <summary>How many messages may wait for their acknowledgement.</summary>
    public const int MaxUnacknowledged = 100;

    /// <summary>How many messages may be sent in any second.</summary>
    public const int MaxPerSecond = 100;

    /// <summary>What a PUBLISH has beside topic and payload at most: header, lengths, packet id, the expiry.</summary>
    private const int MaxOverheadBytes = 16;

    private const string ReservedPrefix = "$aws/";
    private readonly long[] _slots = new long[MaxPerSecond];
    private readonly Lock _gate = new();
    private long _sent;
    private long _maxPacketBytes = long.MaxValue;
    private bool _canRetain = true;
    private int _unacknowledged;

    /// <summary>How many messages the server takes before it has acknowledged the first.</summary>
    public int Unacknowledged { get; private set; } = MaxUnacknowledged;

    /// <summary>Takes what CONNACK says.</summary>
    /// <param name="receiveMaximum">How many unacknowledged messages the server takes; null for any number.</param>
    /// <param name="maxPacketBytes">The largest packet that the server takes; null for any size.</param>
    /// <param name="canRetain">Whether the server retains messages.</param>
    public void Apply(int? receiveMaximum, uint? maxPacketBytes, bool canRetain)
    {
        Unacknowledged = receiveMaximum is > 0 and < MaxUnacknowledged ? receiveMaximum.Value : MaxUnacknowledged;
        _maxPacketBytes = maxPacketBytes is > 0 ? maxPacketBytes.Value : long.MaxValue;
        _canRetain = canRetain;
    }

    /// <summary>Asks to publish. When it is granted, <see cref="Release"/> tells its end.</summary>
    /// <returns>Null, or why the message can't be sent.</returns>
    public PublishResult? Acquire(string topic, int payloadBytes, PublishOptions options)
    {
        if (options.Retain && topic.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            return new PublishResult(PublishStatus.Invalid, $"the message to {topic} was not sent: AWS IoT retains nothing on its own topics, and closes the connection at the attempt");
        }

        if (options.Retain && !_canRetain)
        {
            return new PublishResult(PublishStatus.Invalid, $"the message to {topic} was not sent: the server retains no messages");
        }

        long bytes = Encoding.UTF8.GetByteCount(topic) + (long)payloadBytes + MaxOverheadBytes;
        if (bytes > _maxPacketBytes)
        {
            return new PublishResult(PublishStatus.TooLarge, $"the message to {topic} would make a packet of up to {bytes} bytes; the server takes {_maxPacketBytes} at most");
        }

        if (Interlocked.Increment(ref _unacknowledged) > Unacknowledged)
        {
            Release();
            return new PublishResult(PublishStatus.NotConnected, $"{Unacknowledged} messages wait for the server's acknowledgement; the message to {topic} was not sent");
        }

        return null;
    }

    /// <summary>A message that was granted has been acknowledged, or never will be.</summary>
    public void Release() => Interlocked.Decrement(ref _unacknowledged);

    /// <summary>Takes the next place in the second's hundred.</summary>
    /// <returns>How long to wait before sending; nearly always zero.</returns>
    public TimeSpan ReserveSendTime()
    {
        long now = time.GetTimestamp();
        lock (_gate)
        {
            // No two that are a hundred apart may be in one second.
            ref long slot = ref _slots[_sent % MaxPerSecond];
            long earliest = _sent < MaxPerSecond ? now : slot + time.TimestampFrequency;
            _sent++;
            slot = Math.Max(now, earliest);
            return slot == now ? TimeSpan.Zero : time.GetElapsedTime(now, slot);
        }
    }
}
