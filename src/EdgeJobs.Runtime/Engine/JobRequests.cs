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

/// <summary>Carries the state machine's requests out and turns what comes back into its events.</summary>
/// <param name="client">The service.</param>
/// <param name="documents">Reads job documents.</param>
/// <param name="facts">What conditions ask about.</param>
/// <param name="logger">The operator's log.</param>
/// <param name="findDenied">Says what in a job the board's policy does not allow, null when it allows all of it; null where there is no policy.</param>
internal sealed class JobRequests(IJobsClient client, JobDocumentReader documents, BoardFacts facts, ILogger logger, Func<JobPlan, string?>? findDenied = null)
{
    private const int MaxIdBytes = 64;
    private const int MaxLoggedId = 80;
    private static readonly ExecutionOffer UnknownHead = new(default, JobExecutionStatus.Unknown, 0, null);
    private static readonly StartNextPendingJobExecutionRequest NextOne = new();
    private string _lastJobId = string.Empty;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> ListAsync(JobCommand.ListPending command, CancellationToken cancellationToken)
    {
        Reply<GetPendingJobExecutionsResponse, RejectedResponse> reply = await client.GetPendingAsync(cancellationToken).ConfigureAwait(false);
        Answer answer = AnswerOf(reply.Status, reply.Rejected, reply.Reason);
        if (reply.Accepted is { } pending)
        {
            AgentLog.Pending(logger, Names(pending.InProgressJobs), Names(pending.QueuedJobs));
        }
        else
        {
            AgentLog.PendingNotListed(logger, answer.Reason);
        }

        return new QueuedEvent(new JobEvent.PendingListed(command.RequestId, answer), reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> StartNextAsync(JobCommand.StartNext command, CancellationToken cancellationToken)
    {
        Reply<StartNextPendingJobExecutionResponse, RejectedResponse> reply =
            await client.StartNextAsync(NextOne, cancellationToken).ConfigureAwait(false);
        Answer answer = AnswerOf(reply.Status, reply.Rejected, reply.Reason);
        JobEvent answered = reply.IsAccepted && StartNextPendingJobExecutionResponseView.TryRead(reply.Payload.Span, out StartNextPendingJobExecutionResponseView response, out _)
            ? Executed(command.RequestId, answer, response.Execution, withDocument: true, reply.Payload)
            : NotExecuted(command.RequestId, answer, reply.Payload.Span);
        return new QueuedEvent(answered, reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> DescribeAsync(JobCommand.Describe command, CancellationToken cancellationToken)
    {
        DescribeJobExecutionRequest request = new() { ExecutionNumber = command.ExecutionNumber, IncludeJobDocument = command.WithDocument };
        Reply<DescribeJobExecutionResponse, RejectedResponse> reply =
            await client.DescribeAsync(command.JobId, request, cancellationToken).ConfigureAwait(false);
        Answer answer = AnswerOf(reply.Status, reply.Rejected, reply.Reason);
        JobEvent answered = reply.IsAccepted && DescribeJobExecutionResponseView.TryRead(reply.Payload.Span, out DescribeJobExecutionResponseView response, out _)
            ? Executed(command.RequestId, answer, response.Execution, command.WithDocument, reply.Payload)
            : NotExecuted(command.RequestId, answer, reply.Payload.Span);
        return new QueuedEvent(answered, reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<QueuedEvent> UpdateAsync(JobCommand.Update command, CancellationToken cancellationToken)
    {
        Reply<UpdateJobExecutionResponse, RejectedResponse> reply =
            await client.UpdateAsync(command.Key.JobId, command.Report, cancellationToken).ConfigureAwait(false);
        RejectedResponse? rejected = reply.Rejected;
        ExecutionSnapshot? snapshot = rejected is null ? SnapshotOf(reply.Payload.Span) : rejected.ExecutionState is { Status: { } status, VersionNumber: { } version } ? new ExecutionSnapshot(status, version) : null;
        return new QueuedEvent(new JobEvent.UpdateAnswered(command.RequestId, AnswerOf(reply.Status, rejected, reply.Reason), snapshot), reply.Receipt);
    }

    /// <summary>What a notification says of the queue's head. One that can't be read, or has no valid job id, gives a head with the default key.</summary>
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

        return new JobEvent.HeadChanged(KeyOf(message.Execution) is { } key ? OfferOf(key, message.Execution, message.Execution.Status ?? JobExecutionStatus.Unknown) : UnknownHead);
    }

    /// <summary>How an execution stands, where the reply to an update tells.</summary>
    private static ExecutionSnapshot? SnapshotOf(ReadOnlySpan<byte> reply) =>
        UpdateJobExecutionResponseView.TryRead(reply, out UpdateJobExecutionResponseView response, out _)
            && response.ExecutionState is { Status: { } status, VersionNumber: { } version }
            ? new ExecutionSnapshot(status, version)
            : null;

    private static ExecutionOffer OfferOf(JobKey key, JobExecutionView execution, JobExecutionStatus status) => new(key, status, execution.VersionNumber ?? 0, null)
    {
        QueuedAt = execution.QueuedAt ?? 0,
        StartedAt = execution.StartedAt ?? 0,
    };

    private static JobEvent.ExecutionAnswered Unusable(long id, string reason) =>
        new(id, new Answer(ReplyStatus.Undecodable, default, reason), null);

    private static JobEvent.ExecutionAnswered NotExecuted(long id, Answer answer, ReadOnlySpan<byte> reply) =>
        answer.Status == ReplyStatus.Undecodable && PartialExecution.Find(reply, answer.Reason) is { } found
            ? new JobEvent.ExecutionAnswered(id, Answer.Accepted, found)
            : new JobEvent.ExecutionAnswered(id, answer, null);

    private JobEvent.ExecutionAnswered Executed(long id, Answer answer, JobExecutionView execution, bool withDocument, ReadOnlyMemory<byte> reply)
    {
        if (!execution.HasValue)
        {
            return new JobEvent.ExecutionAnswered(id, answer, null);
        }

        if (execution is not { JobId.HasValue: true, Status: { } status })
        {
            return Unusable(id, "the service described an execution without jobId or status");
        }

        if (KeyOf(execution) is not { } key)
        {
            return Unusable(
                id, $"the service described a job whose id is not 1 to 64 characters of [a-zA-Z0-9_-]: \"{StatusText.Head(execution.JobId.ToString(), MaxLoggedId)}\"");
        }

        ExecutionOffer offer = OfferOf(key, execution, status);
        if (withDocument)
        {
            ReadOnlyMemory<byte> json = execution.JobDocument.ToRawJson(reply).Utf8;
            offer = offer with { Document = Read(json), Json = json };
        }

        return new JobEvent.ExecutionAnswered(id, answer, offer);
    }

    /// <summary>The execution's key; null when its job id is not valid: it must not become a topic, a path, an argument or a log line.</summary>
    private JobKey? KeyOf(JobExecutionView execution)
    {
        // Several messages tell of one job: its id is one string. Two threads may be here; the worst is a string more.
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

    /// <summary>What a document that was taken on before asks for; null when that can't be told. Whether the board meets its conditions was asked then.</summary>
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

    private static Answer AnswerOf(ReplyStatus status, RejectedResponse? rejected, string reason) => rejected is null
        ? new Answer(status, default, reason)
        : new Answer(status, rejected.Code, string.IsNullOrEmpty(rejected.Message) ? rejected.Code.ToWireString() : $"{rejected.Code.ToWireString()}: {rejected.Message}");

    private static string Names(ValueList<JobExecutionSummary>? executions)
    {
        if (executions is not { Count: > 0 })
        {
            return "0";
        }

        return $"{executions.Count} ({executions.Join(e => e.JobId is { } id && JobKey.IsValidId(id) ? id : "(invalid id)")})";
    }
}
