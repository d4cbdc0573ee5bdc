using EdgeJobs.LocalCloud.Model;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>Maps the service's types to those of the device API: times in whole seconds, empty values omitted.</summary>
internal static class DeviceApiMapper
{
    /// <summary>An empty document is omitted.</summary>
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

    public static JobExecutionSummary ToSummary(Execution execution) => new()
    {
        JobId = execution.Key.JobId,
        QueuedAt = execution.QueuedAt.ToUnixTimeSeconds(),
        StartedAt = execution.StartedAt?.ToUnixTimeSeconds(),
        LastUpdatedAt = execution.LastUpdatedAt.ToUnixTimeSeconds(),
        VersionNumber = execution.Version,
        ExecutionNumber = execution.Key.Number,
    };

    public static JobExecutionState ToState(Execution execution) => new()
    {
        Status = execution.Status,
        StatusDetails = Details(execution),
        VersionNumber = execution.Version,
    };

    /// <summary>Whole seconds until the time-out, rounded down; null if no timer runs.</summary>
    public static long? SecondsLeft(Execution execution, DateTimeOffset now) =>
        execution.Deadline is { } deadline ? Math.Max(0, (long)(deadline - now).TotalSeconds) : null;

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
