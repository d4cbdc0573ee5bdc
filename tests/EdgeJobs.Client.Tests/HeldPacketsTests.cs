using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Mqtt;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Tests;

/// <summary>Packets that the receiving thread sends while it handles a packet leave together.</summary>
public sealed class HeldPacketsTests : IDisposable
{
    private const byte Publish = 0x32;
    private const byte PubAck = 0x40;
    private const byte Ping = 0xC0;
    private readonly Writes _writes = new();
    private readonly TcpChannel _channel =
        new(new MqttPacketFormatterAdapter(MqttProtocolVersion.V311, new MqttBufferWriter(4096, 65535)));

    public HeldPacketsTests() =>
        ServerOf(_channel) = new ServerStream(new Socket(SocketType.Stream, ProtocolType.Tcp), _writes, 0);

    public void Dispose() => _channel.Dispose();

    [Fact]
    public async Task What_the_receiver_sends_leaves_in_one_write_and_in_order()
    {
        _channel.Hold();
        await SendAsync(Message(10));
        await SendAsync(new MqttPubAckPacket { PacketIdentifier = 1 });
        await SendAsync(new MqttPubAckPacket { PacketIdentifier = 2 });
        Assert.Empty(_writes.Written);
        await _channel.FlushAsync();
        Assert.Equal([Publish, PubAck, PubAck], Packets(Assert.Single(_writes.Written)));

        // Nothing is held after that.
        await SendAsync(Message(10));
        await SendAsync(new MqttPubAckPacket { PacketIdentifier = 3 });
        Assert.Equal([[Publish, PubAck, PubAck], [Publish], [PubAck]], _writes.Written.Select(Packets));
        await _channel.FlushAsync();
        Assert.Equal(3, _writes.Written.Count);
    }

    [Fact]
    public async Task Packet_of_another_thread_takes_the_held_ones_along()
    {
        _channel.Hold();
        await SendAsync(Message(10));
        Thread other = new(() => _channel.SendAsync(new MqttPubAckPacket { PacketIdentifier = 1 }).GetAwaiter().GetResult());
        other.Start();
        other.Join();
        Assert.Equal([Publish, PubAck], Packets(Assert.Single(_writes.Written)));
    }

    [Fact]
    public async Task Ping_and_what_is_sent_after_the_release_is_not_held()
    {
        _channel.Hold();
        await SendAsync(Message(10));
        await SendAsync(MqttPingReqPacket.Instance);
        Assert.Equal([Publish, Ping], Packets(Assert.Single(_writes.Written)));
        await SendAsync(Message(10));
        _channel.Release();
        await SendAsync(new MqttPubAckPacket { PacketIdentifier = 1 });
        Assert.Equal([[Publish, Ping], [Publish, PubAck]], _writes.Written.Select(Packets));
    }

    [Fact]
    public async Task No_more_than_20_KB_is_held()
    {
        _channel.Hold();
        await SendAsync(Message(15_000));
        await SendAsync(Message(15_000));
        Assert.Equal([Publish], Packets(Assert.Single(_writes.Written)));
        await SendAsync(Message(30_000));
        await _channel.FlushAsync();
        Assert.Equal([Publish, Publish, Publish], Packets([.. _writes.Written.SelectMany(w => w)]));
    }

    private static MqttPublishPacket Message(int bytes) => new()
    {
        Topic = "t",
        PacketIdentifier = 7,
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        PayloadSegment = new byte[bytes],
    };

    /// <summary>The first bytes of the packets.</summary>
    private static byte[] Packets(byte[] bytes)
    {
        List<byte> types = [];
        for (int at = 0; at < bytes.Length;)
        {
            types.Add(bytes[at++]);
            int length = 0;
            int shift = 0;
            while (bytes[at] >= 0x80)
            {
                length |= (bytes[at++] & 0x7F) << shift;
                shift += 7;
            }

            at += 1 + (length | (bytes[at] << shift));
        }

        return [.. types];
    }

    /// <summary>Completes at once, so that the thread stays the same.</summary>
    private Task SendAsync(MqttPacket packet)
    {
        Task sending = _channel.SendAsync(packet);
        Assert.True(sending.IsCompletedSuccessfully);
        return sending;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_server")]
    private static extern ref ServerStream? ServerOf(TcpChannel channel);

    private sealed class Writes : MemoryStream
    {
        public List<byte[]> Written { get; } = [];

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.Add(buffer.ToArray());
            return ValueTask.CompletedTask;
        }
    }
}
