using EdgeJobs.Protocol;
using EdgeJobs.Runtime.StateMachine;

namespace EdgeJobs.Runtime.Tests.StateMachine;

/// <summary>The Jobs service as far as one thing can tell: executions, versions, rejections.</summary>
internal sealed class ServiceModel
{
    private readonly List<ModelExecution> _executions = [];

    public IReadOnlyList<ModelExecution> Executions => _executions;

    public ModelExecution? Head =>
        _executions.Find(e => e.Status == JobExecutionStatus.InProgress) ?? _executions.Find(e => e.Status == JobExecutionStatus.Queued);

    public ModelExecution Create(int steps, bool hasGoodDocument)
    {
        ModelExecution execution = new(new JobKey($"job-{_executions.Count + 1}", 1), steps, hasGoodDocument);
        _executions.Add(execution);
        return execution;
    }

    public ModelExecution? Find(JobKey key) => _executions.Find(e => e.Key == key);

    public ModelExecution? Find(string jobId) => _executions.FindLast(e => e.Key.JobId == jobId);

    public ModelExecution? StartNext()
    {
        ModelExecution? head = Head;
        if (head is { Status: JobExecutionStatus.Queued })
        {
            head.Status = JobExecutionStatus.InProgress;
            head.Version++;
        }

        return head;
    }

    public (RejectionCode? Rejection, Standing? Standing) Update(JobCommand.Update update)
    {
        if (Find(update.Key) is not { } execution)
        {
            return (RejectionCode.ResourceNotFound, null);
        }

        Standing standing = new(execution.Status, execution.Version);
        if (!execution.Status.IsPending())
        {
            return (RejectionCode.InvalidStateTransition, standing);
        }

        if (update.ExpectedVersion != execution.Version)
        {
            return (RejectionCode.VersionMismatch, standing);
        }

        if (execution.RefusesReports || (execution.RefusesDetails && update.Details is not null))
        {
            return (RejectionCode.InvalidRequest, null);
        }

        execution.Version++;
        execution.Status = update.Status switch
        {
            JobExecutionUpdateStatus.Succeeded => JobExecutionStatus.Succeeded,
            JobExecutionUpdateStatus.Failed => JobExecutionStatus.Failed,
            JobExecutionUpdateStatus.Rejected => JobExecutionStatus.Rejected,
            _ => JobExecutionStatus.InProgress,
        };
        if (!execution.Status.IsPending())
        {
            execution.TerminalUpdates++;
        }

        return (null, null);
    }
}

/// <summary>One execution of the model.</summary>
internal sealed class ModelExecution(JobKey key, int steps, bool hasGoodDocument)
{
    public JobKey Key { get; } = key;

    public int Steps { get; } = steps;

    public bool HasGoodDocument { get; } = hasGoodDocument;

    public JobExecutionStatus Status { get; set; } = JobExecutionStatus.Queued;

    public long Version { get; set; } = 1;

    /// <summary>The service takes no statusDetails for it.</summary>
    public bool RefusesDetails { get; set; }

    /// <summary>The service takes no update for it at all.</summary>
    public bool RefusesReports { get; set; }

    /// <summary>How often a device's update ended it.</summary>
    public int TerminalUpdates { get; set; }

    /// <summary>How many of its steps the device has begun.</summary>
    public int StepsBegun { get; set; }

    /// <summary>Whether a step of it has failed.</summary>
    public bool StepFailed { get; set; }

    /// <summary>How many of its steps have succeeded.</summary>
    public int StepsSucceeded { get; set; }
}
