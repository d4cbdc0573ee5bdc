using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>The order in which a thing gets its executions: IN_PROGRESS before QUEUED, then by queue time, then by creation.</summary>
internal sealed class PendingExecutionComparer : IComparer<Execution>
{
    public static PendingExecutionComparer Instance { get; } = new();

    public int Compare(Execution? x, Execution? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        int order = Rank(x).CompareTo(Rank(y));
        if (order == 0)
        {
            order = x.QueuedAt.CompareTo(y.QueuedAt);
        }

        return order != 0 ? order : x.Sequence.CompareTo(y.Sequence);
    }

    private static int Rank(Execution execution) => execution.Status == JobExecutionStatus.InProgress ? 0 : 1;
}
