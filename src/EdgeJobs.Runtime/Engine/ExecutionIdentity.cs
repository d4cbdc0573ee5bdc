using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Distinguishes the active execution from another one of the same name: a job can be deleted and created again with the same id, and its
/// executions are numbered from 1 again. Times are whole seconds, so every fact that can differ is compared.
/// </summary>
internal static class ExecutionIdentity
{
    /// <summary>Compares an execution that the service describes with the active one.</summary>
    /// <returns>The first fact that shows a different execution; null if there is none.</returns>
    public static string? FindDifference(in ActiveJob job, ExecutionOffer offer) =>
        offer.Key.JobId != job.Key.JobId ? "another job"
        : Differ(job.Key.ExecutionNumber, offer.Key.ExecutionNumber)
            ? $"execution {offer.Key.ExecutionNumber} instead of {job.Key.ExecutionNumber}"
        : Differ(job.QueuedAt, offer.QueuedAt) ? "queued at another time"
        : Differ(job.StartedAt, offer.StartedAt) ? "started at another time"
        : FindDifference(job, offer.Status, offer.Version);

    /// <summary>Compares the state that came with a rejection.</summary>
    /// <inheritdoc cref="FindDifference(in ActiveJob, ExecutionOffer)"/>
    public static string? FindDifference(in ActiveJob job, ExecutionSnapshot snapshot) =>
        FindDifference(job, snapshot.Status, snapshot.Version);

    /// <summary>
    /// A notification can arrive after the agent has started the execution that it announces. A replacement can only have been queued after
    /// that start. A QUEUED execution with the same queueing time is therefore the same one if it was started in a later second.
    /// </summary>
    public static bool IsFromBeforeStart(in ActiveJob job, ExecutionOffer head) =>
        head.Status == JobExecutionStatus.Queued
        && head.Key == job.Key
        && head.QueuedAt != 0
        && head.QueuedAt == job.QueuedAt
        && job.StartedAt > job.QueuedAt;

    // An active execution was started. A start is never undone, and each change increments the version.
    private static string? FindDifference(in ActiveJob job, JobExecutionStatus status, long version) =>
        status == JobExecutionStatus.Queued ? "QUEUED after it was started"
        : version != 0 && version < job.Version ? $"version {version} after version {job.Version}"
        : null;

    /// <summary>The service leaves out facts that it does not know: 0 equals everything.</summary>
    private static bool Differ(long ours, long theirs) => ours != 0 && theirs != 0 && ours != theirs;
}
