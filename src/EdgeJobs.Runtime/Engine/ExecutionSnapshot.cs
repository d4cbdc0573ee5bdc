using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Engine;

/// <summary>The state of an execution that the service sends with a rejection.</summary>
internal sealed record ExecutionSnapshot(JobExecutionStatus Status, long Version)
{
    /// <summary>Whether the execution can still be updated.</summary>
    public bool IsPending => Status.IsPending();
}

/// <summary>What a status means to the agent.</summary>
internal static class ExecutionStatus
{
    /// <summary>Whether the execution has not ended. An unknown status counts as an end: a device can't set it.</summary>
    public static bool IsPending(this JobExecutionStatus status) => status is JobExecutionStatus.Queued or JobExecutionStatus.InProgress;

    /// <summary>The status for messages; the service may have a status that this build does not know.</summary>
    public static string ToText(this JobExecutionStatus status) =>
        status == JobExecutionStatus.Unknown ? "a status that this agent does not know" : status.ToWireString();

    /// <summary>Whether the service has the status that the agent reported.</summary>
    public static bool Is(this JobExecutionStatus status, JobExecutionUpdateStatus reported) =>
        JobExecutionStatusExtensions.TryParseJobExecutionStatus(reported.ToUtf8(), out JobExecutionStatus same) && status == same;
}
