using EdgeJobs.Client.Credentials;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client;

/// <summary>
/// One MQTT connection at a time to one server, in MQTT 5 or 3.1.1. Failures are values whose message states the fix.
/// </summary>
public sealed class MqttConnection : IAsyncDisposable
{
    /// <summary>The maximum number of topic filters in a SUBSCRIBE on AWS IoT.</summary>
    public const int MaxFiltersPerSubscribe = 8;

    /// <summary>The maximum size of a payload on AWS IoT, in bytes.</summary>
    public const int MaxPayloadBytes = 128 * 1024;

    /// <summary>
    /// The maximum size of a received packet in bytes: the maximum payload, and 8 KB for topic and properties. CONNECT states it (MQTT 5).
    /// A larger packet ends the connection before memory is allocated for it.
    /// </summary>
    public const int MaxPacketBytes = MaxPayloadBytes + (8 * 1024);

    /// <summary>The maximum number of unacknowledged QoS 1 messages on AWS IoT, in each direction.</summary>
    public const int MaxUnacknowledged = OutboundLimits.MaxUnacknowledged;

    /// <summary>
    /// The maximum number of unacknowledged QoS 1 messages from the server in MQTT 5. MQTT 3.1.1 can't state it; there the limit is
    /// <see cref="MaxUnacknowledged"/>. Messages are handed over one at a time and not queued, so memory holds one packet and what the
    /// handler keeps.
    /// </summary>
    public const int ReceiveMaximum = 16;

    private readonly MqttConnectionOptions _options;
    private readonly IMqttHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CredentialWarnings _warnings;
    private readonly PortMemory _ports;
    private readonly CertificateWatch _watch;
    private readonly Lock _gate = new();
    private MqttLink? _link;
    private bool _isConnected;
    private bool _isDisposed;

    /// <summary>Creates the connection. It does not connect yet.</summary>
    /// <param name="options">Where and how to connect.</param>
    /// <param name="handler">Handles received messages.</param>
    /// <param name="time">The clock of time-outs, pings and certificates.</param>
    /// <param name="logger">Logs warnings.</param>
    public MqttConnection(MqttConnectionOptions options, IMqttHandler handler, TimeProvider time, ILogger logger)
    {
        _options = options;
        _handler = handler;
        _time = time;
        _logger = logger;
        _warnings = new CredentialWarnings(logger);
        _ports = new PortMemory(options.PortKeeper);
        _watch = new CertificateWatch(options, () => _link?.Drop("the client reconnects with the renewed certificate"), time, logger);
    }

    /// <summary>True while connected.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>The server's port of the connection; if not connected, the configured port, or 0.</summary>
    public int Port => _link?.Port ?? _options.Port ?? 0;

    /// <summary>
    /// Connects. Reads the credential files each time, so that renewed ones are used. Closes an existing connection first.
    /// </summary>
    /// <param name="cleanStart">Whether the server discards an earlier session.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The connection is disposed of.</exception>
    public async Task<ConnectResult> ConnectAsync(bool cleanStart, CancellationToken cancellationToken)
    {
        ClientCredentials? credentials = null;
        MqttLink? link = null;
        bool connected = false;
        try
        {
            TlsSettings? tls = _options.UseTls ? LoadTls(out credentials) : null;
            link = new MqttLink(_options, tls, _ports, OnMessage, OnLost, _time, _logger);
            ReplaceLink(link)?.Dispose();
            ConnectResult result = await link.ConnectAsync(cleanStart, cancellationToken).ConfigureAwait(false);
            connected = result.IsConnected;
            if (connected && credentials is not null)
            {
                _watch.Start(credentials.Facts);
                _options.CertificateUsed?.Invoke(credentials.Facts);
            }

            return result;
        }
        catch (CredentialException e)
        {
            return new ConnectResult(new ConnectFailure(ConnectFailureKind.Credentials, ConnectStage.Credentials, e.Message), false);
        }
        finally
        {
            // OpenSSL keeps the key as long as the connection needs it.
            credentials?.Dispose();
            FinishConnect(link, connected);
        }
    }

    /// <summary>
    /// Closes the connection, as if it were lost, if the credential files hold another certificate. The next connect uses that. If the
    /// files can't be used, this is logged and the connection stays.
    /// </summary>
    public void DropIfRenewed() => _watch.CheckForRenewal();

    /// <summary>Subscribes at QoS 1 and checks every reason code of the SUBACK.</summary>
    /// <param name="filters">1 to 8 topic filters.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>Null if every filter is granted; otherwise the failure.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no filters, or more than 8.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ConnectFailure?> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(filters.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filters.Count, MaxFiltersPerSubscribe);
        return _link is { } link
            ? link.SubscribeAsync(filters, cancellationToken)
            : Task.FromResult<ConnectFailure?>(
                new ConnectFailure(ConnectFailureKind.Unreachable, ConnectStage.Subscribe, $"there is no connection to {_options.Server}"));
    }

    /// <summary>Unsubscribes. A failure means that there is no connection any more, and no subscription either.</summary>
    internal Task UnsubscribeAsync(string filter) => _link?.UnsubscribeAsync(filter) ?? Task.CompletedTask;

    /// <summary>Publishes without retain and waits for the acknowledgement.</summary>
    /// <inheritdoc cref="PublishAsync(string, ReadOnlyMemory{byte}, PublishOptions, CancellationToken)"/>
    public ValueTask<PublishResult> PublishAsync(
        string topic,
        ReadOnlyMemory<byte> payload,
        QualityOfService qualityOfService,
        CancellationToken cancellationToken) => PublishAsync(topic, payload, new PublishOptions(qualityOfService), cancellationToken);

    /// <summary>Publishes with the options of an operation's MQTT binding, and waits for the acknowledgement.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">At most <see cref="MaxPayloadBytes"/>. Must not change during the call, nor after a cancellation.</param>
    /// <param name="options">QoS 0 counts as acknowledged once sent; MQTT 3.1.1 has no expiry.</param>
    /// <param name="cancellationToken">Stops waiting; the message may have been sent.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<PublishResult> PublishAsync(
        string topic,
        ReadOnlyMemory<byte> payload,
        PublishOptions options,
        CancellationToken cancellationToken)
    {
        if (payload.Length > MaxPayloadBytes)
        {
            return ValueTask.FromResult(new PublishResult(
                PublishStatus.TooLarge,
                $"the message to {topic} has {payload.Length} bytes; AWS IoT takes {MaxPayloadBytes} at most"));
        }

        return _link is { } link
            ? link.PublishAsync(topic, payload, options, cancellationToken)
            : ValueTask.FromResult(new PublishResult(PublishStatus.NotConnected, $"there is no connection to {_options.Server}"));
    }

    /// <summary>Pings the server now instead of at the end of the period. Without a response the connection is lost.</summary>
    public void Probe() => _link?.Probe();

    /// <summary>Sends DISCONNECT and closes, within the connect time-out. The handler is not notified.</summary>
    /// <param name="cancellationToken">Closes without waiting until DISCONNECT is sent.</param>
    public Task DisconnectAsync(CancellationToken cancellationToken) =>
        ReplaceLink(null) is { } link ? link.DisconnectAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Closes without DISCONNECT: the server keeps the session as after a loss.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        ReplaceLink(null)?.Dispose();
        _watch.Dispose();
        return ValueTask.CompletedTask;
    }

    private MqttLink? ReplaceLink(MqttLink? link)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed && link is not null, this);
            (MqttLink? before, _link) = (_link, link);
            _watch.Stop();
            _isConnected = false;
            return before;
        }
    }

    /// <summary>Records the result of an attempt.</summary>
    private void FinishConnect(MqttLink? link, bool connected)
    {
        lock (_gate)
        {
            if (connected && ReferenceEquals(_link, link))
            {
                _isConnected = true;
                return;
            }

            if (ReferenceEquals(_link, link))
            {
                _link = null;
            }
        }

        link?.Dispose();
    }

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

    private void OnMessage(MqttLink link, string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        if (ReferenceEquals(_link, link))
        {
            _handler.OnMessage(topic, payload, properties, receipt);
        }
    }

    private void OnLost(MqttLink link, string reason)
    {
        // Inside the lock, so that the loss of a connection is never reported after a later one was started.
        lock (_gate)
        {
            if (!ReferenceEquals(_link, link))
            {
                return;
            }

            _link = null;
            _isConnected = false;
            _watch.Stop();
            _handler.OnDisconnected(reason);
        }

        link.Dispose();
    }
}
