using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.Client.Failures;
using EdgeJobs.Protocol;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// An adapter between MQTTnet's client and its packet codec, for what the client's options do not cover. CONNECT states the keep-alive
/// period that <see cref="KeepAlive"/> maintains instead of MQTTnet. Packet sizes are limited. Received messages go directly to the handler
/// instead of MQTTnet's unbounded queue, and are acknowledged after they are handled. Published messages and pings bypass MQTTnet's client,
/// which would allocate ten objects and use a pool thread for each.
/// </summary>
/// <param name="inner">MQTTnet's packet codec, which sends.</param>
/// <param name="channel">The byte stream.</param>
/// <param name="keepAlive">The keep-alive period in CONNECT.</param>
/// <param name="maxUnacknowledged">The maximum number of unacknowledged messages from the server.</param>
/// <param name="continueInline">Whether continuations that wait for an acknowledgement run on the receiving thread.</param>
/// <param name="received">Handles messages; calls do not overlap.</param>
/// <param name="violated">Called if the connection ends because the server violates MQTT.</param>
internal sealed class LinkAdapter(
    MqttChannelAdapter inner,
    TcpChannel channel,
    TimeSpan keepAlive,
    int maxUnacknowledged,
    bool continueInline,
    Action<string, ReadOnlyMemory<byte>, MessageProperties, MessageReceipt> received,
    Action<InvalidPacketException> violated) : IMqttChannelAdapter
{
    /// <summary>AWS IoT's return code for "not authorized" in MQTT 3.1.1; the standard ends at 5.</summary>
    private const MqttConnectReturnCode AwsNotAuthorized = (MqttConnectReturnCode)7;

    private static readonly string[] PacketNames =
    [
        "a packet of type 0", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBSCRIBE", "SUBACK",
        "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH",
    ];

    /// <summary>The time-out for sending DISCONNECT.</summary>
    private static readonly TimeSpan DisconnectTimeout = TimeSpan.FromSeconds(1);

    private readonly PacketReader _reader = new(channel, MqttConnection.MaxPacketBytes);
    private readonly HashSet<int> _awaited = [];
    private readonly Lock _gate = new();
    private bool _isAccepted;

    /// <summary>Received messages that are not yet acknowledged.</summary>
    public InboundReceipts Receipts { get; } = new(maxUnacknowledged, Acknowledge(inner));

    /// <summary>Published messages that the server has not acknowledged.</summary>
    public OutboundMessages Messages { get; } = new(packet => inner.SendPacketAsync(packet, CancellationToken.None), continueInline);

    /// <summary>Called after each PINGRESP.</summary>
    public Action? PongReceived { get; set; }

    /// <summary>The Server Keep Alive of CONNACK in seconds; 0 for none.</summary>
    public int ServerKeepAlive { get; private set; }

    /// <summary>The server's DISCONNECT (MQTT 5). It is set before any operation fails because of it.</summary>
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
            case MqttSubscribePacket or MqttUnsubscribePacket:
                lock (_gate)
                {
                    _awaited.Add(((MqttPacketWithIdentifier)packet).PacketIdentifier);
                }

                break;
        }

        return inner.SendPacketAsync(packet, cancellationToken);
    }

    public Task PingAsync() => inner.SendPacketAsync(MqttPingReqPacket.Instance, CancellationToken.None);

    /// <summary>
    /// Receives the packets that MQTTnet's client handles: CONNACK, SUBACK, UNSUBACK and DISCONNECT. Null after the server closed the connection.
    /// </summary>
    public Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken) => ReceiveAsync(cancellationToken).AsTask();

    public void ResetStatistics() => inner.ResetStatistics();

    public void Dispose()
    {
        Receipts.Close();
        inner.Dispose();
    }

    private static Func<ushort, Task> Acknowledge(MqttChannelAdapter inner)
    {
        // Acknowledgements are sent one at a time, so they can share a packet.
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
        // Only clients send these packets; the trimmed binary can't decode them.
        if ((MqttControlPacketType)(bytes.FixedHeader >> 4) is MqttControlPacketType.Connect or MqttControlPacketType.Subscribe
            or MqttControlPacketType.Unsubscribe)
        {
            throw Unexpected(bytes.FixedHeader);
        }

        try
        {
            return inner.PacketFormatterAdapter.Decode(bytes) ?? throw InvalidPacketException.Malformed($"a packet of unknown type "
                + $"(0x{bytes.FixedHeader:X2})");
        }
        catch (Exception e) when (e is not OutOfMemoryException and not InvalidPacketException)
        {
            throw InvalidPacketException.Malformed($"a malformed packet (0x{bytes.FixedHeader:X2}, {bytes.TotalLength} bytes): "
                + $"{FailureText.OneLine(e.Message)}");
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DeliverAsync(MqttPublishPacket message)
    {
        if (string.IsNullOrEmpty(message.Topic))
        {
            throw InvalidPacketException.Unexpected("a message without a topic");
        }

        // The subscriptions limit the QoS to 1.
        switch (message.QualityOfServiceLevel)
        {
            case MqttQualityOfServiceLevel.AtMostOnce:
                received(message.Topic, PayloadOf(message), PublishPacket.PropertiesOf(message), default);
                break;
            case MqttQualityOfServiceLevel.AtLeastOnce when message.PacketIdentifier != 0:
                MessageReceipt receipt = await Receipts.AddAsync(message.PacketIdentifier).ConfigureAwait(false)
                    ?? throw InvalidPacketException.TooMany(maxUnacknowledged);
                received(message.Topic, PayloadOf(message), PublishPacket.PropertiesOf(message), receipt);
                await Receipts.SendAsync().ConfigureAwait(false);
                break;
            case MqttQualityOfServiceLevel.AtLeastOnce:
                throw InvalidPacketException.Malformed("a message of QoS 1 with the packet id 0");
            default:
                throw InvalidPacketException.Unexpected(
                    $"a message of QoS {(int)message.QualityOfServiceLevel}; the subscription allows 1");
        }
    }

    /// <summary>The payload. MQTTnet has copied it, so it can be kept.</summary>
    private static ReadOnlyMemory<byte> PayloadOf(MqttPublishPacket message) =>
        message.Payload.IsSingleSegment ? message.Payload.First : System.Buffers.BuffersExtensions.ToArray(message.Payload);

    /// <summary>Checks whether the server may send a packet in this state.</summary>
    private void Check(MqttPacket packet, byte fixedHeader)
    {
        switch (packet)
        {
            case MqttConnAckPacket acknowledgement when !_isAccepted:
                _isAccepted = true;

                // Otherwise MQTTnet starts its own pings.
                ServerKeepAlive = acknowledgement.ServerKeepAlive;
                acknowledgement.ServerKeepAlive = 0;
                if (acknowledgement.ReturnCode == AwsNotAuthorized)
                {
                    acknowledgement.ReturnCode = MqttConnectReturnCode.ConnectionRefusedNotAuthorized;
                }

                break;
            case MqttDisconnectPacket disconnect when _isAccepted:
                ServerDisconnect = disconnect;
                break;
            case MqttPacketWithIdentifier { PacketIdentifier: var id } and (MqttPubAckPacket or MqttSubAckPacket or MqttUnsubAckPacket)
                when _isAccepted:
                if (packet is MqttPubAckPacket || !IsAwaited(id))
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
        return InvalidPacketException.Unexpected(_isAccepted ? $"{name}, which is not expected now" : $"{name} before CONNACK");
    }

    private bool IsAwaited(ushort packetId)
    {
        lock (_gate)
        {
            return _awaited.Remove(packetId);
        }
    }

    /// <summary>Sends the reason for closing the connection (MQTT 5).</summary>
    private async Task SendDisconnectAsync(MqttDisconnectReasonCode code)
    {
        if (!_isAccepted || inner.PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500)
        {
            return;
        }

        try
        {
            using CancellationTokenSource soon = new(DisconnectTimeout);
            await inner.SendPacketAsync(new MqttDisconnectPacket { ReasonCode = code }, soon.Token)
                .WaitAsync(soon.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The server does not read.
        }
    }
}
