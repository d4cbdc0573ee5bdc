using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>How many executions of a job are in each status.</summary>
internal sealed record JobCounts
{
    private readonly int[] _counts = new int[(int)JobExecutionStatus.Canceled + 1];

    /// <summary>Counts.</summary>
    public JobCounts(IEnumerable<Execution> executions)
    {
        foreach (Execution execution in executions)
        {
            _counts[(int)execution.Status]++;
        }
    }

    /// <summary>How many are in a status.</summary>
    public int this[JobExecutionStatus status] => _counts[(int)status];
}
