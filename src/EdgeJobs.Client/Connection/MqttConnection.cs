using System.Buffers;
using EdgeJobs.Protocol;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client;

/// <summary>
/// One MQTT connection at a time to one server, in MQTT 5 or 3.1.1. The only type that knows MQTTnet. Faults are values whose
/// text an operator can act on.
/// </summary>
public sealed class MqttConnection : IAsyncDisposable
{
    /// <summary>AWS IoT refuses a SUBSCRIBE with more filters.</summary>
    public const int MaxFiltersPerSubscribe = 8;

    /// <summary>AWS IoT refuses a larger payload, in bytes.</summary>
    public const int MaxPayloadBytes = 128 * 1024;

    private readonly MqttConnectionOptions _options;
    private readonly IMqttHandler _handler;
    private readonly TimeProvider _time;
    private readonly IMqttClient _client;
    private TlsSettings? _tls;
    private TcpChannel? _channel;
    private ClientCredentials? _credentials;

    /// <summary>Makes a connection that is not yet connected.</summary>
    public MqttConnection(MqttConnectionOptions options, IMqttHandler handler, TimeProvider time)
    {
        _options = options;
        _handler = handler;
        _time = time;
        _client = new MqttClientFactory().CreateMqttClient(new ChannelAdapterFactory(CreateChannel));
        _client.ApplicationMessageReceivedAsync += OnMessageAsync;
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    /// <summary>True while the connection stands.</summary>
    public bool IsConnected => _client.IsConnected;

    /// <summary>Connects. The credential files are read anew each time, so that renewed ones are taken up.</summary>
    /// <param name="cleanStart">Whether the server is to discard an earlier session.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ConnectResult> ConnectAsync(bool cleanStart, CancellationToken cancellationToken)
    {
        try
        {
            LoadTls();
        }
        catch (CredentialException e)
        {
            return new ConnectResult(new ConnectFailure(ConnectFailureKind.Credentials, e.Message), false);
        }

        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            MqttClientConnectResult result = await _client.ConnectAsync(ClientOptions(cleanStart), either.Token).ConfigureAwait(false);
            return result.ResultCode == MqttClientConnectResultCode.Success
                ? new ConnectResult(null, result.IsSessionPresent)
                : new ConnectResult(ReasonText.OfConnect(result.ResultCode, result.ReasonString, _options), false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool late = timeout.IsCancellationRequested;
            return new ConnectResult(_channel?.Failure ?? (late ? _channel?.TimeOut() : null) ?? FailureOf(), false);
        }
        finally
        {
            // The key stays in OpenSSL's hands as long as the connection needs it; ours is not kept.
            _tls = null;
            _credentials?.Dispose();
            _credentials = null;
        }
    }

    /// <summary>Subscribes at QoS 1 and looks at every reason code of the SUBACK.</summary>
    /// <param name="filters">1 to 8 topic filters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when each filter is granted; otherwise what is wrong.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ConnectFailure?> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(filters.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filters.Count, MaxFiltersPerSubscribe);
        MqttClientSubscribeOptions options = new();
        foreach (string filter in filters)
        {
            options.TopicFilters.Add(new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce });
        }

        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            MqttClientSubscribeResult result = await _client.SubscribeAsync(options, either.Token).ConfigureAwait(false);
            foreach (MqttClientSubscribeResultItem item in result.Items)
            {
                if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
                {
                    return ReasonText.OfSubscribe(item.TopicFilter.Topic, item.ResultCode, result.ReasonString);
                }
            }

            return result.Items.Count == filters.Count
                ? null
                : new ConnectFailure(ConnectFailureKind.Protocol, $"the server answers {filters.Count} subscriptions with {result.Items.Count} reason codes; it does not speak MQTT as it should");
        }
        catch (Exception e) when (e is MqttCommunicationException or MqttProtocolViolationException or OperationCanceledException or InvalidOperationException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
            {
                return new ConnectFailure(
                    ConnectFailureKind.Protocol,
                    $"the server does not answer the subscription to {string.Join(", ", filters)} within {_options.ConnectTimeout.TotalSeconds:0.#} s; try again later");
            }

            // AWS IoT may close the connection instead of refusing a subscription.
            return new ConnectFailure(
                ConnectFailureKind.SubscriptionRefused,
                $"the server closes the connection at the subscription to {string.Join(", ", filters)}; on AWS IoT: allow iot:Subscribe for these topic filters in the thing's policy");
        }
    }

    /// <summary>Publishes and waits for the acknowledgement.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">At most 128 KB. Must not change until the call ends.</param>
    /// <param name="qualityOfService">QoS 0 counts as acknowledged when it is sent.</param>
    /// <param name="cancellationToken">Gives up waiting; the message may have been sent.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<PublishResult> PublishAsync(
        string topic,
        ReadOnlyMemory<byte> payload,
        QualityOfService qualityOfService,
        CancellationToken cancellationToken)
    {
        MqttApplicationMessage message = new()
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(payload),
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)qualityOfService,
        };
        try
        {
            MqttClientPublishResult result = await _client.PublishAsync(message, cancellationToken).ConfigureAwait(false);
            return result.IsSuccess ? PublishResult.Acknowledged : ReasonText.OfPublish(topic, result.ReasonCode, result.ReasonString);
        }
        catch (Exception e) when (e is MqttCommunicationException or MqttProtocolViolationException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new PublishResult(PublishStatus.NotConnected, $"the connection was lost while publishing to {topic}");
        }
    }

    /// <summary>Says goodbye to the server, which then sends no last will.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MqttCommunicationException or InvalidOperationException or OperationCanceledException or MqttProtocolViolationException)
        {
            // It is gone already, which is what was asked for.
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _channel?.Dispose();
        return ValueTask.CompletedTask;
    }

    private TcpChannel CreateChannel() => _channel = new TcpChannel(_options, _tls);

    private void LoadTls()
    {
        _tls = null;
        if (!_options.UseTls)
        {
            return;
        }

        _credentials = _options.CertificateFile is { } certificate && _options.KeyFile is { } key
            ? ClientCredentials.Load(certificate, key, _time)
            : null;
        _tls = new TlsSettings(_credentials?.CreateContext(), _options.CaFile is { } file ? ServerTrust.ReadCaFile(file) : null);
    }

    private MqttClientOptions ClientOptions(bool cleanStart) => new()
    {
        ClientId = _options.ClientId,
        ProtocolVersion = _options.Version == MqttVersion.V5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311,
        CleanSession = cleanStart,
        SessionExpiryInterval = _options.Version == MqttVersion.V5 ? (uint)_options.SessionExpiry.TotalSeconds : 0,
        KeepAlivePeriod = _options.KeepAlive,

        // Ours ends first, and knows how far connecting has come.
        Timeout = _options.ConnectTimeout + TimeSpan.FromSeconds(30),

        // Ours is made by the adapter factory; MQTTnet only wants to see that there is one.
        ChannelOptions = new MqttClientTcpOptions { RemoteEndpoint = new System.Net.DnsEndPoint(_options.Host, _options.Port) },
    };

    private ConnectFailure FailureOf()
    {
        string where = $"{_options.Host}:{_options.Port}";

        // A server that refuses a certificate or, as AWS IoT, a client id may just close the connection.
        return _options.UseTls
            ? new ConnectFailure(
                ConnectFailureKind.Refused,
                $"{where} closes the connection at CONNECT; check that the thing's certificate is registered and active there and, on AWS IoT, that its policy allows iot:Connect for the client id '{_options.ClientId}'")
            : new ConnectFailure(ConnectFailureKind.Protocol, $"{where} closes the connection at CONNECT; check that this port speaks MQTT without TLS (1883)");
    }

    private Task OnMessageAsync(MqttApplicationMessageReceivedEventArgs args)
    {
        ReadOnlySequence<byte> payload = args.ApplicationMessage.Payload;
        _handler.OnMessage(args.ApplicationMessage.Topic, payload.IsSingleSegment ? payload.First : payload.ToArray());
        return Task.CompletedTask;
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs args)
    {
        if (args.ClientWasConnected)
        {
            _handler.OnDisconnected(ReasonText.OfDisconnect(args.Reason, args.ReasonString, args.Exception, _options.ClientId));
        }

        return Task.CompletedTask;
    }
}
