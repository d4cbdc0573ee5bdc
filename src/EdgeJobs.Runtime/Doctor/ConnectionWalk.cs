using System.Collections.Concurrent;
using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>
/// Connects as the agent does, with the agent's own client, and tells each stage on the way; then asks for each subscription by
/// itself, and sends each request of the Jobs API in a form that changes nothing.
/// </summary>
internal sealed class ConnectionWalk : IMqttHandler, IConnectObserver, IAsyncDisposable
{
    /// <summary>No JSON: the service rejects it before it looks for a job, which is all that is wanted of it.</summary>
    private static readonly byte[] NoRequest = Encoding.UTF8.GetBytes("{\"clientToken\":\"edgejobs-doctor\"");

    private readonly AgentSettings _settings;
    private readonly DoctorReport _report;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly MqttConnection _connection;
    private readonly RequestClient _requests;
    private readonly TaskCompletionSource<string> _startNextReply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<string> _granted = [];
    private readonly ConcurrentDictionary<string, bool> _heard = new();
    private bool _isFirst = true;

    /// <summary>Makes a walk that has not begun.</summary>
    public ConnectionWalk(AgentSettings settings, DoctorReport report, TimeProvider time, Random random)
    {
        (_settings, _report, _time, _random) = (settings, report, time, random);
        _connection = new MqttConnection(settings.Connection with { Observer = this }, this, time, NullLogger.Instance);
        _requests = new RequestClient(JobsSpec.Instance, _connection.PublishAsync, settings.Connection.RequestTimeout, time, random, NullLogger.Instance);
    }

    private string Thing => _settings.ThingName;

    /// <summary>Walks as far as it goes.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!await ConnectAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        _isFirst = false;
        foreach (string filter in JobsClient.FiltersOf(Thing))
        {
            await SubscribeAsync(filter, cancellationToken).ConfigureAwait(false);
        }

        await AskAsync(cancellationToken).ConfigureAwait(false);
        await _connection.DisconnectAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <inheritdoc/>
    public void Passed(ConnectStage stage, string detail)
    {
        if (_isFirst && stage is not (ConnectStage.Credentials or ConnectStage.Subscribe))
        {
            _report.Add(DoctorCheck.Pass(StageName.Of(stage), detail));
        }
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageReceipt receipt)
    {
        _heard[topic] = true;
        if (topic == JobsTopics.StartNextPendingJobExecutionRejected(Thing))
        {
            _startNextReply.TrySetResult(RejectedResponse.TryRead(payload, out RejectedResponse? rejected, out _) ? rejected.Code.ToWireString() : "");
        }

        if (!_requests.TryAccept(topic, payload, receipt, out _))
        {
            receipt.Acknowledge();
        }
    }

    void IMqttHandler.OnDisconnected(string reason) => _requests.FailAll(reason);

    private async Task<bool> ConnectAsync(CancellationToken cancellationToken)
    {
        // Nothing that waits for the agent is discarded.
        ConnectResult result = await _connection.ConnectAsync(cleanStart: false, cancellationToken).ConfigureAwait(false);
        if (result.IsConnected)
        {
            return true;
        }

        _report.Add(DoctorCheck.Fail(StageName.Of(result.Failure.Stage), RunningAgent.CodeOf(result.Failure.Kind), result.Failure.Message));
        if (_isFirst)
        {
            _report.Skip(StageName.After(result.Failure.Stage, _settings.Connection.Proxy is not null), "not reached");
        }

        return false;
    }

    /// <summary>Connects again where a refusal has ended the connection.</summary>
    private async Task<bool> IsConnectedAsync(string name, string what, CancellationToken cancellationToken)
    {
        if (_connection.IsConnected)
        {
            return true;
        }

        ConnectResult result = await _connection.ConnectAsync(cleanStart: false, cancellationToken).ConfigureAwait(false);
        if (!result.IsConnected)
        {
            _report.Add(DoctorCheck.Fail(name, RunningAgent.CodeOf(result.Failure.Kind), $"{what} can't be tried, the connection is lost: {result.Failure.Message}"));
            return false;
        }

        // Without a session the subscriptions are gone; those that were granted are granted again.
        foreach (string granted in result.SessionPresent ? [] : _granted)
        {
            _ = await _connection.SubscribeAsync([granted], cancellationToken).ConfigureAwait(false);
        }

        return true;
    }

    private async Task SubscribeAsync(string filter, CancellationToken cancellationToken)
    {
        if (!await IsConnectedAsync(StageName.Subscribe, filter, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        // By itself: a refusal may end the connection without naming the filter.
        ConnectFailure? failure = await _connection.SubscribeAsync([filter], cancellationToken).ConfigureAwait(false);
        if (failure is null)
        {
            _granted.Add(filter);
            _report.Add(DoctorCheck.Pass(StageName.Subscribe, filter));
        }
        else
        {
            _report.Add(DoctorCheck.Fail(StageName.Subscribe, RunningAgent.CodeOf(failure.Kind), failure.Message));

            // The next is tried on a connection that nothing is known against.
            await _connection.DisconnectAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        GetPendingJobExecutionsResponse? pending = await RequestAsync(
            StageName.Get,
            JobsOperations.GetPendingJobExecutions,
            JobsTopics.GetPendingJobExecutions(Thing),
            JobsTopics.GetPendingJobExecutionsReplyFilter(Thing),
            new GetPendingJobExecutionsRequest(),
            a => $"the service answers: {a.InProgressJobs?.Count ?? 0} jobs in progress, {a.QueuedJobs?.Count ?? 0} queued",
            null,
            cancellationToken).ConfigureAwait(false);
        if (pending?.Timestamp is { } timestamp)
        {
            _report.Add(ClockCheck.Compare(_time.GetUtcNow(), timestamp));
        }

        await RequestAsync(
            StageName.Describe,
            JobsOperations.DescribeJobExecution,
            JobsTopics.DescribeJobExecution(Thing, "$next"),
            JobsTopics.DescribeJobExecutionReplyFilter(Thing),
            new DescribeJobExecutionRequest { IncludeJobDocument = false },
            a => a.Execution is { JobId: { } job } ? $"the service answers: the next job is {job}" : "the service answers: no job is pending",
            null,
            cancellationToken).ConfigureAwait(false);

        // A job that can't exist: the service says so, and nothing is changed.
        string nobody = $"edgejobs-doctor-{_random.Next():x8}";
        await RequestAsync(
            StageName.Update,
            JobsOperations.UpdateJobExecution,
            JobsTopics.UpdateJobExecution(Thing, nobody),
            JobsTopics.UpdateJobExecutionReplyFilter(Thing),
            new UpdateJobExecutionRequest { Status = JobExecutionUpdateStatus.InProgress },
            _ => "the service answers",
            RejectionCode.ResourceNotFound,
            cancellationToken).ConfigureAwait(false);
        await StartNextAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<TAccepted?> RequestAsync<TRequest, TAccepted>(
        string name,
        RequestOperation<TRequest, TAccepted, RejectedResponse> operation,
        string topic,
        string filter,
        TRequest request,
        Func<TAccepted, string> describe,
        RejectionCode? expected,
        CancellationToken cancellationToken)
        where TRequest : class, ICorrelatedMessage<TRequest>
        where TAccepted : class, ICorrelatedMessage<TAccepted>
    {
        if (!await MayAskAsync(name, filter, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        Reply<TAccepted, RejectedResponse> reply = await _requests.RequestAsync(operation, topic, request, cancellationToken).ConfigureAwait(false);
        _report.Add(reply.Status switch
        {
            ReplyStatus.Accepted => DoctorCheck.Pass(name, describe(reply.Accepted!)),
            ReplyStatus.Rejected when reply.Rejected!.Code == expected => DoctorCheck.Pass(name, "the service answers (that there is no such job, as it must)"),
            ReplyStatus.Rejected => DoctorCheck.Warn(name, $"the service answers, but rejects {operation.Name}: {reply.Rejected!.Code.ToWireString()} {reply.Rejected.Message}"),
            ReplyStatus.TimedOut => DoctorCheck.Fail(name, ExitCode.Refused, NoReply(topic, filter)),
            ReplyStatus.Refused => DoctorCheck.Fail(name, ExitCode.Refused, reply.Reason),
            _ => DoctorCheck.Fail(name, ExitCode.CanNotConnect, $"{reply.Reason}; should this happen again on AWS IoT: allow iot:Publish for topic/{topic} in the thing's policy"),
        });
        return reply.Accepted;
    }

    /// <summary>Shows that start-next may be asked for and answered, without starting a job.</summary>
    private async Task StartNextAsync(CancellationToken cancellationToken)
    {
        string topic = JobsTopics.StartNextPendingJobExecution(Thing);
        string filter = JobsTopics.StartNextPendingJobExecutionReplyFilter(Thing);
        if (!await MayAskAsync(StageName.StartNext, filter, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        PublishResult published = await _connection.PublishAsync(topic, NoRequest, QualityOfService.AtLeastOnce, cancellationToken).ConfigureAwait(false);
        if (published.Status != PublishStatus.Acknowledged)
        {
            _report.Add(published.Status == PublishStatus.Refused
                ? DoctorCheck.Fail(StageName.StartNext, ExitCode.Refused, published.Reason)
                : DoctorCheck.Fail(StageName.StartNext, ExitCode.CanNotConnect, $"{published.Reason}; should this happen again on AWS IoT: allow iot:Publish for topic/{topic} in the thing's policy"));
            return;
        }

        try
        {
            string code = await _startNextReply.Task.WaitAsync(_settings.Connection.RequestTimeout, _time, cancellationToken).ConfigureAwait(false);
            _report.Add(DoctorCheck.Pass(StageName.StartNext, $"the service answers ({code} to what was no request: no job was started)"));
        }
        catch (TimeoutException)
        {
            _report.Add(DoctorCheck.Fail(StageName.StartNext, ExitCode.Refused, NoReply(topic, filter)));
        }
    }

    private async Task<bool> MayAskAsync(string name, string filter, CancellationToken cancellationToken)
    {
        if (!_granted.Contains(filter))
        {
            _report.Add(DoctorCheck.Skip(name, $"needs the subscription to {filter}"));
            return false;
        }

        return await IsConnectedAsync(name, "the request", cancellationToken).ConfigureAwait(false);
    }

    private string NoReply(string topic, string filter)
    {
        string what = $"no reply to {topic} within {_settings.Connection.RequestTimeout.TotalSeconds:0} s";
        foreach (string reply in (ReadOnlySpan<string>)[topic + "/accepted", topic + "/rejected"])
        {
            if (_heard.ContainsKey(reply))
            {
                return $"{what}: something came on {reply}, but without the clientToken of the request; the service there answers as no Jobs service does";
            }
        }

        return $"{what}, though the server took the request; on AWS IoT: allow iot:Receive for topic/{filter.Replace('+', '*')} in the thing's policy; elsewhere: check that a Jobs service is attached to the broker";
    }
}
