using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
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

        if (execution.RefusesReports || (execution.RefusesDetails && update.Report.StatusDetails is not null))
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

    /// <summary>Whether a step of it has failed for good, and that is not ignored.</summary>
    public bool StepFailed => Finished.Any(f => !f.Value && !Plan.Steps[f.Key].IgnoreFailure);

    /// <summary>The steps that are over as the journal says, by index; whether they did what they should.</summary>
    public Dictionary<int, bool> Finished { get; } = [];

    /// <summary>How often each step has begun.</summary>
    public Dictionary<int, int> Attempts { get; } = [];

    /// <summary>How often an attempt at each step has failed.</summary>
    public Dictionary<int, int> Failures { get; } = [];

    /// <summary>What is run: no two steps are alike.</summary>
    public JobPlan Plan { get; } = new() { Steps = [.. Enumerable.Range(0, steps).Select(i => Step(i, key.JobId.Length + key.JobId[^1] + (7 * i)))] };

    private static StepPlan Step(int index, int kind) => new()
    {
        Name = $"step {index + 1}",
        Action = new StepAction.RunCommand(["true"]),
        IgnoreFailure = kind % 5 == 0,
        AlwaysRuns = kind % 4 == 0,
        Attempts = kind % 6 == 0 ? 3 : 1,
        RetryDelay = TimeSpan.FromSeconds(kind % 2),
        OnInterruption = (InterruptedStep)(kind % 3),
        Timeout = kind % 7 == 0 ? TimeSpan.FromMinutes(2) : null,
    };
}
