using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>From the service's own types to those of the device API. Times are whole seconds there; what is empty is left out.</summary>
internal static class Wire
{
    /// <summary>An execution in full; an empty document leaves it out.</summary>
    public static JobExecution ToExecution(Execution execution, RawJson document, DateTimeOffset now) => new()
    {
        JobId = execution.Key.JobId,
        Status = execution.Status,
        StatusDetails = Details(execution),
        QueuedAt = execution.QueuedAt.ToUnixTimeSeconds(),
        StartedAt = execution.StartedAt?.ToUnixTimeSeconds(),
        LastUpdatedAt = execution.LastUpdatedAt.ToUnixTimeSeconds(),
        ApproximateSecondsBeforeTimedOut = SecondsLeft(execution, now),
        VersionNumber = execution.Version,
        ExecutionNumber = execution.Key.Number,
        JobDocument = document,
    };

    /// <summary>An execution in a list.</summary>
    public static JobExecutionSummary ToSummary(Execution execution) => new()
    {
        JobId = execution.Key.JobId,
        QueuedAt = execution.QueuedAt.ToUnixTimeSeconds(),
        StartedAt = execution.StartedAt?.ToUnixTimeSeconds(),
        LastUpdatedAt = execution.LastUpdatedAt.ToUnixTimeSeconds(),
        VersionNumber = execution.Version,
        ExecutionNumber = execution.Key.Number,
    };

    /// <summary>The part that updates change.</summary>
    public static JobExecutionState ToState(Execution execution) => new()
    {
        Status = execution.Status,
        StatusDetails = Details(execution),
        VersionNumber = execution.Version,
    };

    /// <summary>Whole seconds until it times out, cut; null when no timer runs.</summary>
    public static long? SecondsLeft(Execution execution, DateTimeOffset now) =>
        execution.Deadline is { } deadline ? Math.Max(0, (long)(deadline - now).TotalSeconds) : null;

    /// <summary>The code that a device reads.</summary>
    public static RejectionCode ToCode(ServiceErrorKind kind) => kind switch
    {
        ServiceErrorKind.InvalidTopic => RejectionCode.InvalidTopic,
        ServiceErrorKind.InvalidJson => RejectionCode.InvalidJson,
        ServiceErrorKind.ResourceNotFound => RejectionCode.ResourceNotFound,
        ServiceErrorKind.InvalidStateTransition => RejectionCode.InvalidStateTransition,
        ServiceErrorKind.VersionConflict => RejectionCode.VersionMismatch,
        ServiceErrorKind.TerminalState => RejectionCode.TerminalStateReached,
        ServiceErrorKind.InternalFailure => RejectionCode.InternalError,
        _ => RejectionCode.InvalidRequest,
    };

    private static ValueMap<string>? Details(Execution execution) => execution.StatusDetails.Count == 0 ? null : execution.StatusDetails;
}
