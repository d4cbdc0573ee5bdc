using System.Buffers;
using System.Runtime.CompilerServices;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Logging;
using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using MQTTnet.Adapter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client;

/// <summary>A network connection of the session: how it is opened, what it receives, and how it ends.</summary>
public sealed partial class MqttConnection
{
    /// <summary>The time-out for sending the reason of a close.</summary>
    private static readonly TimeSpan ReasonTimeout = TimeSpan.FromSeconds(1);

    private TlsSettings LoadTls(out ClientCredentials? credentials)
    {
        using CredentialLoader loader = new(_options, _time);
        loader.Load();
        credentials = loader.Take();
        _warnings.Log(loader.Checks);
        _options.Observer?.Passed(
            ConnectStage.Credentials,
            (credentials is null ? "no certificate" : $"'{credentials.Facts.Subject}', valid until "
                + $"{CertificateTime.Utc(credentials.Facts.NotAfter)}")
            + (loader.Roots is null ? ", the system's trust store" : $", {loader.Roots.Count} trusted by {_options.CaFile}"));
        return new TlsSettings(credentials?.CreateContext(), loader.Roots, _time.GetUtcNow());
    }

    private async Task<ConnectResult> ConnectAsync(
        Link link, TlsSettings? tls, CertificateFacts? certificate, bool cleanStart, CancellationToken cancellationToken)
    {
        Dialer dialer = new(_options, tls, _ports, _time, _logger);
        if (await link.Channel.DialAsync(dialer, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            return new ConnectResult(failure, false);
        }

        link.Options = _options with { Port = link.Channel.Port };
        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        MqttConnAckPacket answer;
        try
        {
            await link.Channel.SendAsync(ConnectPacket.Make(_options, cleanStart)).WaitAsync(either.Token).ConfigureAwait(false);
            ReceivedMqttPacket bytes = await link.Reader.ReadAsync(either.Token).ConfigureAwait(false);
            answer = bytes.TotalLength == 0 ? throw new EndOfStreamException()
                : link.Decode(bytes) as MqttConnAckPacket ?? throw InvalidPacketException.OutOfTurn(bytes.FixedHeader, isConnected: false);
            if (ConnectPacket.CodeOf(answer, _options.Version) is not MqttConnectReasonCode.Success and var code)
            {
                return new ConnectResult(ReasonCodes.OfConnect(code, answer.ReasonString, link.Options), false);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ConnectResult(
                link.Channel.Failure ?? (timeout.IsCancellationRequested
                    ? ReasonCodes.OfSilentConnect(link.Options)
                    : ReasonCodes.OfBrokenConnect(e, link.Options)),
                false);
        }

        TimeSpan keepAlive = answer.ServerKeepAlive > 0 ? TimeSpan.FromSeconds(answer.ServerKeepAlive) : _options.KeepAlive;
        link.Channel.SetTcpUserTimeout(keepAlive);
        link.Limits.Apply(answer, _options.Version);
        if (!TryOpen(link, keepAlive, certificate))
        {
            return new ConnectResult(ReasonCodes.OfBrokenConnect(new EndOfStreamException(), link.Options), false);
        }

        _options.Observer?.Passed(ConnectStage.Connect, ConnectPacket.Describe(_options, answer, keepAlive, link.Limits.Unacknowledged));
        if (certificate is not null)
        {
            _options.CertificateUsed?.Invoke(certificate);
        }

        return new ConnectResult(null, answer.IsSessionPresent);
    }

    /// <summary>Starts pinging and receiving, unless this side has closed the connection meanwhile.</summary>
    private bool TryOpen(Link link, TimeSpan keepAlive, CertificateFacts? certificate)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_link, link))
            {
                return false;
            }

            link.Open(keepAlive, _time);
            if (certificate is not null)
            {
                _watch.Start(certificate);
            }
        }

        _ = Task.Run(() => ReceiveAsync(link));
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<MqttPacketWithIdentifier?> SendAsync(
        Link link, string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        try
        {
            if (link.Limits.ReserveSendTime() is { Ticks: > 0 } wait)
            {
                await link.Delays.DelayAsync(wait).ConfigureAwait(false);
            }

            return await link.Outbound.PublishAsync(topic, payload, options).ConfigureAwait(false);
        }
        finally
        {
            link.Limits.Release();
        }
    }

    /// <summary>Receives until the connection ends, and reports the loss.</summary>
    private async Task ReceiveAsync(Link link)
    {
        Exception? cause = null;
        try
        {
            await HandleAllAsync(link).ConfigureAwait(false);
        }
        catch (InvalidPacketException e)
        {
            cause = e;
            link.Reason ??= $"the server has sent {e.Message}; the connection was closed";
            if (_options.Version == MqttVersion.V5)
            {
                await SendDisconnectAsync(link, e.Code, ReasonTimeout, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            cause = e;
        }

        OnLost(link, cause);
    }

    /// <summary>Handles what the server sends, until the end of the stream or its DISCONNECT.</summary>
    internal async Task HandleAllAsync(Link link)
    {
        try
        {
            while (true)
            {
                ValueTask<ReceivedMqttPacket> reading = link.Reader.ReadAsync(CancellationToken.None);
                if (!reading.IsCompleted)
                {
                    // What the handling of the last packets has sent leaves before this waits.
                    await link.Channel.FlushAsync().ConfigureAwait(false);
                }

                ReceivedMqttPacket bytes = await reading.ConfigureAwait(false);
                if (bytes.TotalLength == 0)
                {
                    return;
                }

                link.Channel.Hold();
                MqttPacket packet = link.Decode(bytes);
                if (packet is MqttPublishPacket message)
                {
                    await DeliverAsync(link, message).ConfigureAwait(false);
                }
                else if (!TryHandle(link, packet, bytes.FixedHeader))
                {
                    return;
                }
            }
        }
        finally
        {
            link.Channel.Release();
        }
    }

    /// <summary>Handles a packet that is no message, and checks that the server may send it now.</summary>
    /// <returns>False after the server's DISCONNECT.</returns>
    private static bool TryHandle(Link link, MqttPacket packet, byte fixedHeader)
    {
        switch (packet)
        {
            case MqttPacketWithIdentifier acknowledgement and (MqttPubAckPacket or MqttSubAckPacket or MqttUnsubAckPacket):
                return link.Outbound.TryAccept(acknowledgement)
                    ? true
                    : throw InvalidPacketException.NotSent(fixedHeader, acknowledgement.PacketIdentifier);
            case MqttPingRespPacket:
                link.KeepAlive?.PongReceived();
                return true;
            case MqttDisconnectPacket disconnect:
                link.ServerDisconnect = disconnect;
                return false;
            default:
                throw InvalidPacketException.OutOfTurn(fixedHeader, isConnected: true);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask DeliverAsync(Link link, MqttPublishPacket message)
    {
        if (string.IsNullOrEmpty(message.Topic))
        {
            throw InvalidPacketException.Unexpected("a message without a topic");
        }

        // The subscriptions limit the QoS to 1.
        MessageReceipt? receipt = message.QualityOfServiceLevel switch
        {
            MqttQualityOfServiceLevel.AtMostOnce => default(MessageReceipt),
            MqttQualityOfServiceLevel.AtLeastOnce when message.PacketIdentifier == 0 =>
                throw InvalidPacketException.Malformed("a message of QoS 1 with the packet id 0"),
            MqttQualityOfServiceLevel.AtLeastOnce => await link.Inbound.AddAsync(message.PacketIdentifier).ConfigureAwait(false),
            _ => throw InvalidPacketException.Unexpected(
                $"a message of QoS {(int)message.QualityOfServiceLevel}; the subscription allows 1"),
        };
        MessageReceipt acknowledgement = receipt ?? throw InvalidPacketException.TooMany(link.MaxUnacknowledged);
        if (!ReferenceEquals(_link, link))
        {
            return;
        }

        try
        {
            // MQTTnet has copied the payload, so it can be kept.
            ReadOnlyMemory<byte> payload = message.Payload.IsSingleSegment ? message.Payload.First : message.Payload.ToArray();
            _handler.OnMessage(message.Topic, payload, PublishPacket.PropertiesOf(message), acknowledgement);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Handling it again after a redelivery would fail in the same way.
            acknowledgement.Acknowledge();
            ClientLog.HandlerFailed(_logger, e, message.Topic);
        }

        // The receiver waits, so that acknowledgements do not pile up if the server does not read them.
        await link.Inbound.SendAsync().ConfigureAwait(false);
    }

    private void OnLost(Link link, Exception? cause)
    {
        string reason = link.Lose(cause);

        // Inside the lock, so that the loss of a connection is never reported after a later one was started.
        lock (_gate)
        {
            if (ReferenceEquals(_link, link))
            {
                (_loss, _link) = (reason, null);
                _watch.Stop();
                _handler.OnDisconnected(reason);
            }
        }

        link.Dispose();
    }

    /// <summary>Sends DISCONNECT, if the connection is open and the server reads it in time.</summary>
    private async Task SendDisconnectAsync(
        Link link, MqttDisconnectReasonCode code, TimeSpan within, CancellationToken cancellationToken)
    {
        if (!link.IsOpen)
        {
            return;
        }

        using CancellationTokenSource timeout = new(within, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await link.Channel.SendAsync(new MqttDisconnectPacket { ReasonCode = code }).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The connection is lost already, or the server does not read: it is closed in either case.
        }
    }
}
