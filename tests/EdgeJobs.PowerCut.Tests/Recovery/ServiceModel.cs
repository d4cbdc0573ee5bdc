using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>The Jobs service as a recovered board meets it.</summary>
internal sealed class ServiceModel(IReadOnlyList<ServiceExecution> executions)
{
    private readonly List<ServiceExecution> _executions = [.. executions];

    public IReadOnlyList<ServiceExecution> Executions => _executions;

    public void Add(ServiceExecution execution) => _executions.Add(execution);

    /// <summary>The reply to a request.</summary>
    public JobEvent Answer(JobCommand command) => command switch
    {
        JobCommand.ListPending list => new JobEvent.PendingListed(list.RequestId, RequestResult.Accepted),
        JobCommand.StartNext next => new JobEvent.ExecutionFetched(next.RequestId, RequestResult.Accepted, StartNext()?.Describe(true)),
        JobCommand.Describe describe => Describe(describe),
        JobCommand.Update update => Update(update),
        _ => throw new NotSupportedException(command.ToString()),
    };

    private ServiceExecution? StartNext()
    {
        ServiceExecution? head = _executions.Find(e => e is { IsDeleted: false, Status: JobExecutionStatus.InProgress })
            ?? _executions.Find(e => e is { IsDeleted: false, Status: JobExecutionStatus.Queued });
        if (head is { Status: JobExecutionStatus.Queued })
        {
            head.Start();
        }

        return head;
    }

    private JobEvent.ExecutionFetched Describe(JobCommand.Describe describe)
    {
        ServiceExecution? execution = Find(describe.JobId);
        return execution is null ? Failed(RejectionCode.ResourceNotFound)
            : !execution.Status.IsPending() ? Failed(RejectionCode.TerminalStateReached)
            : new JobEvent.ExecutionFetched(describe.RequestId, RequestResult.Accepted, execution.Describe(describe.WithDocument));

        JobEvent.ExecutionFetched Failed(RejectionCode code) => new(describe.RequestId, Rejected(code), null);
    }

    private JobEvent.UpdateCompleted Update(JobCommand.Update update)
    {
        if (Find(update.Key.JobId) is not { } execution)
        {
            return new JobEvent.UpdateCompleted(update.RequestId, Rejected(RejectionCode.ResourceNotFound), null);
        }

        ExecutionSnapshot snapshot = new(execution.Status, execution.Version);
        if (!execution.Status.IsPending() || update.ExpectedVersion != execution.Version)
        {
            RejectionCode code = execution.Status.IsPending() ? RejectionCode.VersionMismatch : RejectionCode.InvalidStateTransition;
            return new JobEvent.UpdateCompleted(update.RequestId, Rejected(code), snapshot);
        }

        execution.Version++;
        execution.Status = update.Status switch
        {
            JobExecutionUpdateStatus.Succeeded => JobExecutionStatus.Succeeded,
            JobExecutionUpdateStatus.Failed => JobExecutionStatus.Failed,
            JobExecutionUpdateStatus.Rejected => JobExecutionStatus.Rejected,
            _ => JobExecutionStatus.InProgress,
        };
        return new JobEvent.UpdateCompleted(update.RequestId, RequestResult.Accepted, null);
    }

    private ServiceExecution? Find(string jobId) => _executions.Find(e => !e.IsDeleted && e.Key.JobId == jobId);

    private static RequestResult Rejected(RejectionCode code) => new(ReplyStatus.Rejected, code, code.ToString());
}
