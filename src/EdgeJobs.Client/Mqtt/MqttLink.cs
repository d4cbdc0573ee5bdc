using System.Runtime.CompilerServices;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Logging;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// One MQTT connection from CONNECT to its end. Each has its own MQTTnet client, because MQTTnet carries the reason of one disconnection
/// over to the next, and can report a disconnection after the next attempt has started.
/// </summary>
internal sealed class MqttLink : IMqttClientAdapterFactory, IDisposable
{
    private readonly Dialer _dialer;
    private readonly Action<MqttLink, string, ReadOnlyMemory<byte>, MessageProperties, MessageReceipt> _received;
    private readonly Action<MqttLink, string> _lost;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TcpChannel _channel = new();
    private readonly IMqttClient _client;
    private readonly OutboundLimits _limits;
    private readonly DelayPool _delays;
    private readonly Lock _gate = new();
    private MqttConnectionOptions _options;
    private LinkAdapter? _adapter;
    private KeepAlive? _keepAlive;
    private State _state;
    private string? _reason;
    private bool _isClosedByServer;

    /// <summary>Creates the connection. It does not connect yet.</summary>
    /// <param name="options">Where and how to connect.</param>
    /// <param name="tls">The settings of the TLS handshake; null for no TLS.</param>
    /// <param name="ports">Remembers which port to try first.</param>
    /// <param name="received">Handles messages; calls do not overlap.</param>
    /// <param name="lost">Called once after the loss of an established connection.</param>
    /// <param name="time">The clock of time-outs and pings.</param>
    /// <param name="logger">Logs faults that have no caller.</param>
    public MqttLink(
        MqttConnectionOptions options,
        TlsSettings? tls,
        PortMemory ports,
        Action<MqttLink, string, ReadOnlyMemory<byte>, MessageProperties, MessageReceipt> received,
        Action<MqttLink, string> lost,
        TimeProvider time,
        ILogger logger)
    {
        _options = options;
        _received = received;
        _lost = lost;
        _time = time;
        _logger = logger;
        _dialer = new Dialer(options, tls, ports, time, logger);
        _limits = new OutboundLimits(time);
        _delays = new DelayPool(time);
        _client = new MqttClientFactory().CreateMqttClient(this);
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    private enum State
    {
        Connecting,
        Connected,
        Lost,
    }

    /// <summary>The server's port; before dialing, the configured port, or 0.</summary>
    public int Port => _options.Port ?? 0;

    /// <summary>Connects, once.</summary>
    /// <exception cref="CredentialException">The password of the proxy can't be read.</exception>
    public async Task<ConnectResult> ConnectAsync(bool cleanStart, CancellationToken cancellationToken)
    {
        if (await _channel.DialAsync(_dialer, cancellationToken).ConfigureAwait(false) is { } failure)
        {
            return new ConnectResult(failure, false);
        }

        _options = _options with { Port = _channel.Port };
        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            MqttClientConnectResult result =
                await _client.ConnectAsync(ConnectPacket.Make(_options, cleanStart), either.Token).ConfigureAwait(false);
            return result.ResultCode == MqttClientConnectResultCode.Success
                ? Accept(result)
                : new ConnectResult(ReasonCodes.OfConnect(result.ResultCode, result.ReasonString, _options), false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new ConnectResult(
                _channel.Failure ?? (timeout.IsCancellationRequested
                    ? ReasonCodes.OfSilentConnect(_options)
                    : ReasonCodes.OfBrokenConnect(e, _options)),
                false);
        }
    }

    /// <summary>Subscribes at QoS 1 and checks every reason code.</summary>
    public async Task<ConnectFailure?> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
    {
        MqttClientSubscribeOptions options = new();
        foreach (string filter in filters)
        {
            options.TopicFilters.Add(new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce });
        }

        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            MqttClientSubscribeResult result = await _client.SubscribeAsync(options, either.Token)
                .WaitAsync(either.Token).ConfigureAwait(false);
            foreach (MqttClientSubscribeResultItem item in result.Items)
            {
                if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
                {
                    return ReasonCodes.OfSubscribe(item.TopicFilter.Topic, item.ResultCode, result.ReasonString);
                }

                _options.Observer?.Passed(ConnectStage.Subscribe, $"{item.TopicFilter.Topic} is granted at QoS {(int)item.ResultCode}");
            }

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ReasonCodes.OfBrokenSubscribe(e, filters, timeout.IsCancellationRequested ? _options.ConnectTimeout : null, _options);
        }
    }

    /// <summary>Unsubscribes. Never throws: without a connection there is nothing to undo.</summary>
    public async Task UnsubscribeAsync(string filter)
    {
        MqttClientUnsubscribeOptions options = new();
        options.TopicFilters.Add(filter);
        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        try
        {
            await _client.UnsubscribeAsync(options, timeout.Token).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Messages that still arrive are ignored.
        }
    }

    /// <summary>Publishes and waits for the acknowledgement.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PublishResult> PublishAsync(
        string topic,
        ReadOnlyMemory<byte> payload,
        PublishOptions options,
        CancellationToken cancellationToken)
    {
        if (_options.Version == MqttVersion.V311 && options.Properties is { NeedsVersion5: true })
        {
            return new PublishResult(
                PublishStatus.Invalid,
                $"the message to {topic} needs MQTT 5 for its correlation data, response topic or user properties, but the connection uses "
                    + "MQTT 3.1.1");
        }

        if (_limits.Acquire(topic, payload.Length, options) is { } refusal)
        {
            return refusal;
        }

        // Its slot is free once the acknowledgement has arrived, also after a cancellation.
        ValueTask<MqttPubAckPacket?> published = SendAsync(topic, payload, options);
        try
        {
            MqttPubAckPacket? result = cancellationToken.CanBeCanceled
                ? await published.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false)
                : await published.ConfigureAwait(false);

            // Codes below 0x80 are not refusals, even unknown ones.
            return result is null || (int)result.ReasonCode < 0x80
                ? PublishResult.Acknowledged
                : ReasonCodes.OfPublish(topic, result.ReasonCode, result.ReasonString);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool mayBeRefusal = _isClosedByServer && _options.Version == MqttVersion.V311;
            return ReasonCodes.OfBrokenPublish(topic, _adapter?.ServerDisconnect, _reason, mayBeRefusal);
        }
    }

    public void Probe() => _keepAlive?.Probe(_options.RequestTimeout);

    /// <summary>Sends DISCONNECT and closes. No loss is reported.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The connection is lost already, or the server does not read: closed below in either case.
        }

        Dispose();
    }

    public void Dispose()
    {
        _keepAlive?.Dispose();
        _channel.Dispose();
        _client.Dispose();
        _adapter?.Messages.Close();
    }

    IMqttChannelAdapter IMqttClientAdapterFactory.CreateClientAdapter(
        MqttClientOptions options, MqttPacketInspector? packetInspector, IMqttNetLogger logger)
    {
        MqttBufferWriter writer = new(options.WriterBufferSize, options.WriterBufferSizeMax);
        MqttChannelAdapter adapter = new(_channel, new MqttPacketFormatterAdapter(options.ProtocolVersion, writer), logger)
        {
            AllowPacketFragmentation = true,
            PacketInspector = packetInspector,
        };
        int unacknowledged = _options.Version == MqttVersion.V5 ? MqttConnection.ReceiveMaximum : MqttConnection.MaxUnacknowledged;
        return _adapter =
            new LinkAdapter(adapter, _channel, _options.KeepAlive, unacknowledged, _options.ContinueInline, OnMessage, OnViolation);
    }

    private ConnectResult Accept(MqttClientConnectResult result)
    {
        TimeSpan period = _adapter is { ServerKeepAlive: > 0 and int seconds } ? TimeSpan.FromSeconds(seconds) : _options.KeepAlive;
        _channel.SetTcpUserTimeout(period);
        bool hasLimits = _options.Version == MqttVersion.V5;
        _limits.Apply(result.ReceiveMaximum, result.MaximumPacketSize, !hasLimits || result.RetainAvailable);
        lock (_gate)
        {
            if (_state == State.Lost)
            {
                string message = $"{_options.Host}:{_options.Port}: {_reason}";
                return new ConnectResult(new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Connect, message), false);
            }

            _state = State.Connected;
            if (period > TimeSpan.Zero)
            {
                _keepAlive = new KeepAlive(period, _time, PingAsync, Drop);
                _adapter!.PongReceived = _keepAlive.PongReceived;
                _keepAlive.Start();
            }
        }

        _options.Observer?.Passed(ConnectStage.Connect, ConnectPacket.Describe(_options, result, period, _limits.Unacknowledged));
        return new ConnectResult(null, result.IsSessionPresent);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<MqttPubAckPacket?> SendAsync(string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        try
        {
            if (_limits.ReserveSendTime() is { Ticks: > 0 } wait)
            {
                await _delays.DelayAsync(wait).ConfigureAwait(false);
            }

            if (_state != State.Connected)
            {
                throw new IOException("not connected");
            }

            return await _adapter!.Messages.PublishAsync(topic, payload, options).ConfigureAwait(false);
        }
        finally
        {
            _limits.Release();
        }
    }

    /// <summary>Closes an unusable connection; MQTTnet then reports the loss.</summary>
    public void Drop(string reason)
    {
        _reason = reason;
        _channel.Dispose();
    }

    private Task PingAsync()
    {
        // An unacknowledged message delays others by at most one period.
        _ = _adapter!.Receipts.SendAsync(overtake: true);
        return _adapter.PingAsync();
    }

    private void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        try
        {
            _received(this, topic, payload, properties, receipt);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Handling it again after a redelivery would fail in the same way.
            receipt.Acknowledge();
            ClientLog.HandlerFailed(_logger, e, topic);
        }
    }

    private void OnViolation(InvalidPacketException violation) =>
        _reason = $"the server has sent {violation.Message}; the connection was closed";

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs args)
    {
        lock (_gate)
        {
            _keepAlive?.Dispose();
            _isClosedByServer = _reason is null && ReasonCodes.IsClosedByServer(args.Exception);
            _reason ??= ReasonCodes.OfDisconnect(args.Reason, args.ReasonString, args.Exception, _options);
            State before = _state;
            _state = State.Lost;
            if (before != State.Connected)
            {
                return Task.CompletedTask;
            }
        }

        // The reason is set before pending publishes fail.
        _adapter?.Messages.Close();
        _lost(this, _reason);
        return Task.CompletedTask;
    }
}
