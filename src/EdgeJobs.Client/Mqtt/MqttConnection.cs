using EdgeJobs.Client.Credentials;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client;

/// <summary>
/// One MQTT connection at a time to one server, in MQTT 5 or 3.1.1. Faults are values whose text an operator can act on.
/// </summary>
public sealed class MqttConnection : IAsyncDisposable
{
    /// <summary>AWS IoT refuses a SUBSCRIBE with more filters.</summary>
    public const int MaxFiltersPerSubscribe = 8;

    /// <summary>AWS IoT refuses a larger payload, in bytes.</summary>
    public const int MaxPayloadBytes = 128 * 1024;

    /// <summary>
    /// The largest packet that is received, in bytes: the largest payload, and 8 KB for topic and properties. The server is told
    /// (MQTT 5); a larger packet ends the connection before any memory is taken for it.
    /// </summary>
    public const int MaxPacketBytes = MaxPayloadBytes + (8 * 1024);

    /// <summary>AWS IoT takes, and sends, as many messages of QoS 1 before the first of them is acknowledged.</summary>
    public const int MaxUnacknowledged = OutboundLimits.MaxUnacknowledged;

    /// <summary>
    /// How many messages of QoS 1 the server may send before the first of them is acknowledged. It is told in MQTT 5; MQTT 3.1.1
    /// can't say it, and <see cref="MaxUnacknowledged"/> are taken there. Messages are handed on one after the other and never
    /// queued here, so that what is held in memory is one packet, and what the handler keeps.
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

    /// <summary>Makes a connection that is not yet connected.</summary>
    /// <param name="options">Where and how to connect.</param>
    /// <param name="handler">Takes what is received.</param>
    /// <param name="time">The clock of time-outs, pings and certificates.</param>
    /// <param name="logger">Where warnings go.</param>
    public MqttConnection(MqttConnectionOptions options, IMqttHandler handler, TimeProvider time, ILogger logger)
    {
        _options = options;
        _handler = handler;
        _time = time;
        _logger = logger;
        _warnings = new CredentialWarnings(logger);
        _ports = new PortMemory(options.PortKeeper);
        _watch = new CertificateWatch(options, () => _link?.Drop("it is made again with the renewed certificate"), time, logger);
    }

    /// <summary>True while the connection stands.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>The port that the connection leads to; without one, the port that was asked for, or 0.</summary>
    public int Port => _link?.Port ?? _options.Port ?? 0;

    /// <summary>Connects. The credential files are read anew each time, so that renewed ones are taken up. A connection that still stands is closed first.</summary>
    /// <param name="cleanStart">Whether the server is to discard an earlier session.</param>
    /// <param name="cancellationToken">Gives up.</param>
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
            // The key stays in OpenSSL's hands as long as the connection needs it; ours is not kept.
            credentials?.Dispose();
            FinishConnect(link, connected);
        }
    }

    /// <summary>
    /// Closes the connection, as if it were lost, when the credential files hold another certificate than it was made with:
    /// whoever connects again uses that. Files that can't be used are logged, and change nothing.
    /// </summary>
    public void DropIfRenewed() => _watch.CheckForRenewal();

    /// <summary>Subscribes at QoS 1 and looks at every reason code of the SUBACK.</summary>
    /// <param name="filters">1 to 8 topic filters.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when each filter is granted; otherwise what is wrong.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no filters, or more than 8.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ConnectFailure?> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(filters.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filters.Count, MaxFiltersPerSubscribe);
        return _link is { } link
            ? link.SubscribeAsync(filters, cancellationToken)
            : Task.FromResult<ConnectFailure?>(new ConnectFailure(ConnectFailureKind.Unreachable, ConnectStage.Subscribe, $"there is no connection to {_options.Server}"));
    }

    /// <summary>Publishes and waits for the acknowledgement. Nothing is retained, as AWS IoT wants it for its own topics.</summary>
    /// <inheritdoc cref="PublishAsync(string, ReadOnlyMemory{byte}, PublishOptions, CancellationToken)"/>
    public ValueTask<PublishResult> PublishAsync(
        string topic,
        ReadOnlyMemory<byte> payload,
        QualityOfService qualityOfService,
        CancellationToken cancellationToken) => PublishAsync(topic, payload, new PublishOptions(qualityOfService), cancellationToken);

    /// <summary>Publishes as an operation's MQTT binding says, and waits for the acknowledgement.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">At most <see cref="MaxPayloadBytes"/>. Must not change until the call ends, nor after it was cancelled.</param>
    /// <param name="options">QoS 0 counts as acknowledged when it is sent; the expiry is left out in MQTT 3.1.1, which has none.</param>
    /// <param name="cancellationToken">Gives up waiting; the message may have been sent.</param>
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

    /// <summary>Asks the server for a sign of life now instead of at the next ping. When none comes, the connection is lost.</summary>
    public void Probe() => _link?.Probe();

    /// <summary>Says goodbye to the server and closes. The handler is not told. Ends after the connect time-out at the latest.</summary>
    /// <param name="cancellationToken">Closes without waiting for the goodbye to be sent.</param>
    public Task DisconnectAsync(CancellationToken cancellationToken) =>
        ReplaceLink(null) is { } link ? link.DisconnectAsync(cancellationToken) : Task.CompletedTask;

    /// <summary>Closes without a goodbye: the server keeps the session as after a loss.</summary>
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

    /// <summary>Takes note of how an attempt ended.</summary>
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
            (credentials is null ? "no certificate" : $"'{credentials.Facts.Subject}' until {CertificateTime.Utc(credentials.Facts.NotAfter)}")
            + (loader.Roots is null ? ", the system's trust" : $", {loader.Roots.Count} trusted by {_options.CaFile}"));
        return new TlsSettings(credentials?.CreateContext(), loader.Roots, _time.GetUtcNow());
    }

    private void OnMessage(MqttLink link, string topic, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        if (ReferenceEquals(_link, link))
        {
            _handler.OnMessage(topic, payload, receipt);
        }
    }

    private void OnLost(MqttLink link, string reason)
    {
        // Told within the lock: so that no loss of an earlier connection is told after a later one was begun.
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
