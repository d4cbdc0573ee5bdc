using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>The states that the service may have at a cut: it may have received what the board sent last, or not.</summary>
internal static class ServiceStates
{
    public static IEnumerable<ServiceModel> At(History history, int cut)
    {
        int current = 0;
        while (current < history.Executions.Count && IsOver(history.Executions[current], cut))
        {
            current++;
        }

        if (current == history.Executions.Count)
        {
            yield return Build(history, cut, current);
            yield break;
        }

        Execution execution = history.Executions[current];
        if (execution.ClaimedAt > cut)
        {
            yield return Build(history, cut, current);
            Execution? old = current > 0 && history.Executions[current - 1].WasReplaced ? history.Executions[current - 1] : null;
            if (old?.ClosedAt > cut)
            {
                // The board asks for the next job only after the record of the old one's end is flushed.
                yield break;
            }

            yield return Build(history, cut, current, e => e.Start());
            if (old is not null)
            {
                // Deleted, created and started again within one second: only the journal tells the two apart.
                yield return Build(history, cut, current, e =>
                {
                    e.Start();
                    (e.QueuedAt, e.StartedAt) = (old.Claim.QueuedAt, old.Claim.StartedAt);
                });
            }

            yield break;
        }

        yield return Build(history, cut, current);
        if (execution.ToldAt <= cut)
        {
            yield return Build(history, cut, current, e => e.Status = StatusOf(execution.Outcome!));
        }

        if (execution.LostAt != int.MaxValue && execution.Begun.Exists(b => b.Index > 0 && b.At <= cut))
        {
            yield return Build(history, cut, current, e => End(e, execution));
        }
    }

    public static JobExecutionStatus StatusOf(Outcome outcome) =>
        outcome.IsSuccess ? JobExecutionStatus.Succeeded : JobExecutionStatus.Failed;

    private static bool IsOver(Execution execution, int cut) => execution.AcknowledgedAt <= cut || execution.LostAt <= cut;

    private static ServiceModel Build(History history, int cut, int current, Action<ServiceExecution>? change = null)
    {
        List<ServiceExecution> all = [];

        // With the one after the current one: more are only more of the same.
        for (int i = 0; i < Math.Min(history.Executions.Count, current + 2); i++)
        {
            Execution execution = history.Executions[i];
            ServiceExecution known = new(execution.Claim, execution.Plan);
            if (i < current && execution.LostAt <= cut)
            {
                End(known, execution);
            }
            else if (i < current)
            {
                known.Status = StatusOf(execution.Outcome!);
            }
            else if (i == current && execution.ClaimedAt <= cut)
            {
                known.Start();
                known.Version = execution.Claim.Version + execution.Reports.Count(at => at <= cut);
            }

            if (i == current)
            {
                change?.Invoke(known);
            }

            // The job does not exist before the one of the same id is deleted.
            known.IsDeleted |= i > 0 && history.Executions[i - 1].WasReplaced && !all[i - 1].IsDeleted;
            all.Add(known);
        }

        return new ServiceModel(all);
    }

    private static void End(ServiceExecution known, Execution execution)
    {
        known.Status = JobExecutionStatus.Canceled;
        known.IsDeleted = execution.WasReplaced;
    }
}
