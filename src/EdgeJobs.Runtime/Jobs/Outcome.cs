using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>How a job ended on this board: in the journal, in the update to the service, in the log and in the job's record.</summary>
/// <param name="Status">SUCCEEDED, FAILED or REJECTED.</param>
/// <param name="Reason">Why, in one line.</param>
/// <param name="Details">The statusDetails.</param>
internal sealed record Outcome(JobExecutionUpdateStatus Status, string Reason, ValueMap<string> Details)
{
    public bool IsSuccess => Status == JobExecutionUpdateStatus.Succeeded;
}
