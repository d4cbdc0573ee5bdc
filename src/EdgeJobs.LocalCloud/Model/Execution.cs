using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>Identifies an execution.</summary>
/// <param name="Number">The execution number, from 1.</param>
internal readonly record struct ExecutionKey(string ThingName, string JobId, long Number);

/// <summary>A job execution: one run of one job on one thing.</summary>
internal sealed record Execution
{
    public required ExecutionKey Key { get; init; }
    public JobExecutionStatus Status { get; init; } = JobExecutionStatus.Queued;

    /// <summary>The thing's last report; never null.</summary>
    public ValueMap<string> StatusDetails { get; init; } = ValueMap<string>.Empty;

    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When it became IN_PROGRESS; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>1 when queued, incremented with each change.</summary>
    public long Version { get; init; } = 1;

    public bool ForceCanceled { get; init; }

    /// <summary>When the job's time limit ends; null without a limit or before IN_PROGRESS.</summary>
    public DateTimeOffset? InProgressDeadline { get; init; }

    /// <summary>When the step timer ends; null without one.</summary>
    public DateTimeOffset? StepDeadline { get; init; }

    /// <summary>Orders executions that were queued at the same time.</summary>
    public required long Sequence { get; init; }

    /// <summary>True for QUEUED and IN_PROGRESS.</summary>
    public bool IsPending => Status is JobExecutionStatus.Queued or JobExecutionStatus.InProgress;

    /// <summary>The earlier of the two deadlines; null unless IN_PROGRESS.</summary>
    public DateTimeOffset? Deadline => Status != JobExecutionStatus.InProgress ? null
        : InProgressDeadline is { } whole && (StepDeadline is not { } step || whole <= step) ? whole
        : StepDeadline;
}
