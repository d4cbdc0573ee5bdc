using System.Net.Sockets;
using System.Runtime.CompilerServices;
using EdgeJobs.Client;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>
/// A connection of the client from the bytes to the message handler. An in-memory stream replaces TLS: it returns the bytes of
/// the server at once and discards the bytes of the client.
/// </summary>
internal sealed class MemoryLink : IMqttHandler, IDisposable
{
    private static readonly MqttConnectionOptions Options = new() { Host = "memory", ClientId = Payloads.Thing, ContinueInline = true };

    private readonly PacketStream _stream = new();
    private readonly Action<string, ReadOnlyMemory<byte>, MessageProperties, MessageReceipt> _received;
    private readonly MqttConnection _connection;

    /// <summary>Creates an open connection.</summary>
    /// <param name="received">Takes the messages.</param>
    /// <param name="time">The clock of the pings.</param>
    public MemoryLink(Action<string, ReadOnlyMemory<byte>, MessageProperties, MessageReceipt> received, TimeProvider time)
    {
        _received = received;
        _connection = new MqttConnection(Options, this, time, NullLogger.Instance);
        Link = new Link(Options, time);
        StreamOf(Link.Channel) = new ServerStream(new Socket(SocketType.Stream, ProtocolType.Tcp), _stream, 0);
        LinkOf(_connection) = Link;
        Link.Open(TimeSpan.FromSeconds(60), time);
    }

    public Link Link { get; }

    /// <summary>The number of bytes sent.</summary>
    public long Sent => _stream.Sent;

    /// <summary>
    /// What the server sends from now on, one packet in each read, and from the beginning again after the last. One without bytes is the
    /// end of the connection.
    /// </summary>
    public void Serve(params byte[][] packets) => _stream.Begin(packets);

    /// <summary>Handles what the server sends, up to a read without bytes, which does not end the connection here.</summary>
    public void Receive() => _connection.HandleAllAsync(Link).GetAwaiter().GetResult();

    public void Dispose()
    {
        Link.Dispose();
        _connection.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt) =>
        _received(topic, payload, properties, receipt);

    void IMqttHandler.OnDisconnected(string reason) => throw new InvalidOperationException(reason);

    /// <summary>The channel can only dial; the benchmark replaces its stream, so that all of its code runs.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_server")]
    private static extern ref ServerStream? StreamOf(TcpChannel channel);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_link")]
    private static extern ref Link? LinkOf(MqttConnection connection);

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
