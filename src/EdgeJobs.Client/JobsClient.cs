using EdgeJobs.Client.Events;
using EdgeJobs.Client.Logging;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Client;

/// <summary>AWS IoT Jobs over MQTT for one thing.</summary>
public sealed class JobsClient : IMqttHandler, IAsyncDisposable
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

    /// <summary>Creates a client that is not connected yet.</summary>
    /// <exception cref="ArgumentException"><see cref="JobsClientOptions.ThingName"/> is not a valid thing name.</exception>
    public JobsClient(JobsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThingName = options.ThingName;
        _options = options.Connection;
        _backoff = options.Backoff ?? new ReconnectBackoff(options.Random);
        _time = options.Time;
        _logger = options.Logger;
        _filters = FiltersOf(ThingName);
        _startNextTopic = JobsTopics.StartNextPendingJobExecution(ThingName);
        _events = new JobsEventQueue(_options.ContinueInline);
        _connection = new MqttConnection(_options with { CertificateUsed = facts => _certificate = facts }, this, _time, _logger);
        _requests = new RequestClient(JobsSpec.Instance, _connection.PublishAsync, _options.RequestTimeout, _time, options.Random, _logger)
        {
            Unacknowledged = _connection.Probe,
            ContinueInline = _options.ContinueInline,
            AcknowledgesManually = options.AcknowledgesManually,
        };
        _notRead = new LogThrottle(_time);
        _notKnown = new LogThrottle(_time);
    }

    /// <summary>The thing.</summary>
    public string ThingName { get; }

    /// <summary>The topic filters that the client subscribes to: the replies to its requests, and notifications of the next job.</summary>
    /// <param name="thingName">The thing.</param>
    /// <exception cref="ArgumentException"><paramref name="thingName"/> is not a valid thing name.</exception>
    public static string[] FiltersOf(string thingName) =>
    [
        JobsTopics.NextJobExecutionChangedFilter(thingName),
        JobsTopics.StartNextPendingJobExecutionReplyFilter(thingName),
        JobsTopics.GetPendingJobExecutionsReplyFilter(thingName),
        JobsTopics.DescribeJobExecutionReplyFilter(thingName),
        JobsTopics.UpdateJobExecutionReplyFilter(thingName),
    ];

    /// <summary>Connects and subscribes. Call it once; after it succeeds the client reconnects automatically.</summary>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>Success when the server has granted every subscription; otherwise the failure.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(_options.CleanStart, cancellationToken);

    /// <summary>The next event; null after the client is disposed. Supports one reader.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<JobsEvent?> ReadEventAsync(CancellationToken cancellationToken) => _events.ReadAsync(cancellationToken);

    /// <summary>Lists the job executions that are QUEUED or IN_PROGRESS.</summary>
    public ValueTask<Reply<GetPendingJobExecutionsResponse, RejectedResponse>> GetPendingAsync(CancellationToken cancellationToken) =>
        _requests.RequestAsync(
            JobsOperations.GetPendingJobExecutions,
            JobsTopics.GetPendingJobExecutions(ThingName),
            new GetPendingJobExecutionsRequest(),
            cancellationToken);

    /// <summary>Starts the next pending job execution.</summary>
    public ValueTask<Reply<StartNextPendingJobExecutionResponse, RejectedResponse>> StartNextAsync(
        StartNextPendingJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _requests.RequestAsync(
            JobsOperations.StartNextPendingJobExecution,
            _startNextTopic,
            request,
            cancellationToken);

    /// <summary>Describes one job execution.</summary>
    /// <param name="jobId">The job, or <c>$next</c>.</param>
    /// <param name="request">Which execution of the job, and whether to include its document.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException"><paramref name="jobId"/> is not a valid job id.</exception>
    public ValueTask<Reply<DescribeJobExecutionResponse, RejectedResponse>> DescribeAsync(
        string jobId,
        DescribeJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _requests.RequestAsync(
            JobsOperations.DescribeJobExecution, JobsTopics.DescribeJobExecution(ThingName, jobId), request, cancellationToken);

    /// <summary>Updates a job execution.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="request">The report.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException"><paramref name="jobId"/> is not a valid job id.</exception>
    public ValueTask<Reply<UpdateJobExecutionResponse, RejectedResponse>> UpdateAsync(
        string jobId,
        UpdateJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _requests.RequestAsync(JobsOperations.UpdateJobExecution, UpdateTopic(jobId), request, cancellationToken);

    /// <summary>Sends DISCONNECT, closes the connection and stops reconnecting.</summary>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        await StopReconnectingAsync().ConfigureAwait(false);
        await _connection.DisconnectAsync(cancellationToken).ConfigureAwait(false);
        _requests.FailAll("the client has disconnected");
    }

    /// <summary>
    /// Reconnects if the credential files hold a certificate other than the connection's. If the files can't be used, this is logged
    /// and the connection stays.
    /// </summary>
    public void ReconnectIfRenewed() => _connection.DropIfRenewed();

    /// <summary>Closes without sending DISCONNECT and completes the events: reads return the queued events, then null.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopReconnectingAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _requests.FailAll("the client is closed");
        _events.Complete();
    }

    /// <summary>The topic of an update, cached because a job has several updates in a row.</summary>
    private string UpdateTopic(string jobId)
    {
        JobTopic? last = _lastUpdate;
        return (last?.JobId == jobId ? last : _lastUpdate = new JobTopic(jobId, JobsTopics.UpdateJobExecution(ThingName, jobId))).Topic;
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        if (_requests.TryAccept(topic, payload, properties, receipt, out int channel))
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

        if (!_requests.AcknowledgesManually)
        {
            receipt.Acknowledge();
        }

        // Also if it can't be read: the reader can query the head.
        _events.AddNotification(payload, receipt);
    }

    void IMqttHandler.OnDisconnected(string reason)
    {
        _requests.FailAll(reason);

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
            _events.Add(new JobsEvent.Disconnected(reason));
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

            // Also if the server has a session: it costs one packet, and an older agent may have subscribed to fewer topics.
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

                // Inside the lock, so that the event of an immediate loss comes after this one.
                _events.Add(new JobsEvent.Connected(result.SessionPresent));
            }

            ClientLog.Connected(_logger, _options.Host, _connection.Port, _options.ClientId, _filters.Length);
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

    private sealed record JobTopic(string JobId, string Topic);
}
