using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>How a job ended on this board.</summary>
/// <param name="Status">SUCCEEDED, FAILED or REJECTED.</param>
/// <param name="Reason">Why, in one line.</param>
/// <param name="Details">What is reported.</param>
internal sealed record Outcome(JobExecutionUpdateStatus Status, string Reason, ValueMap<string> Details)
{
    public bool IsSuccess => Status == JobExecutionUpdateStatus.Succeeded;
}
