using System.Runtime.CompilerServices;
using MQTTnet.Adapter;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// Splits the byte stream into packets. Unlike MQTTnet's reader it checks a packet's length before it allocates memory, and reads a small
/// packet with one call instead of three.
/// </summary>
/// <param name="channel">The byte stream.</param>
/// <param name="maxPacketBytes">The maximum size of a packet in bytes.</param>
internal sealed class PacketReader(TcpChannel channel, int maxPacketBytes)
{
    /// <summary>Enough for a typical packet.</summary>
    private const int BufferBytes = 2048;

    /// <summary>The maximum number of bytes of the length field.</summary>
    private const int MaxLengthBytes = 4;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>Receives a packet.</summary>
    /// <returns>The packet, whose body is valid until the next call; length 0 after the server closed the connection.</returns>
    /// <exception cref="InvalidPacketException">The bytes are not a packet, or the packet is too large.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReceivedMqttPacket> ReadAsync(CancellationToken cancellationToken)
    {
        int header, remaining;
        while (!TryReadHeader(out header, out remaining))
        {
            if (!await FillAsync(cancellationToken).ConfigureAwait(false))
            {
                return default;
            }
        }

        byte first = _buffer[_start];
        _start += header;
        if (remaining == 0)
        {
            return new ReceivedMqttPacket(first, default, header);
        }

        if (remaining <= BufferBytes)
        {
            while (_end - _start < remaining)
            {
                if (!await FillAsync(cancellationToken).ConfigureAwait(false))
                {
                    return default;
                }
            }

            ArraySegment<byte> body = new(_buffer, _start, remaining);
            _start += remaining;
            return new ReceivedMqttPacket(first, body, header + remaining);
        }

        // Not reused: such large packets are rare.
        byte[] own = GC.AllocateUninitializedArray<byte>(remaining);
        int have = Math.Min(remaining, _end - _start);
        _buffer.AsSpan(_start, have).CopyTo(own);
        _start += have;
        while (have < remaining)
        {
            int read = await channel.ReadAsync(own.AsMemory(have), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return default;
            }

            have += read;
        }

        return new ReceivedMqttPacket(first, own, header + remaining);
    }

    /// <summary>Reads the first byte and the remaining length from the buffer, if complete.</summary>
    private bool TryReadHeader(out int header, out int remaining)
    {
        ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, _end - _start);
        remaining = 0;
        for (header = 1; header < bytes.Length; header++)
        {
            byte part = bytes[header];
            remaining |= (part & 0x7F) << (7 * (header - 1));
            if (part < 0x80)
            {
                header++;
                return header + remaining <= maxPacketBytes
                    ? true
                    : throw InvalidPacketException.TooLarge(header + remaining, maxPacketBytes);
            }

            if (header == MaxLengthBytes)
            {
                throw InvalidPacketException.Malformed("a packet whose length does not end");
            }
        }

        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        int read = await channel.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += read;
        return read > 0;
    }
}
