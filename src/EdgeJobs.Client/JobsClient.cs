using EdgeJobs.Client.Events;
using EdgeJobs.Client.Logging;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client;

/// <summary>AWS IoT Jobs over MQTT for one thing.</summary>
public sealed class JobsClient : IJobsClient, IMqttHandler
{
    private readonly MqttConnectionOptions _options;
    private readonly ReconnectBackoff _backoff;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly MqttConnection _connection;
    private readonly RequestClient _requests;
    private readonly JobsEventQueue _events;
    private readonly CancellationTokenSource _closing = new();
    private readonly string[] _filters;
    private readonly string _startNextTopic;
    private Task _reconnecting = Task.CompletedTask;
    private readonly Lock _gate = new();
    private readonly LogThrottle _notRead;
    private readonly LogThrottle _notKnown;
    private long _connectedAt;
    private bool _subscribed;
    private string? _lost;
    private CertificateFacts? _certificate;
    private JobTopic? _lastUpdate;

    /// <summary>Makes a client that is not yet connected.</summary>
    /// <param name="thingName">The thing, 1 to 128 characters of <c>[a-zA-Z0-9:_-]</c>.</param>
    /// <param name="options">Where and how to connect.</param>
    /// <param name="backoff">How long to wait between attempts.</param>
    /// <param name="time">The clock of time-outs and certificates.</param>
    /// <param name="random">Where tokens come from.</param>
    /// <param name="logger">Where events of the connection are logged.</param>
    /// <exception cref="ArgumentException"><paramref name="thingName"/> can't be a thing name.</exception>
    public JobsClient(string thingName, MqttConnectionOptions options, ReconnectBackoff backoff, TimeProvider time, Random random, ILogger logger)
    {
        ThingName = thingName;
        _options = options;
        _backoff = backoff;
        _time = time;
        _logger = logger;
        _filters = FiltersOf(thingName);
        _startNextTopic = JobsTopics.StartNextPendingJobExecution(thingName);
        _events = new JobsEventQueue(options.ContinueInline);
        _connection = new MqttConnection(options with { CertificateUsed = facts => _certificate = facts }, this, time, logger);
        _requests = new RequestClient(JobsSpec.Instance, _connection.PublishAsync, options.RequestTimeout, time, random, logger)
        {
            Unacknowledged = _connection.Probe,
            ContinueInline = options.ContinueInline,
        };
        _notRead = new LogThrottle(time);
        _notKnown = new LogThrottle(time);
    }

    /// <inheritdoc/>
    public string ThingName { get; }

    /// <summary>The topic filters that the client subscribes to: the replies to its requests, and the notification that the next job has changed.</summary>
    /// <param name="thingName">The thing.</param>
    /// <exception cref="ArgumentException"><paramref name="thingName"/> can't be a thing name.</exception>
    public static string[] FiltersOf(string thingName) =>
    [
        JobsTopics.NextJobExecutionChangedFilter(thingName),
        JobsTopics.StartNextPendingJobExecutionReplyFilter(thingName),
        JobsTopics.GetPendingJobExecutionsReplyFilter(thingName),
        JobsTopics.DescribeJobExecutionReplyFilter(thingName),
        JobsTopics.UpdateJobExecutionReplyFilter(thingName),
    ];

    /// <summary>
    /// Whether the caller acknowledges replies and notifications itself, by their <c>Receipt</c>, when what they brought can't be
    /// lost any more. Otherwise, and unless set, each is acknowledged on receipt.
    /// </summary>
    public bool HoldsReceipts
    {
        get => _requests.HoldsReceipts;
        init => _requests.HoldsReceipts = value;
    }

    /// <inheritdoc/>
    public Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(_options.CleanStart, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<JobsEvent?> ReadEventAsync(CancellationToken cancellationToken) => _events.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Reply<GetPendingJobExecutionsResponse, RejectedResponse>> GetPendingAsync(CancellationToken cancellationToken) =>
        _requests.RequestAsync(
            JobsOperations.GetPendingJobExecutions,
            JobsTopics.GetPendingJobExecutions(ThingName),
            new GetPendingJobExecutionsRequest(),
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Reply<StartNextPendingJobExecutionResponse, RejectedResponse>> StartNextAsync(
        StartNextPendingJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _requests.RequestAsync(
            JobsOperations.StartNextPendingJobExecution,
            _startNextTopic,
            request,
            cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Reply<DescribeJobExecutionResponse, RejectedResponse>> DescribeAsync(
        string jobId,
        DescribeJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _requests.RequestAsync(JobsOperations.DescribeJobExecution, JobsTopics.DescribeJobExecution(ThingName, jobId), request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Reply<UpdateJobExecutionResponse, RejectedResponse>> UpdateAsync(
        string jobId,
        UpdateJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _requests.RequestAsync(JobsOperations.UpdateJobExecution, UpdateTopic(jobId), request, cancellationToken);

    /// <inheritdoc/>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await StopReconnectingAsync().ConfigureAwait(false);
        await _connection.DisconnectAsync(cancellationToken).ConfigureAwait(false);
        _requests.FailAll("the client has disconnected");
    }

    /// <summary>Connects again when the credential files hold another certificate than the connection was made with. Files that can't be used are logged, and change nothing.</summary>
    public void ReconnectIfRenewed() => _connection.DropIfRenewed();

    /// <summary>Closes without a goodbye and ends the events: the next read gets what still waits, then null.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopReconnectingAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _requests.FailAll("the client is closed");
        _events.Complete();
    }

    /// <summary>The topic of an update. A job has several, one after the other.</summary>
    private string UpdateTopic(string jobId)
    {
        JobTopic? last = _lastUpdate;
        return (last?.JobId == jobId ? last : _lastUpdate = new JobTopic(jobId, JobsTopics.UpdateJobExecution(ThingName, jobId))).Topic;
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        if (_requests.TryAccept(topic, payload, receipt, out int channel))
        {
            return;
        }

        if (channel != JobsOperations.NextJobExecutionChanged.Channel)
        {
            receipt.Acknowledge();
            if (_notKnown.TryPass(out string others))
            {
                ClientLog.TopicNotKnown(_logger, topic, others);
            }

            return;
        }

        if (!NextJobExecutionChangedEventView.TryRead(payload.Span, out _, out CodecError error) && _notRead.TryPass(out string more))
        {
            ClientLog.EventNotRead(_logger, topic, error.ToString(), more);
        }

        if (!HoldsReceipts)
        {
            receipt.Acknowledge();
        }

        // Also one that can't be read: what the head is can be asked.
        _events.AddNotification(payload, receipt);
    }

    void IMqttHandler.OnDisconnected(string reason)
    {
        _requests.FailAll(reason);

        lock (_gate)
        {
            _lost = reason;

            // Before every subscription is granted, the caller of ConnectAsync hears of it instead.
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
            _events.Add(new JobsEvent.Disconnected(reason));
            _reconnecting = ReconnectAsync();
        }
    }

    private async Task StopReconnectingAsync()
    {
        // Outside of the lock: what is cancelled may go on in this thread.
        await _closing.CancelAsync().ConfigureAwait(false);
        Task reconnecting;
        lock (_gate)
        {
            _subscribed = false;
            reconnecting = _reconnecting;
        }

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

            ConnectResult result = await _connection.ConnectAsync(cleanStart, cancellationToken).ConfigureAwait(false);
            if (!result.IsConnected)
            {
                return result;
            }

            // Also with a session: it costs one packet, and the session may be of an agent that subscribed to less.
            if (await _connection.SubscribeAsync(_filters, cancellationToken).ConfigureAwait(false) is { } failure)
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

                // Within the lock: a loss that follows at once is told after it.
                _events.Add(new JobsEvent.Connected(result.SessionPresent));
            }

            ClientLog.Connected(_logger, _options.Host, _connection.Port, _options.ClientId, _filters.Length);
            return result;
        }
        finally
        {
            // Not before: whoever is told may look at a disk, and nothing of that need be waited for to subscribe.
            if (_certificate is { } certificate)
            {
                _certificate = null;
                _options.CertificateUsed?.Invoke(certificate);
            }

            if (!subscribed)
            {
                // Also when the caller gave up: a connection without its subscriptions is of no use.
                await _connection.DisconnectAsync(CancellationToken.None).ConfigureAwait(false);
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
                // Yielding even when the wait is next to nothing: the caller is in the middle of closing the old connection.
                await Task.Delay(wait, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                ConnectResult result;
                try
                {
                    result = await ConnectAsync(cleanStart: false, _closing.Token).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OutOfMemoryException && !_closing.IsCancellationRequested)
                {
                    // Whatever it was: a board that stops trying is lost.
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

    private sealed record JobTopic(string JobId, string Topic);
}
