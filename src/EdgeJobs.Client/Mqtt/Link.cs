using EdgeJobs.Client.Failures;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>What belongs to one network connection of a session: it is made for each connect, and dropped with the connection.</summary>
internal sealed class Link : IDisposable
{
    // MQTTnet's defaults.
    private const int EncodingBytes = 4096;
    private const int MaxEncodingBytes = 65535;

    private readonly MqttPacketFormatterAdapter _codec;
    private readonly MqttPubAckPacket _acknowledgement = new();
    private volatile bool _isOpen;

    /// <summary>Creates a connection that is not dialed yet.</summary>
    /// <param name="options">How to connect.</param>
    /// <param name="time">The clock of the limits.</param>
    public Link(MqttConnectionOptions options, TimeProvider time)
    {
        Options = options;
        bool isVersion5 = options.Version == MqttVersion.V5;
        MaxUnacknowledged = isVersion5 ? MqttConnection.ReceiveMaximum : MqttConnection.MaxUnacknowledged;
        _codec = new MqttPacketFormatterAdapter(
            isVersion5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311, new MqttBufferWriter(EncodingBytes, MaxEncodingBytes));
        Channel = new TcpChannel(_codec);
        Reader = new PacketReader(Channel, MqttConnection.MaxPacketBytes);
        Outbound = new OutboundPackets(Channel.SendAsync, options.ContinueInline);
        Inbound = new InboundReceipts(MaxUnacknowledged, AcknowledgeAsync);
        Limits = new OutboundLimits(time);
        Delays = new DelayPool(time);
    }

    /// <summary>How it connects; after dialing with the server's port.</summary>
    public MqttConnectionOptions Options { get; set; }

    public TcpChannel Channel { get; }

    public PacketReader Reader { get; }

    /// <summary>Sent packets that the server has not acknowledged.</summary>
    public OutboundPackets Outbound { get; }

    /// <summary>Received messages that are not yet acknowledged.</summary>
    public InboundReceipts Inbound { get; }

    /// <summary>The maximum number of received messages that are not yet acknowledged.</summary>
    public int MaxUnacknowledged { get; }

    public OutboundLimits Limits { get; }

    public DelayPool Delays { get; }

    /// <summary>Pings the server; null before CONNACK, and if the period is zero.</summary>
    public KeepAlive? KeepAlive { get; private set; }

    /// <summary>True from CONNACK until the loss, or until this side closes the connection.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Why the connection was lost, in one line; null before.</summary>
    public string? Reason { get; set; }

    /// <summary>Whether the server has ended the connection.</summary>
    public bool IsClosedByServer { get; private set; }

    /// <summary>The server's DISCONNECT (MQTT 5).</summary>
    public MqttDisconnectPacket? ServerDisconnect { get; set; }

    /// <summary>The server has accepted CONNECT.</summary>
    /// <param name="keepAlive">The period of the pings; zero for none.</param>
    /// <param name="time">Their clock.</param>
    public void Open(TimeSpan keepAlive, TimeProvider time)
    {
        if (keepAlive > TimeSpan.Zero)
        {
            KeepAlive = new KeepAlive(keepAlive, time, PingAsync, Drop);
            KeepAlive.Start();
        }

        _isOpen = true;
    }

    /// <summary>Decodes a packet. MQTTnet's decoder lets some exceptions of .NET out if a packet is malformed.</summary>
    /// <exception cref="InvalidPacketException">It is malformed, or only clients send it.</exception>
    public MqttPacket Decode(ReceivedMqttPacket bytes)
    {
        if ((MqttControlPacketType)(bytes.FixedHeader >> 4) is MqttControlPacketType.Connect or MqttControlPacketType.Subscribe
            or MqttControlPacketType.Unsubscribe)
        {
            throw InvalidPacketException.OutOfTurn(bytes.FixedHeader, IsOpen);
        }

        try
        {
            return _codec.Decode(bytes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw InvalidPacketException.Malformed($"a malformed packet (0x{bytes.FixedHeader:X2}, {bytes.TotalLength} bytes): "
                + $"{FailureText.OneLine(e.Message)}");
        }
    }

    /// <summary>Closes an unusable connection; its receiver then reports the loss.</summary>
    public void Drop(string reason)
    {
        Reason ??= reason;
        Channel.Dispose();
    }

    /// <summary>The connection is lost: notes the reason, then fails all that waits for the server.</summary>
    /// <param name="cause">The exception that ended it; null for an end of the stream and for the server's DISCONNECT.</param>
    /// <returns>The reason.</returns>
    public string Lose(Exception? cause)
    {
        KeepAlive?.Dispose();
        IsClosedByServer = Reason is null && ReasonCodes.IsClosedByServer(cause);
        string reason = Reason ??= ReasonCodes.OfDisconnect(
            ServerDisconnect?.ReasonCode ?? MqttDisconnectReasonCode.NormalDisconnection, ServerDisconnect?.ReasonString, cause, Options);

        // After the reason: a caller that finds the connection closed then finds the reason, too.
        _isOpen = false;
        Outbound.Close(cause);
        return reason;
    }

    public void Dispose()
    {
        _isOpen = false;
        KeepAlive?.Dispose();
        Channel.Dispose();
        Inbound.Close();
        Outbound.Close();
    }

    private Task PingAsync()
    {
        // An unacknowledged message delays others by at most one period.
        _ = Inbound.SendAsync(overtake: true);
        return Channel.SendAsync(MqttPingReqPacket.Instance);
    }

    private Task AcknowledgeAsync(ushort packetId)
    {
        // Acknowledgements are sent one at a time, so they can share a packet.
        _acknowledgement.PacketIdentifier = packetId;
        return Channel.SendAsync(_acknowledgement);
    }
}
