using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>The unfinished executions of a thing.</summary>
/// <param name="InProgress">All that are IN_PROGRESS, the one queued first at the front.</param>
/// <param name="Queued">The first 10 that are QUEUED.</param>
internal sealed record PendingExecutions(IReadOnlyList<Execution> InProgress, IReadOnlyList<Execution> Queued);

/// <summary>What a thing has been handed: an execution and its document.</summary>
/// <param name="Execution">The execution.</param>
/// <param name="Document">The job document.</param>
internal sealed record HandedExecution(Execution Execution, RawJson Document);

/// <summary>What a start-next or a describe of <c>$next</c> found.</summary>
/// <param name="Handed">The head of the list, or null when nothing is pending.</param>
internal sealed record NextExecution(HandedExecution? Handed);

/// <summary>A thing takes on its next execution.</summary>
/// <param name="ThingName">The thing.</param>
/// <param name="StatusDetails">Details for an execution that is started by this; null leaves them empty.</param>
/// <param name="StepTimeoutInMinutes">A step timer, 1 to 10080 minutes, or null for none.</param>
internal sealed record StartNextCommand(string ThingName, ValueMap<string>? StatusDetails = null, long? StepTimeoutInMinutes = null);

/// <summary>A thing reports how an execution goes.</summary>
internal sealed record UpdateCommand
{
    /// <summary>The thing.</summary>
    public required string ThingName { get; init; }

    /// <summary>The job.</summary>
    public required string JobId { get; init; }

    /// <summary>The new status.</summary>
    public required JobExecutionStatus Status { get; init; }

    /// <summary>The new details in place of the old ones; null keeps those.</summary>
    public ValueMap<string>? StatusDetails { get; init; }

    /// <summary>The version it must have; null for any.</summary>
    public long? ExpectedVersion { get; init; }

    /// <summary>Which run of the job; null for the latest.</summary>
    public long? ExecutionNumber { get; init; }

    /// <summary>A new step timer in minutes; -1 drops the running one, null leaves it. Only looked at when the status is IN_PROGRESS.</summary>
    public long? StepTimeoutInMinutes { get; init; }
}
