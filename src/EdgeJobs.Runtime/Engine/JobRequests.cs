using System.Runtime.CompilerServices;
using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Engine;

/// <summary>Sends the state machine's requests and turns the replies into events.</summary>
internal sealed class JobRequests
{
    private const int MaxIdBytes = 64;
    private const int MaxLoggedId = 80;
    private static readonly ExecutionOffer UnknownHead = new(default, JobExecutionStatus.Unknown, 0, null);
    private static readonly StartNextPendingJobExecutionRequest NextOne = new();
    private readonly JobsClient _client;
    private readonly JobDocumentReader _documents;
    private readonly BoardFacts _facts;
    private readonly ILogger _logger;
    private readonly Func<JobPlan, string?>? _findDenied;
    private readonly ReplyReader<JobEvent.ExecutionFetched?> _readStarted;
    private readonly ReplyReader<JobEvent.ExecutionFetched?> _readDescribed;
    private readonly ReplyReader<JobEvent.ExecutionFetched?> _readState;
    private string _lastJobId = string.Empty;

    /// <param name="client">The service.</param>
    /// <param name="documents">Reads job documents.</param>
    /// <param name="facts">The facts that conditions compare.</param>
    /// <param name="logger">The agent's log.</param>
    /// <param name="findDenied">
    /// Returns what the board's policy denies in a job, or null if it allows the job; null if there is no policy.
    /// </param>
    public JobRequests(
        JobsClient client, JobDocumentReader documents, BoardFacts facts, ILogger logger, Func<JobPlan, string?>? findDenied = null)
    {
        _client = client;
        _documents = documents;
        _facts = facts;
        _logger = logger;
        _findDenied = findDenied;

        // One delegate each: a request allocates none.
        _readStarted = (reply, _, out fetched, out error) => ReadStarted(reply, out fetched, out error);
        _readDescribed = (reply, _, out fetched, out error) => ReadDescribed(reply, withDocument: true, out fetched, out error);
        _readState = (reply, _, out fetched, out error) => ReadDescribed(reply, withDocument: false, out fetched, out error);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> ListAsync(JobCommand.ListPending command, CancellationToken cancellationToken)
    {
        Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply =
            await _client.GetPendingAsync(cancellationToken).ConfigureAwait(false);
        RequestResult result = RequestResult.Of(reply.Status, reply.Rejected, reply.Reason);
        if (reply.Accepted is { } pending)
        {
            AgentLog.Pending(_logger, Names(pending.InProgressJobs), Names(pending.QueuedJobs));
        }
        else
        {
            AgentLog.PendingNotListed(_logger, result.Reason);
        }

        return new QueuedEvent(new JobEvent.PendingListed(command.RequestId, result), reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> StartNextAsync(JobCommand.StartNext command, CancellationToken cancellationToken) =>
        Fetched(command.RequestId, await _client.StartNextAsync(NextOne, _readStarted, cancellationToken).ConfigureAwait(false));

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> DescribeAsync(JobCommand.Describe command, CancellationToken cancellationToken)
    {
        DescribeJobExecutionRequest request = new()
        {
            ExecutionNumber = command.ExecutionNumber,
            IncludeJobDocument = command.WithDocument,
        };
        ReplyReader<JobEvent.ExecutionFetched?> reader = command.WithDocument ? _readDescribed : _readState;
        return Fetched(
            command.RequestId, await _client.DescribeAsync(command.JobId, request, reader, cancellationToken).ConfigureAwait(false));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> UpdateAsync(JobCommand.Update command, CancellationToken cancellationToken)
    {
        Reply<ExecutionSnapshot?, RejectedResponse> reply =
            await _client.UpdateAsync<ExecutionSnapshot?>(command.Key.JobId, command.Report, ReadUpdated, cancellationToken)
                .ConfigureAwait(false);
        RejectedResponse? rejected = reply.Rejected;
        ExecutionSnapshot? snapshot = rejected?.ExecutionState is { Status: { } status, VersionNumber: { } version }
            ? new ExecutionSnapshot(status, version)
            : reply.Accepted;
        RequestResult result = RequestResult.Of(reply.Status, rejected, reply.Reason);
        return new QueuedEvent(new JobEvent.UpdateCompleted(command.RequestId, result, snapshot), reply.Receipt);
    }

    /// <summary>Reads a step of an execution again from the service, which returns new signed URLs in the document.</summary>
    /// <returns>The step; null if the service does not answer, or has another document.</returns>
    public async ValueTask<StepPlan?> RefreshAsync(JobKey key, int index, CancellationToken cancellationToken)
    {
        DescribeJobExecutionRequest request = new()
        {
            ExecutionNumber = key.ExecutionNumber == 0 ? null : key.ExecutionNumber,
            IncludeJobDocument = true,
        };
        Reply<DescribeJobExecutionResponse, RejectedResponse> reply =
            await _client.DescribeAsync(key.JobId, request, cancellationToken).ConfigureAwait(false);
        JobPlan? plan = reply.Accepted?.Execution is { } execution ? PlanOf(_documents, execution.JobDocument.Utf8) : null;

        // Received again after a lost acknowledgement, it would be a reply that nobody waits for.
        reply.Receipt.Acknowledge();
        return plan is not null && index < plan.Steps.Count ? plan.Steps[index] : null;
    }

    /// <summary>The queue's head in a notification. If it can't be decoded or has no valid job id, the head has the default key.</summary>
    public JobEvent HeadOf(ReadOnlySpan<byte> notification)
    {
        if (!NextJobExecutionChangedEventView.TryRead(notification, out NextJobExecutionChangedEventView message, out _))
        {
            return new JobEvent.HeadChanged(PartialExecution.Find(notification, string.Empty) ?? UnknownHead);
        }

        if (!message.Execution.HasValue)
        {
            return new JobEvent.HeadChanged(null);
        }

        ExecutionOffer head = KeyOf(message.Execution) is { } key
            ? OfferOf(key, message.Execution, message.Execution.Status ?? JobExecutionStatus.Unknown)
            : UnknownHead;
        return new JobEvent.HeadChanged(head);
    }

    /// <summary>The execution state in the reply to an update, if it has one.</summary>
    private static bool ReadUpdated(
        ReadOnlyMemory<byte> reply, MessageProperties properties, out ExecutionSnapshot? snapshot, out CodecError error)
    {
        bool isRead = UpdateJobExecutionResponseView.TryRead(reply.Span, out UpdateJobExecutionResponseView response, out error);
        snapshot = isRead && response.ExecutionState is { Status: { } status, VersionNumber: { } version }
            ? new ExecutionSnapshot(status, version)
            : null;
        return isRead;
    }

    private static ExecutionOffer OfferOf(
        JobKey key,
        JobExecutionView execution,
        JobExecutionStatus status,
        DocumentResult? document = null,
        ReadOnlyMemory<byte> json = default) =>
        new(key, status, execution.VersionNumber ?? 0, document)
        {
            QueuedAt = execution.QueuedAt ?? 0,
            StartedAt = execution.StartedAt ?? 0,
            Json = json,
        };

    private static QueuedEvent Fetched(long id, Reply<JobEvent.ExecutionFetched?, RejectedResponse> reply)
    {
        JobEvent.ExecutionFetched? fetched = reply.Accepted;
        if (fetched is null)
        {
            RequestResult result = RequestResult.Of(reply.Status, reply.Rejected, reply.Reason);
            fetched = result.Status == ReplyStatus.Undecodable && PartialExecution.Find(reply.Payload.Span, result.Reason) is { } found
                ? Described(found)
                : new JobEvent.ExecutionFetched(id, result, null);
        }

        return new QueuedEvent(fetched with { RequestId = id }, reply.Receipt);
    }

    private static JobEvent.ExecutionFetched Described(ExecutionOffer? execution) => new(0, RequestResult.Accepted, execution);

    private static JobEvent.ExecutionFetched Unusable(string reason) =>
        new(0, new RequestResult(ReplyStatus.Undecodable, default, reason), null);

    private bool ReadStarted(ReadOnlyMemory<byte> reply, out JobEvent.ExecutionFetched? fetched, out CodecError error)
    {
        bool isRead =
            StartNextPendingJobExecutionResponseView.TryRead(reply.Span, out StartNextPendingJobExecutionResponseView response, out error);
        fetched = isRead ? Described(response.Execution, withDocument: true, reply) : null;
        return isRead;
    }

    private bool ReadDescribed(ReadOnlyMemory<byte> reply, bool withDocument, out JobEvent.ExecutionFetched? fetched, out CodecError error)
    {
        bool isRead = DescribeJobExecutionResponseView.TryRead(reply.Span, out DescribeJobExecutionResponseView response, out error);
        fetched = isRead ? Described(response.Execution, withDocument, reply) : null;
        return isRead;
    }

    /// <summary>What a reply says about an execution, as an event without the id of the request.</summary>
    private JobEvent.ExecutionFetched Described(JobExecutionView execution, bool withDocument, ReadOnlyMemory<byte> reply)
    {
        if (!execution.HasValue)
        {
            return Described(null);
        }

        if (execution is not { JobId.HasValue: true, Status: { } status })
        {
            return Unusable("the service described an execution without jobId or status");
        }

        if (KeyOf(execution) is not { } key)
        {
            string shown = StatusText.Head(execution.JobId.ToString(), MaxLoggedId);
            return Unusable($"the service described a job whose id is not 1 to 64 characters of [a-zA-Z0-9_-]: \"{shown}\"");
        }

        if (!withDocument)
        {
            return Described(OfferOf(key, execution, status));
        }

        ReadOnlyMemory<byte> json = execution.JobDocument.ToRawJson(reply).Utf8;
        return Described(OfferOf(key, execution, status, Read(json), json));
    }

    /// <summary>
    /// The execution's key; null if its job id is invalid, as it must not become a topic, a path, an argument or a log line.
    /// </summary>
    private JobKey? KeyOf(JobExecutionView execution)
    {
        // Several messages have the same job id: share one string. A race between threads only costs another string.
        string last = _lastJobId;
        Span<byte> utf8 = stackalloc byte[MaxIdBytes];
        if (last.Length == 0 || !Encoding.UTF8.TryGetBytes(last, utf8, out int length) || !execution.JobId.Equals(utf8[..length]))
        {
            last = execution.JobId.ToString();
            if (!JobKey.IsValidId(last))
            {
                return null;
            }

            _lastJobId = last;
        }

        return new JobKey(last, execution.ExecutionNumber ?? 0);
    }

    /// <summary>
    /// The plan of a journaled document; null if it can't be read. Its conditions were checked when the execution was claimed.
    /// </summary>
    public static JobPlan? PlanOf(JobDocumentReader documents, ReadOnlyMemory<byte> document) =>
        document.IsEmpty ? null : documents.Read(document).Plan;

    private DocumentResult Read(ReadOnlyMemory<byte> document)
    {
        DocumentResult result = _documents.Read(document);
        if (!result.IsValid)
        {
            return result;
        }

        string unmet = _facts.FindUnmet(result.Plan.Conditions);
        if (unmet.Length == 0)
        {
            unmet = _findDenied?.Invoke(result.Plan) ?? string.Empty;
        }

        return unmet.Length == 0 ? result : new DocumentResult(unmet);
    }

    private static string Names(ValueList<JobExecutionSummary>? executions)
    {
        if (executions is not { Count: > 0 })
        {
            return "0";
        }

        return $"{executions.Count} ({executions.Join(e => e.JobId is { } id && JobKey.IsValidId(id) ? id : "(invalid id)")})";
    }
}
