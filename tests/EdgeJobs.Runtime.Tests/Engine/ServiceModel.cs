using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>The Jobs service as one thing sees it: executions, versions, times in whole seconds, step timers, rejections.</summary>
internal sealed class ServiceModel
{
    private readonly List<ModelExecution> _all = [];

    /// <summary>All executions, including deleted ones, in the order of their creation.</summary>
    public IReadOnlyList<ModelExecution> All => _all;

    /// <summary>Those that are not deleted.</summary>
    public IEnumerable<ModelExecution> Executions => _all.Where(e => !e.IsDeleted);

    /// <summary>Seconds since the start.</summary>
    public double Now { get; set; } = 1000;

    public ModelExecution? Head =>
        _all.Find(e => e is { IsDeleted: false, Status: JobExecutionStatus.InProgress }) ?? _all.Find(
            e => e is { IsDeleted: false, Status: JobExecutionStatus.Queued });

    public ModelExecution Create(int steps, bool hasGoodDocument) =>
        Add(new JobKey($"job-{_all.Select(e => e.Key.JobId).Distinct().Count() + 1}", 1), steps, hasGoodDocument);

    /// <summary>Deletes a job by force and creates another one with the same id, at once.</summary>
    public ModelExecution Recreate(ModelExecution old, int steps, bool hasGoodDocument)
    {
        Delete(old);
        return Add(new JobKey(old.Key.JobId, 1), steps, hasGoodDocument);
    }

    /// <summary>Deletes the job of an execution, with all its executions.</summary>
    public void Delete(ModelExecution old)
    {
        foreach (ModelExecution execution in _all.Where(e => e.Key.JobId == old.Key.JobId))
        {
            execution.IsDeleted = true;
        }
    }

    /// <summary>The job's retry configuration creates another execution.</summary>
    public void Retry(ModelExecution old) => Add(
        old.Key with { ExecutionNumber = old.Key.ExecutionNumber + 1 },
        old.Steps,
        old.HasGoodDocument);

    public ModelExecution? Find(JobKey key) => _all.Find(e => !e.IsDeleted && e.Key == key);

    public ModelExecution? Find(string jobId) => _all.FindLast(e => !e.IsDeleted && e.Key.JobId == jobId);

    /// <summary>The execution of a document; it may be deleted.</summary>
    public ModelExecution OfDocument(ReadOnlyMemory<byte> json) => _all.Single(e => json.Span.SequenceEqual(e.Json));

    public ModelExecution? StartNext()
    {
        ModelExecution? head = Head;
        if (head is { Status: JobExecutionStatus.Queued })
        {
            Start(head);
        }

        return head;
    }

    public (RejectionCode? Rejection, ExecutionSnapshot? ExecutionSnapshot) Update(JobCommand.Update update)
    {
        if (Find(update.Key) is not { } execution)
        {
            return (RejectionCode.ResourceNotFound, null);
        }

        ExecutionSnapshot snapshot = new(execution.Status, execution.Version);
        if (!execution.Status.IsPending())
        {
            return (RejectionCode.InvalidStateTransition, snapshot);
        }

        if (update.ExpectedVersion != execution.Version)
        {
            return (RejectionCode.VersionMismatch, snapshot);
        }

        if (execution.RefusesReports || (execution.RefusesDetails && update.Report.StatusDetails is not null))
        {
            return (RejectionCode.InvalidRequest, null);
        }

        if (execution.Status == JobExecutionStatus.Queued)
        {
            Start(execution);
        }
        else
        {
            execution.Version++;
        }

        execution.Status = update.Status switch
        {
            JobExecutionUpdateStatus.Succeeded => JobExecutionStatus.Succeeded,
            JobExecutionUpdateStatus.Failed => JobExecutionStatus.Failed,
            JobExecutionUpdateStatus.Rejected => JobExecutionStatus.Rejected,
            _ => JobExecutionStatus.InProgress,
        };
        if (update.Report.StepTimeoutInMinutes is { } minutes)
        {
            execution.StepDeadline = minutes < 0 ? double.PositiveInfinity : Now + (60 * minutes);
        }

        if (!execution.Status.IsPending())
        {
            execution.TerminalUpdates++;
        }

        return (null, null);
    }

    private void Start(ModelExecution execution)
    {
        execution.Status = JobExecutionStatus.InProgress;
        execution.StartedAt = (long)Now;
        execution.Version++;
    }

    private ModelExecution Add(JobKey key, int steps, bool hasGoodDocument)
    {
        ModelExecution execution = new(key, _all.Count + 1, steps, hasGoodDocument)
        {
            QueuedAt = (long)Now,
            Json = Encoding.UTF8.GetBytes($"{{\"document\":{_all.Count + 1}}}"),
        };
        _all.Add(execution);
        return execution;
    }
}
