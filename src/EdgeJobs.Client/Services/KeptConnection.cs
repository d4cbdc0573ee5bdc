using EdgeJobs.Client.Logging;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client.Services;

/// <summary>A connection that reconnects and resubscribes by itself, once it was made.</summary>
internal sealed class KeptConnection : IAsyncDisposable
{
    private readonly MqttConnectionOptions _options;
    private readonly ReconnectBackoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<ConnectionChange>? _changed;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _gate = new();
    private Task _reconnecting = Task.CompletedTask;
    private long _connectedAt;
    private bool _subscribed;
    private string? _lost;
    private CertificateFacts? _certificate;

    /// <summary>Creates a connection that is not connected yet.</summary>
    /// <param name="options">Where and how to connect.</param>
    /// <param name="handler">Handles messages, and the loss of each connection, which it passes to <see cref="Lose"/>.</param>
    public KeptConnection(ServiceClientOptions options, IMqttHandler handler)
    {
        _options = options.Connection;
        _backoff = options.Backoff ?? new ReconnectBackoff(options.Random);
        _time = options.Time;
        _logger = options.Logger;
        _changed = options.ConnectionChanged;
        Mqtt = new MqttConnection(_options with { CertificateUsed = facts => _certificate = facts }, handler, _time, _logger);
        Subscriptions = new Subscriptions(Mqtt);
    }

    public MqttConnection Mqtt { get; }

    public Subscriptions Subscriptions { get; }

    /// <summary>Whether the connection is made and every subscription granted.</summary>
    public bool IsUp => _subscribed;

    /// <summary>Connects and subscribes, once. After it succeeds the connection is made again whenever it is lost.</summary>
    public Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(_options.CleanStart, cancellationToken);

    /// <summary>Stops reconnecting, sends DISCONNECT and closes.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await StopReconnectingAsync().ConfigureAwait(false);
        await Mqtt.DisconnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops reconnecting and closes without DISCONNECT.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopReconnectingAsync().ConfigureAwait(false);
        await Mqtt.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The connection is lost, perhaps before it had its subscriptions: makes it again.</summary>
    public void Lose(string reason)
    {
        lock (_gate)
        {
            _lost = reason;

            // Before every subscription is granted, ConnectAsync reports the loss to its caller.
            if (!_subscribed)
            {
                return;
            }

            _subscribed = false;
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            _backoff.Connected(_time.GetElapsedTime(_connectedAt));
            ClientLog.Disconnected(_logger, reason);
            _changed?.Invoke(new ConnectionChange(false, false, reason));
            _reconnecting = ReconnectAsync();
        }
    }

    private async Task StopReconnectingAsync()
    {
        // Outside the lock: cancelled continuations may run on this thread.
        await _closing.CancelAsync().ConfigureAwait(false);
        Task reconnecting;
        lock (_gate)
        {
            _subscribed = false;
            reconnecting = _reconnecting;
        }

        Subscriptions.Disconnect();
        await reconnecting.ConfigureAwait(false);
    }

    private async Task<ConnectResult> ConnectAsync(bool cleanStart, CancellationToken cancellationToken)
    {
        bool subscribed = false;
        try
        {
            lock (_gate)
            {
                _lost = null;
            }

            Subscriptions.Disconnect();
            ConnectResult result = await Mqtt.ConnectAsync(cleanStart, cancellationToken).ConfigureAwait(false);
            if (!result.IsConnected)
            {
                return result;
            }

            // Also if the server has a session: it costs one packet, and an older program may have subscribed to fewer topics.
            if (await Subscriptions.ConnectAsync(cancellationToken).ConfigureAwait(false) is { } failure)
            {
                return new ConnectResult(failure, false);
            }

            lock (_gate)
            {
                if (_lost is not null)
                {
                    return new ConnectResult(new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Subscribe, _lost), false);
                }

                _connectedAt = _time.GetTimestamp();
                _subscribed = subscribed = true;

                // Inside the lock, so that the report of an immediate loss comes after this one.
                _changed?.Invoke(new ConnectionChange(true, result.SessionPresent, ""));
            }

            ClientLog.Connected(_logger, _options.Host, Mqtt.Port, _options.ClientId, Subscriptions.Count);
            return result;
        }
        finally
        {
            // Not earlier: the callback may access a disk, and subscribing need not wait for it.
            if (_certificate is { } certificate)
            {
                _certificate = null;
                _options.CertificateUsed?.Invoke(certificate);
            }

            if (!subscribed)
            {
                // Also if the caller cancelled: a connection without its subscriptions is useless.
                Subscriptions.Disconnect();
                await Mqtt.DisconnectAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task ReconnectAsync()
    {
        TimeSpan wait = _backoff.Next();
        try
        {
            while (true)
            {
                // Yields even if the wait is almost zero: the caller is still closing the old connection.
                await Task.Delay(wait, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                ConnectResult result;
                try
                {
                    result = await ConnectAsync(cleanStart: false, _closing.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OutOfMemoryException && !_closing.IsCancellationRequested)
                {
                    // Retry after any exception: a board that stops retrying is unreachable.
                    wait = _backoff.Next();
                    ClientLog.ConnectFailed(_logger, e, wait.TotalSeconds);
                    continue;
                }

                if (result.IsConnected)
                {
                    return;
                }

                wait = _backoff.Next(result.Failure.Kind);
                ClientLog.CanNotConnect(_logger, wait.TotalSeconds, result.Failure.Message);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException && _closing.IsCancellationRequested)
        {
            // The client is being closed.
        }
    }
}
