using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Tells the execution that the agent has taken on from another one under the same name: a job can be deleted and created again with the same
/// id, and its executions are numbered from 1 again. Times are whole seconds, so each fact that can differ counts.
/// </summary>
internal static class Identity
{
    /// <summary>Compares an execution that the service describes with the active one.</summary>
    /// <param name="job">The active one.</param>
    /// <param name="offer">What the service describes.</param>
    /// <returns>The first fact that shows that it is another one; null when there is none.</returns>
    public static string? FindDifference(in ActiveJob job, ExecutionOffer offer) =>
        offer.Key.JobId != job.Key.JobId ? "another job"
        : Differ(job.Key.ExecutionNumber, offer.Key.ExecutionNumber) ? $"execution {offer.Key.ExecutionNumber} instead of {job.Key.ExecutionNumber}"
        : Differ(job.QueuedAt, offer.QueuedAt) ? "queued at another time"
        : Differ(job.StartedAt, offer.StartedAt) ? "started at another time"
        : FindDifference(job, offer.Status, offer.Version);

    /// <summary>Compares the state that came with a rejection.</summary>
    /// <inheritdoc cref="FindDifference(in ActiveJob, ExecutionOffer)"/>
    public static string? FindDifference(in ActiveJob job, ExecutionSnapshot snapshot) => FindDifference(job, snapshot.Status, snapshot.Version);

    /// <summary>
    /// A notification can arrive after the execution that it announces was started. A replacement can only have been queued after that start, so a
    /// QUEUED execution with the same time of queueing is the same one if it was started in a later second.
    /// </summary>
    public static bool IsFromBeforeStart(in ActiveJob job, ExecutionOffer head) =>
        head.Status == JobExecutionStatus.Queued && head.Key == job.Key && head.QueuedAt != 0 && head.QueuedAt == job.QueuedAt && job.StartedAt > job.QueuedAt;

    // An active execution was started, which is never undone, and each change counts its version up.
    private static string? FindDifference(in ActiveJob job, JobExecutionStatus status, long version) =>
        status == JobExecutionStatus.Queued ? "QUEUED after it was started"
        : version != 0 && version < job.Version ? $"version {version} after version {job.Version}"
        : null;

    /// <summary>The service leaves out what it does not know: 0 differs from nothing.</summary>
    private static bool Differ(long ours, long theirs) => ours != 0 && theirs != 0 && ours != theirs;
}
