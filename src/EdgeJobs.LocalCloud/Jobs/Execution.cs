using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>Names one run of one job on one thing.</summary>
/// <param name="ThingName">The thing.</param>
/// <param name="JobId">The job.</param>
/// <param name="Number">Which run, from 1.</param>
internal readonly record struct ExecutionKey(string ThingName, string JobId, long Number);

/// <summary>A job execution: one run of one job on one thing.</summary>
internal sealed record Execution
{
    /// <summary>Its name.</summary>
    public required ExecutionKey Key { get; init; }

    /// <summary>Where it stands.</summary>
    public JobExecutionStatus Status { get; init; } = JobExecutionStatus.Queued;

    /// <summary>What the thing last reported; never null.</summary>
    public ValueMap<string> StatusDetails { get; init; } = ValueMap<string>.Empty;

    /// <summary>When it was queued.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When it became IN_PROGRESS; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>1 when queued, one more with each change.</summary>
    public long Version { get; init; } = 1;

    /// <summary>True when an operator canceled it by force.</summary>
    public bool ForceCanceled { get; init; }

    /// <summary>When the job's time limit ends it; null without one or before it is IN_PROGRESS.</summary>
    public DateTimeOffset? InProgressDeadline { get; init; }

    /// <summary>When the step timer ends it; null without one.</summary>
    public DateTimeOffset? StepDeadline { get; init; }

    /// <summary>Orders executions that were queued in the same instant.</summary>
    public required long Sequence { get; init; }

    /// <summary>True for QUEUED and IN_PROGRESS: it is in the thing's list.</summary>
    public bool IsPending => Status is JobExecutionStatus.Queued or JobExecutionStatus.InProgress;

    /// <summary>When it times out: the earlier of the two deadlines. Only an IN_PROGRESS execution has one.</summary>
    public DateTimeOffset? Deadline => Status != JobExecutionStatus.InProgress ? null
        : InProgressDeadline is { } whole && (StepDeadline is not { } step || whole <= step) ? whole
        : StepDeadline;
}
