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
/// <param name="client">The service.</param>
/// <param name="documents">Reads job documents.</param>
/// <param name="facts">The facts that conditions compare.</param>
/// <param name="logger">The agent's log.</param>
/// <param name="findDenied">
/// Returns what the board's policy denies in a job, or null if it allows the job; null if there is no policy.
/// </param>
internal sealed class JobRequests(
    JobsClient client, JobDocumentReader documents, BoardFacts facts, ILogger logger, Func<JobPlan, string?>? findDenied = null)
{
    private const int MaxIdBytes = 64;
    private const int MaxLoggedId = 80;
    private static readonly ExecutionOffer UnknownHead = new(default, JobExecutionStatus.Unknown, 0, null);
    private static readonly StartNextPendingJobExecutionRequest NextOne = new();
    private string _lastJobId = string.Empty;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> ListAsync(JobCommand.ListPending command, CancellationToken cancellationToken)
    {
        Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply =
            await client.GetPendingAsync(cancellationToken).ConfigureAwait(false);
        RequestResult result = RequestResult.Of(reply.Status, reply.Rejected, reply.Reason);
        if (reply.Accepted is { } pending)
        {
            AgentLog.Pending(logger, Names(pending.InProgressJobs), Names(pending.QueuedJobs));
        }
        else
        {
            AgentLog.PendingNotListed(logger, result.Reason);
        }

        return new QueuedEvent(new JobEvent.PendingListed(command.RequestId, result), reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> StartNextAsync(JobCommand.StartNext command, CancellationToken cancellationToken)
    {
        Reply<StartNextPendingJobExecutionResponse, RejectedResponse> reply =
            await client.StartNextAsync(NextOne, cancellationToken).ConfigureAwait(false);
        RequestResult result = RequestResult.Of(reply.Status, reply.Rejected, reply.Reason);
        JobEvent jobEvent = reply.IsAccepted
            && StartNextPendingJobExecutionResponseView.TryRead(reply.Payload.Span, out StartNextPendingJobExecutionResponseView response, out _)
            ? Described(command.RequestId, result, response.Execution, withDocument: true, reply.Payload)
            : NotDescribed(command.RequestId, result, reply.Payload.Span);
        return new QueuedEvent(jobEvent, reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> DescribeAsync(JobCommand.Describe command, CancellationToken cancellationToken)
    {
        DescribeJobExecutionRequest request = new()
        {
            ExecutionNumber = command.ExecutionNumber,
            IncludeJobDocument = command.WithDocument,
        };
        Reply<DescribeJobExecutionResponse, RejectedResponse> reply =
            await client.DescribeAsync(command.JobId, request, cancellationToken).ConfigureAwait(false);
        RequestResult result = RequestResult.Of(reply.Status, reply.Rejected, reply.Reason);
        JobEvent jobEvent = reply.IsAccepted
            && DescribeJobExecutionResponseView.TryRead(reply.Payload.Span, out DescribeJobExecutionResponseView response, out _)
            ? Described(command.RequestId, result, response.Execution, command.WithDocument, reply.Payload)
            : NotDescribed(command.RequestId, result, reply.Payload.Span);
        return new QueuedEvent(jobEvent, reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> UpdateAsync(JobCommand.Update command, CancellationToken cancellationToken)
    {
        Reply<UpdateJobExecutionResponse, RejectedResponse> reply =
            await client.UpdateAsync(command.Key.JobId, command.Report, cancellationToken).ConfigureAwait(false);
        RejectedResponse? rejected = reply.Rejected;
        ExecutionSnapshot? snapshot = rejected is null ? SnapshotOf(reply.Payload.Span)
            : rejected.ExecutionState is { Status: { } status, VersionNumber: { } version } ? new ExecutionSnapshot(status, version)
            : null;
        RequestResult result = RequestResult.Of(reply.Status, rejected, reply.Reason);
        return new QueuedEvent(new JobEvent.UpdateCompleted(command.RequestId, result, snapshot), reply.Receipt);
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
    private static ExecutionSnapshot? SnapshotOf(ReadOnlySpan<byte> reply) =>
        UpdateJobExecutionResponseView.TryRead(reply, out UpdateJobExecutionResponseView response, out _)
            && response.ExecutionState is { Status: { } status, VersionNumber: { } version }
            ? new ExecutionSnapshot(status, version)
            : null;

    private static ExecutionOffer OfferOf(JobKey key, JobExecutionView execution, JobExecutionStatus status) =>
        new(key, status, execution.VersionNumber ?? 0, null)
        {
            QueuedAt = execution.QueuedAt ?? 0,
            StartedAt = execution.StartedAt ?? 0,
        };

    private static JobEvent.ExecutionFetched Unusable(long id, string reason) =>
        new(id, new RequestResult(ReplyStatus.Undecodable, default, reason), null);

    private static JobEvent.ExecutionFetched NotDescribed(long id, RequestResult result, ReadOnlySpan<byte> reply) =>
        result.Status == ReplyStatus.Undecodable && PartialExecution.Find(reply, result.Reason) is { } found
            ? new JobEvent.ExecutionFetched(id, RequestResult.Accepted, found)
            : new JobEvent.ExecutionFetched(id, result, null);

    private JobEvent.ExecutionFetched Described(
        long id, RequestResult result, JobExecutionView execution, bool withDocument, ReadOnlyMemory<byte> reply)
    {
        if (!execution.HasValue)
        {
            return new JobEvent.ExecutionFetched(id, result, null);
        }

        if (execution is not { JobId.HasValue: true, Status: { } status })
        {
            return Unusable(id, "the service described an execution without jobId or status");
        }

        if (KeyOf(execution) is not { } key)
        {
            string shown = StatusText.Head(execution.JobId.ToString(), MaxLoggedId);
            return Unusable(id, $"the service described a job whose id is not 1 to 64 characters of [a-zA-Z0-9_-]: \"{shown}\"");
        }

        ExecutionOffer offer = OfferOf(key, execution, status);
        if (withDocument)
        {
            ReadOnlyMemory<byte> json = execution.JobDocument.ToRawJson(reply).Utf8;
            offer = offer with { Document = Read(json), Json = json };
        }

        return new JobEvent.ExecutionFetched(id, result, offer);
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
        DocumentResult result = documents.Read(document);
        if (!result.IsValid)
        {
            return result;
        }

        string unmet = facts.FindUnmet(result.Plan.Conditions);
        if (unmet.Length == 0)
        {
            unmet = findDenied?.Invoke(result.Plan) ?? string.Empty;
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
