using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>The number of a job's executions in each status.</summary>
internal sealed record JobCounts
{
    private readonly int[] _counts = new int[(int)JobExecutionStatus.Canceled + 1];

    public JobCounts(IEnumerable<Execution> executions)
    {
        foreach (Execution execution in executions)
        {
            _counts[(int)execution.Status]++;
        }
    }

    public int this[JobExecutionStatus status] => _counts[(int)status];
}
