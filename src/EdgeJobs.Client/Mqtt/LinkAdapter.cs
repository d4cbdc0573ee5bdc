using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client.Failures;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// Stands between MQTTnet's client and its packet codec for what the client's options can't say: the server is told of a
/// keep-alive that <see cref="KeepAlive"/> keeps instead of MQTTnet; packets are bounded; and messages go straight to who
/// takes them instead of into MQTTnet's queue, which has no bound, and are acknowledged when they are dealt with. Messages to
/// the server and pings, with what answers them, pass MQTTnet's client by too: it takes ten objects and a thread of the pool for each.
/// </summary>
/// <param name="inner">MQTTnet's packet codec, which sends.</param>
/// <param name="channel">The byte stream.</param>
/// <param name="keepAlive">What the server is told.</param>
/// <param name="maxUnacknowledged">How many messages the server may send before the first is acknowledged.</param>
/// <param name="continueInline">Whether who waits for an acknowledgement goes on in the thread that receives it.</param>
/// <param name="received">Takes messages, one after the other.</param>
/// <param name="violated">Told when the connection ends because of what the server has sent.</param>
internal sealed class LinkAdapter(
    MqttChannelAdapter inner,
    TcpChannel channel,
    TimeSpan keepAlive,
    int maxUnacknowledged,
    bool continueInline,
    Action<string, ReadOnlyMemory<byte>, MessageReceipt> received,
    Action<InvalidPacketException> violated) : IMqttChannelAdapter
{
    /// <summary>AWS IoT has answered MQTT 3.1.1 with it for "not authorized"; the standard ends at 5.</summary>
    private const MqttConnectReturnCode AwsNotAuthorized = (MqttConnectReturnCode)7;

    private static readonly string[] PacketNames =
    [
        "a packet of type 0", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK",
        "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
    ];

    /// <summary>How long is waited for a server to take the word why it is left.</summary>
    private static readonly TimeSpan DisconnectTimeout = TimeSpan.FromSeconds(1);

    private readonly PacketReader _reader = new(channel, MqttConnection.MaxPacketBytes);
    private readonly HashSet<int> _awaited = [];
    private readonly Lock _gate = new();
    private bool _isAccepted;

    /// <summary>The messages that are not yet acknowledged.</summary>
    public InboundReceipts Receipts { get; } = new(maxUnacknowledged, Acknowledge(inner));

    /// <summary>The messages that the server has not acknowledged.</summary>
    public OutboundMessages Messages { get; } = new(packet => inner.SendPacketAsync(packet, CancellationToken.None), continueInline);

    /// <summary>Told of each answer to a ping; null for nobody.</summary>
    public Action? PongReceived { get; set; }

    /// <summary>The period that the server asks for in its CONNACK, in seconds; 0 for none.</summary>
    public int ServerKeepAlive { get; private set; }

    /// <summary>The server's word why it closes the connection, which MQTT 5 has. It stands here before anything fails because of it.</summary>
    public MqttDisconnectPacket? ServerDisconnect { get; private set; }

    public long BytesReceived => _reader.BytesReceived;

    public long BytesSent => inner.BytesSent;

    public X509Certificate2 ClientCertificate => inner.ClientCertificate;

    public EndPoint RemoteEndPoint => inner.RemoteEndPoint;

    public EndPoint LocalEndPoint => inner.LocalEndPoint;

    public bool IsSecureConnection => inner.IsSecureConnection;

    public MqttPacketFormatterAdapter PacketFormatterAdapter => inner.PacketFormatterAdapter;

    public Task ConnectAsync(CancellationToken cancellationToken) => inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => inner.DisconnectAsync(cancellationToken);

    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        switch (packet)
        {
            case MqttConnectPacket connect:
                connect.KeepAlivePeriod = (ushort)Math.Clamp(keepAlive.TotalSeconds, 0, ushort.MaxValue);
                break;
            case MqttSubscribePacket subscribe:
                lock (_gate)
                {
                    _awaited.Add(subscribe.PacketIdentifier);
                }

                break;
        }

        return inner.SendPacketAsync(packet, cancellationToken);
    }

    /// <summary>Pings the server.</summary>
    public Task PingAsync() => inner.SendPacketAsync(MqttPingReqPacket.Instance, CancellationToken.None);

    /// <summary>Receives what MQTTnet's client has to know of: the answers to CONNECT and SUBSCRIBE, and DISCONNECT. Null when the server has closed the connection.</summary>
    public Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken) => ReceiveAsync(cancellationToken).AsTask();

    public void ResetStatistics() => inner.ResetStatistics();

    public void Dispose()
    {
        Receipts.Close();
        inner.Dispose();
    }

    private static Func<ushort, Task> Acknowledge(MqttChannelAdapter inner)
    {
        // One is sent after the other: the next one has the packet when it is written.
        MqttPubAckPacket packet = new();
        return packetId =>
        {
            packet.PacketIdentifier = packetId;
            return inner.SendPacketAsync(packet, CancellationToken.None);
        };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<MqttPacket> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                ReceivedMqttPacket bytes = await _reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (bytes.TotalLength == 0 || cancellationToken.IsCancellationRequested)
                {
                    return null!;
                }

                MqttPacket packet = Decode(bytes);
                switch (packet)
                {
                    case MqttPublishPacket message when _isAccepted:
                        await DeliverAsync(message).ConfigureAwait(false);
                        break;
                    case MqttPubAckPacket acknowledgement when _isAccepted && Messages.TryAccept(acknowledgement):
                        break;
                    case MqttPingRespPacket when _isAccepted:
                        PongReceived?.Invoke();
                        break;
                    default:
                        Check(packet, bytes.FixedHeader);
                        return packet;
                }
            }
        }
        catch (InvalidPacketException e)
        {
            violated(e);
            await SendDisconnectAsync(e.Code).ConfigureAwait(false);
            throw;
        }
    }

    private MqttPacket Decode(ReceivedMqttPacket bytes)
    {
        // What only clients send; the release binary could not even decode it.
        if ((MqttControlPacketType)(bytes.FixedHeader >> 4) is MqttControlPacketType.Connect or MqttControlPacketType.Subscribe or MqttControlPacketType.Unsubscribe)
        {
            throw Unexpected(bytes.FixedHeader);
        }

        try
        {
            return inner.PacketFormatterAdapter.Decode(bytes) ?? throw InvalidPacketException.Malformed($"a packet of no known type (0x{bytes.FixedHeader:X2})");
        }
        catch (Exception e) when (e is not OutOfMemoryException and not InvalidPacketException)
        {
            throw InvalidPacketException.Malformed($"a malformed packet (0x{bytes.FixedHeader:X2}, {bytes.TotalLength} bytes): {FailureText.OneLine(e.Message)}");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DeliverAsync(MqttPublishPacket message)
    {
        if (string.IsNullOrEmpty(message.Topic))
        {
            throw InvalidPacketException.Unexpected("a message without a topic");
        }

        // It was told that it may send nothing above QoS 1.
        switch (message.QualityOfServiceLevel)
        {
            case MqttQualityOfServiceLevel.AtMostOnce:
                received(message.Topic, PayloadOf(message), default);
                break;
            case MqttQualityOfServiceLevel.AtLeastOnce when message.PacketIdentifier != 0:
                MessageReceipt receipt = await Receipts.AddAsync(message.PacketIdentifier).ConfigureAwait(false)
                    ?? throw InvalidPacketException.TooMany(maxUnacknowledged);
                received(message.Topic, PayloadOf(message), receipt);
                await Receipts.SendAsync().ConfigureAwait(false);
                break;
            case MqttQualityOfServiceLevel.AtLeastOnce:
                throw InvalidPacketException.Malformed("a message of QoS 1 with the packet id 0");
            default:
                throw InvalidPacketException.Unexpected($"a message of QoS {(int)message.QualityOfServiceLevel}, where 1 is the highest that was asked for");
        }
    }

    /// <summary>The payload, which MQTTnet has copied out of the packet: it may be kept.</summary>
    private static ReadOnlyMemory<byte> PayloadOf(MqttPublishPacket message) =>
        message.Payload.IsSingleSegment ? message.Payload.First : System.Buffers.BuffersExtensions.ToArray(message.Payload);

    /// <summary>Looks whether a server may send a packet now.</summary>
    private void Check(MqttPacket packet, byte fixedHeader)
    {
        switch (packet)
        {
            case MqttConnAckPacket acknowledgement when !_isAccepted:
                _isAccepted = true;

                // MQTTnet would begin pings of its own beside ours.
                ServerKeepAlive = acknowledgement.ServerKeepAlive;
                acknowledgement.ServerKeepAlive = 0;
                if (acknowledgement.ReturnCode == AwsNotAuthorized)
                {
                    acknowledgement.ReturnCode = MqttConnectReturnCode.ConnectionRefusedNotAuthorized;
                }

                break;
            case MqttDisconnectPacket goodbye when _isAccepted:
                ServerDisconnect = goodbye;
                break;
            case MqttPacketWithIdentifier { PacketIdentifier: var id } and (MqttPubAckPacket or MqttSubAckPacket or MqttUnsubAckPacket) when _isAccepted:
                if (packet is not MqttSubAckPacket || !IsAwaited(id))
                {
                    throw InvalidPacketException.Unexpected($"{PacketNames[fixedHeader >> 4]} for a packet that was not sent (id {id})");
                }

                break;
            default:
                throw Unexpected(fixedHeader);
        }
    }

    private InvalidPacketException Unexpected(byte fixedHeader)
    {
        string name = PacketNames[fixedHeader >> 4];
        return InvalidPacketException.Unexpected(_isAccepted ? $"{name}, for which there is no occasion" : $"{name} before it has answered CONNECT");
    }

    private bool IsAwaited(ushort packetId)
    {
        lock (_gate)
        {
            return _awaited.Remove(packetId);
        }
    }

    /// <summary>MQTT 5 has words for why a connection is closed.</summary>
    private async Task SendDisconnectAsync(MqttDisconnectReasonCode code)
    {
        if (!_isAccepted || inner.PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500)
        {
            return;
        }

        try
        {
            using CancellationTokenSource soon = new(DisconnectTimeout);
            await inner.SendPacketAsync(new MqttDisconnectPacket { ReasonCode = code }, soon.Token).WaitAsync(soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It does not listen.
        }
    }
}
