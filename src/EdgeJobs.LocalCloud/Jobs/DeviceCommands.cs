using EdgeJobs.LocalCloud.Model;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>The unfinished executions of a thing.</summary>
/// <param name="InProgress">All that are IN_PROGRESS, earliest queued first.</param>
/// <param name="Queued">The first 10 that are QUEUED.</param>
internal sealed record PendingExecutions(IReadOnlyList<Execution> InProgress, IReadOnlyList<Execution> Queued);

internal sealed record ExecutionWithDocument(Execution Execution, RawJson Document);

/// <summary>The result of start-next, or of describe for <c>$next</c>.</summary>
/// <param name="First">The first pending execution, or null if nothing is pending.</param>
internal sealed record NextExecution(ExecutionWithDocument? First);

/// <summary>A thing's request for its next execution.</summary>
/// <param name="StatusDetails">The details of an execution that this request starts; null leaves them empty.</param>
/// <param name="StepTimeoutInMinutes">A step timer, 1 to 10080 minutes, or null for none.</param>
internal sealed record StartNextCommand(string ThingName, ValueMap<string>? StatusDetails = null, long? StepTimeoutInMinutes = null);

/// <summary>A thing's report about an execution.</summary>
internal sealed record UpdateCommand
{
    public required string ThingName { get; init; }
    public required string JobId { get; init; }
    public required JobExecutionStatus Status { get; init; }

    /// <summary>Replaces the current details; null keeps them.</summary>
    public ValueMap<string>? StatusDetails { get; init; }

    /// <summary>The version that the execution must have; null for any.</summary>
    public long? ExpectedVersion { get; init; }

    /// <summary>The execution's number; null for the latest.</summary>
    public long? ExecutionNumber { get; init; }

    /// <summary>
    /// A new step timer in minutes; -1 stops the running timer, null keeps it. Ignored unless the status is IN_PROGRESS.
    /// </summary>
    public long? StepTimeoutInMinutes { get; init; }
}
