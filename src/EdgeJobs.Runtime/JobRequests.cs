using System.Runtime.CompilerServices;
using System.Text;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.StateMachine;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime;

/// <summary>Carries the state machine's requests out and turns what comes back into its events.</summary>
/// <param name="client">The service.</param>
/// <param name="documents">Reads job documents.</param>
/// <param name="facts">What conditions ask about.</param>
/// <param name="logger">The operator's log.</param>
/// <param name="findDenied">Says what in a job the board's policy does not allow, null when it allows all of it; null where there is no policy.</param>
internal sealed class JobRequests(IJobsClient client, JobDocumentReader documents, BoardFacts facts, ILogger logger, Func<JobPlan, string?>? findDenied = null)
{
    private const int MaxIdBytes = 64;
    private static readonly StartNextPendingJobExecutionRequest NextOne = new();
    private string _lastJobId = string.Empty;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Happening> ListAsync(JobCommand.ListPending command, CancellationToken cancellationToken)
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

        return new Happening(new JobEvent.PendingListed(command.RequestId, answer), reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Happening> StartNextAsync(JobCommand.StartNext command, CancellationToken cancellationToken)
    {
        Reply<StartNextPendingJobExecutionResponse, RejectedResponse> reply =
            await client.StartNextAsync(NextOne, cancellationToken).ConfigureAwait(false);
        Answer answer = AnswerOf(reply.Status, reply.Rejected, reply.Reason);
        JobEvent answered = reply.IsAccepted && StartNextPendingJobExecutionResponseView.TryRead(reply.Payload.Span, out StartNextPendingJobExecutionResponseView response, out _)
            ? Executed(command.RequestId, answer, response.Execution, withDocument: true, reply.Payload)
            : new JobEvent.ExecutionAnswered(command.RequestId, answer, null);
        return new Happening(answered, reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Happening> DescribeAsync(JobCommand.Describe command, CancellationToken cancellationToken)
    {
        DescribeJobExecutionRequest request = new() { ExecutionNumber = command.ExecutionNumber, IncludeJobDocument = command.WithDocument };
        Reply<DescribeJobExecutionResponse, RejectedResponse> reply =
            await client.DescribeAsync(command.JobId, request, cancellationToken).ConfigureAwait(false);
        Answer answer = AnswerOf(reply.Status, reply.Rejected, reply.Reason);
        JobEvent answered = reply.IsAccepted && DescribeJobExecutionResponseView.TryRead(reply.Payload.Span, out DescribeJobExecutionResponseView response, out _)
            ? Executed(command.RequestId, answer, response.Execution, command.WithDocument, reply.Payload)
            : new JobEvent.ExecutionAnswered(command.RequestId, answer, null);
        return new Happening(answered, reply.Receipt);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Happening> UpdateAsync(JobCommand.Update command, CancellationToken cancellationToken)
    {
        Reply<UpdateJobExecutionResponse, RejectedResponse> reply =
            await client.UpdateAsync(command.Key.JobId, command.Report, cancellationToken).ConfigureAwait(false);
        RejectedResponse? rejected = reply.Rejected;
        Standing? standing = rejected is null ? StandingOf(reply.Payload.Span) : rejected.ExecutionState is { Status: { } status, VersionNumber: { } version } ? new Standing(status, version) : null;
        return new Happening(new JobEvent.UpdateAnswered(command.RequestId, AnswerOf(reply.Status, rejected, reply.Reason), standing), reply.Receipt);
    }

    /// <summary>What a notification says of the queue's head.</summary>
    public JobEvent HeadOf(ReadOnlySpan<byte> notification) =>
        NextJobExecutionChangedEventView.TryRead(notification, out NextJobExecutionChangedEventView message, out _) && message.Execution is { JobId.HasValue: true } execution
            ? new JobEvent.HeadChanged(KeyOf(execution), execution.Status ?? JobExecutionStatus.Unknown)
            : new JobEvent.HeadChanged(null, JobExecutionStatus.Unknown);

    /// <summary>How an execution stands, where the reply to an update tells.</summary>
    private static Standing? StandingOf(ReadOnlySpan<byte> reply) =>
        UpdateJobExecutionResponseView.TryRead(reply, out UpdateJobExecutionResponseView response, out _)
            && response.ExecutionState is { Status: { } status, VersionNumber: { } version }
            ? new Standing(status, version)
            : null;

    private JobEvent.ExecutionAnswered Executed(long id, Answer answer, JobExecutionView execution, bool withDocument, ReadOnlyMemory<byte> reply)
    {
        if (!execution.HasValue)
        {
            return new JobEvent.ExecutionAnswered(id, answer, null);
        }

        if (execution is not { JobId.HasValue: true, Status: { } status })
        {
            return new JobEvent.ExecutionAnswered(id, new Answer(ReplyStatus.Undecodable, default, "the service described an execution without jobId or status"), null);
        }

        ReadOnlyMemory<byte> json = execution.JobDocument.ToRawJson(reply).Utf8;
        DocumentResult? document = withDocument ? Read(json) : null;
        return new JobEvent.ExecutionAnswered(id, answer, new ExecutionOffer(KeyOf(execution), status, execution.VersionNumber ?? 0, document)
        {
            QueuedAt = execution.QueuedAt ?? 0,
            Json = json,
        });
    }

    private JobKey KeyOf(JobExecutionView execution)
    {
        // Several messages tell of one job: its id is one string. Two threads may be here; the worst is a string more.
        string last = _lastJobId;
        Span<byte> utf8 = stackalloc byte[MaxIdBytes];
        if (!Encoding.UTF8.TryGetBytes(last, utf8, out int length) || !execution.JobId.Equals(utf8[..length]))
        {
            _lastJobId = last = execution.JobId.ToString();
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

        return $"{executions.Count} ({executions.Join(e => e.JobId ?? string.Empty)})";
    }
}
