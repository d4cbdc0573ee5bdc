using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Engine;

/// <summary>How an execution stands, as the service tells along with a rejection.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Version">Its version number.</param>
internal sealed record ExecutionSnapshot(JobExecutionStatus Status, long Version)
{
    /// <summary>Whether it can still be updated.</summary>
    public bool IsPending => Status.IsPending();
}

/// <summary>What a status means to the agent.</summary>
internal static class JobExecutionStatusExtensions
{
    /// <summary>Whether the execution has not ended. A status that this build does not know is taken for an end: a device can't set it.</summary>
    public static bool IsPending(this JobExecutionStatus status) => status is JobExecutionStatus.Queued or JobExecutionStatus.InProgress;

    /// <summary>Whether it is the outcome that the device itself has reported.</summary>
    public static bool Is(this JobExecutionStatus status, JobExecutionUpdateStatus reported) => (status, reported) switch
    {
        (JobExecutionStatus.Succeeded, JobExecutionUpdateStatus.Succeeded) => true,
        (JobExecutionStatus.Failed, JobExecutionUpdateStatus.Failed) => true,
        (JobExecutionStatus.Rejected, JobExecutionUpdateStatus.Rejected) => true,
        _ => false,
    };
}
