using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeJobs.Client;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Packets;

namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>
/// A connection of the client from the bytes to the message handler. An in-memory stream replaces TLS: it returns the bytes of
/// the server at once and discards the bytes of the client.
/// </summary>
internal sealed class MemoryLink : IDisposable
{
    private readonly PacketStream _stream = new();

    /// <summary>Creates an open connection.</summary>
    /// <param name="received">Takes the messages.</param>
    public MemoryLink(Action<string, ReadOnlyMemory<byte>, MessageProperties, MessageReceipt> received)
    {
        StreamOf(Channel) = new ServerStream(new Socket(SocketType.Stream, ProtocolType.Tcp), _stream, 0);
        MqttChannelAdapter inner = new(Channel, Payloads.Codec(), MqttNetNullLogger.Instance) { AllowPacketFragmentation = true };
        Adapter = new LinkAdapter(
            inner,
            Channel,
            TimeSpan.FromSeconds(60),
            MqttConnection.ReceiveMaximum,
            continueInline: true,
            received,
            violation => throw violation);
        Serve([0x20, 3, 0, 0, 0]);
        if (Receive() is not MqttConnAckPacket)
        {
            throw new InvalidOperationException("not connected");
        }
    }

    public TcpChannel Channel { get; } = new();

    public LinkAdapter Adapter { get; }

    /// <summary>The number of bytes sent.</summary>
    public long Sent => _stream.Sent;

    /// <summary>
    /// What the server sends from now on, one packet in each read, and from the beginning again after the last. One without bytes is the
    /// end of the connection.
    /// </summary>
    public void Serve(params byte[][] packets) => _stream.Begin(packets);

    /// <summary>Receives up to a packet that the MQTTnet client must see; null when the server has closed the connection.</summary>
    public MqttPacket? Receive() => Adapter.ReceivePacketAsync(CancellationToken.None).GetAwaiter().GetResult();

    public void Dispose() => Adapter.Dispose();

    /// <summary>The channel can only dial; the benchmark replaces its stream, so that all of its code runs.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_server")]
    private static extern ref ServerStream? StreamOf(TcpChannel channel);

    /// <summary>Only what the channel calls.</summary>
    private sealed class PacketStream : MemoryStream
    {
        private byte[][] _packets = [];
        private int _packet;
        private int _position;

        public long Sent { get; private set; }

        public void Begin(byte[][] packets)
        {
            _packets = packets;
            _packet = 0;
            _position = 0;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] packet = _packets[_packet];
            int count = Math.Min(buffer.Length, packet.Length - _position);
            packet.AsSpan(_position, count).CopyTo(buffer.Span);
            _position += count;
            if (_position == packet.Length)
            {
                _position = 0;
                _packet = (_packet + 1) % _packets.Length;
            }

            return ValueTask.FromResult(count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Sent += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
