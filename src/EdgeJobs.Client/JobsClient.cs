using EdgeJobs.Client.Events;
using EdgeJobs.Client.Logging;
using EdgeJobs.Client.Services;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>AWS IoT Jobs over MQTT for one thing.</summary>
public sealed class JobsClient : IEventListener, IAsyncDisposable
{
    private readonly JobsClientOptions _options;
    private readonly ServiceClient _service;
    private readonly JobsEventQueue _events;
    private readonly LogThrottle _notRead;
    private readonly string _nextFilter;
    private readonly string _startNextTopic;
    private JobTopic? _lastUpdate;

    /// <summary>Creates a client that is not connected yet.</summary>
    /// <exception cref="ArgumentException"><see cref="JobsClientOptions.ThingName"/> is not a valid thing name.</exception>
    public JobsClient(JobsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThingName = options.ThingName;
        _options = options;
        string[] filters = FiltersOf(ThingName);
        _nextFilter = filters[0];
        _startNextTopic = JobsTopics.StartNextPendingJobExecution(ThingName);
        _events = new JobsEventQueue(options.Connection.ContinueInline);
        _notRead = new LogThrottle(options.Time);
        _service = new ServiceClient(JobsSpec.Instance, new ServiceClientOptions
        {
            Connection = options.Connection,
            Filters = filters,
            AcknowledgesManually = options.AcknowledgesManually,
            ConnectionChanged = change => _events.Add(
                change.IsConnected ? new JobsEvent.Connected(change.SessionPresent) : new JobsEvent.Disconnected(change.Reason)),
            Backoff = options.Backoff,
            Time = options.Time,
            Random = options.Random,
            Logger = options.Logger,
        });
        _service.Add(this);
    }

    /// <summary>The thing.</summary>
    public string ThingName { get; }

    int IEventListener.Channel => JobsOperations.NextJobExecutionChanged.Channel;

    string IEventListener.Filter => _nextFilter;

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
    public Task<ConnectResult> ConnectAsync(CancellationToken cancellationToken) => _service.ConnectAsync(cancellationToken);

    /// <summary>The next event; null after the client is disposed. Supports one reader.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ValueTask<JobsEvent?> ReadEventAsync(CancellationToken cancellationToken) => _events.ReadAsync(cancellationToken);

    /// <summary>Lists the job executions that are QUEUED or IN_PROGRESS.</summary>
    public ValueTask<Reply<GetPendingJobExecutionsResponse, RejectedResponse>> GetPendingAsync(CancellationToken cancellationToken) =>
        _service.Requests.RequestAsync(
            JobsOperations.GetPendingJobExecutions,
            JobsTopics.GetPendingJobExecutions(ThingName),
            new GetPendingJobExecutionsRequest(),
            cancellationToken);

    /// <summary>Starts the next pending job execution.</summary>
    public ValueTask<Reply<StartNextPendingJobExecutionResponse, RejectedResponse>> StartNextAsync(
        StartNextPendingJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _service.Requests.RequestAsync(
            JobsOperations.StartNextPendingJobExecution,
            _startNextTopic,
            request,
            cancellationToken);

    /// <summary>Starts the next pending job execution, and reads the reply in place.</summary>
    internal ValueTask<Reply<TResult, RejectedResponse>> StartNextAsync<TResult>(
        StartNextPendingJobExecutionRequest request,
        ReplyReader<TResult> reader,
        CancellationToken cancellationToken) =>
        _service.Requests.RequestAsync(JobsOperations.StartNextPendingJobExecution, _startNextTopic, request, reader, cancellationToken);

    /// <summary>Describes one job execution.</summary>
    /// <param name="jobId">The job, or <c>$next</c>.</param>
    /// <param name="request">Which execution of the job, and whether to include its document.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException"><paramref name="jobId"/> is not a valid job id.</exception>
    public ValueTask<Reply<DescribeJobExecutionResponse, RejectedResponse>> DescribeAsync(
        string jobId,
        DescribeJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _service.Requests.RequestAsync(
            JobsOperations.DescribeJobExecution, JobsTopics.DescribeJobExecution(ThingName, jobId), request, cancellationToken);

    /// <summary>Describes one job execution, and reads the reply in place.</summary>
    internal ValueTask<Reply<TResult, RejectedResponse>> DescribeAsync<TResult>(
        string jobId,
        DescribeJobExecutionRequest request,
        ReplyReader<TResult> reader,
        CancellationToken cancellationToken) =>
        _service.Requests.RequestAsync(
            JobsOperations.DescribeJobExecution, JobsTopics.DescribeJobExecution(ThingName, jobId), request, reader, cancellationToken);

    /// <summary>Updates a job execution.</summary>
    /// <param name="jobId">The job.</param>
    /// <param name="request">The report.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException"><paramref name="jobId"/> is not a valid job id.</exception>
    public ValueTask<Reply<UpdateJobExecutionResponse, RejectedResponse>> UpdateAsync(
        string jobId,
        UpdateJobExecutionRequest request,
        CancellationToken cancellationToken) =>
        _service.Requests.RequestAsync(JobsOperations.UpdateJobExecution, UpdateTopic(jobId), request, cancellationToken);

    /// <summary>Updates a job execution, and reads the reply in place.</summary>
    internal ValueTask<Reply<TResult, RejectedResponse>> UpdateAsync<TResult>(
        string jobId,
        UpdateJobExecutionRequest request,
        ReplyReader<TResult> reader,
        CancellationToken cancellationToken) =>
        _service.Requests.RequestAsync(JobsOperations.UpdateJobExecution, UpdateTopic(jobId), request, reader, cancellationToken);

    /// <summary>Sends DISCONNECT, closes the connection and stops reconnecting.</summary>
    public Task DisconnectAsync(CancellationToken cancellationToken) => _service.DisconnectAsync(cancellationToken);

    /// <summary>
    /// Reconnects if the credential files hold a certificate other than the connection's. If the files can't be used, this is logged
    /// and the connection stays.
    /// </summary>
    public void ReconnectIfRenewed() => _service.Connection.Mqtt.DropIfRenewed();

    /// <summary>Closes without sending DISCONNECT and completes the events: reads return the queued events, then null.</summary>
    public ValueTask DisposeAsync() => _service.DisposeAsync();

    /// <summary>The topic of an update, cached because a job has several updates in a row.</summary>
    private string UpdateTopic(string jobId)
    {
        JobTopic? last = _lastUpdate;
        return (last?.JobId == jobId ? last : _lastUpdate = new JobTopic(jobId, JobsTopics.UpdateJobExecution(ThingName, jobId))).Topic;
    }

    void IEventListener.Take(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        if (!NextJobExecutionChangedEventView.TryRead(payload.Span, out _, out CodecError error) && _notRead.TryPass(out string more))
        {
            ClientLog.EventNotRead(_options.Logger, topic, error.ToString(), more);
        }

        // Also if it can't be read: the reader can query the head.
        _events.AddNotification(payload, receipt);
    }

    void IEventListener.Complete() => _events.Complete();

    private sealed record JobTopic(string JobId, string Topic);
}
