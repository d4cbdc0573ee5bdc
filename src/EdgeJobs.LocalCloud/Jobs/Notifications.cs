using System.Collections.Immutable;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>
/// The notifications that follow from an operation. Two rules reproduce AWS's whole table: <c>notify</c> if an execution joined or left
/// the thing's pending list, <c>notify-next</c> if the first execution of that list changed. So an execution that starts in place, or
/// reports progress, notifies no one.
/// </summary>
internal static class Notifications
{
    /// <summary>The notifications of an operation, ordered by thing, <c>notify</c> before <c>notify-next</c>.</summary>
    public static IEnumerable<DeviceMessage> Of(Transaction transaction)
    {
        SortedDictionary<string, bool> things = new(StringComparer.Ordinal);
        foreach (StateChange change in transaction.Changes)
        {
            ExecutionKey? key = change switch
            {
                StateChange.ExecutionPut put => put.Execution.Key,
                StateChange.ExecutionRemoved removed => removed.Key,
                _ => null,
            };
            if (key is { } touched)
            {
                bool moved = IsPending(transaction.Before, touched) != IsPending(transaction.State, touched);
                things[touched.ThingName] = moved || things.GetValueOrDefault(touched.ThingName);
            }
        }

        foreach ((string thing, bool listChanged) in things)
        {
            ImmutableSortedSet<Execution> pending = transaction.State.PendingOf(thing);
            if (listChanged)
            {
                yield return ListChanged(thing, pending, transaction.Now);
            }

            if (Head(transaction.Before.PendingOf(thing)) != Head(pending))
            {
                yield return NextChanged(thing, pending, transaction);
            }
        }
    }

    private static DeviceMessage ListChanged(string thing, ImmutableSortedSet<Execution> pending, DateTimeOffset now)
    {
        List<JobExecutionSummary> inProgress = [], queued = [];
        for (int i = 0; i < Math.Min(pending.Count, Limits.ListedExecutions); i++)
        {
            (pending[i].Status == JobExecutionStatus.InProgress ? inProgress : queued).Add(DeviceApiMapper.ToSummary(pending[i]));
        }

        JobExecutionsChangedEvent message = new()
        {
            Timestamp = now.ToUnixTimeSeconds(),
            Jobs = new JobExecutionsByStatus
            {
                InProgress = inProgress.Count == 0 ? null : [.. inProgress],
                Queued = queued.Count == 0 ? null : [.. queued],
            },
        };
        return DeviceMessage.Of(JobsTopics.JobExecutionsChanged(thing), message);
    }

    private static DeviceMessage NextChanged(string thing, ImmutableSortedSet<Execution> pending, Transaction transaction)
    {
        NextJobExecutionChangedEvent message = new()
        {
            Timestamp = transaction.Now.ToUnixTimeSeconds(),
            Execution = pending.IsEmpty ? null
                : DeviceApiMapper.ToExecution(pending[0], transaction.DocumentFor(pending[0].Key), transaction.Now),
        };
        return DeviceMessage.Of(JobsTopics.NextJobExecutionChanged(thing), message);
    }

    private static bool IsPending(ServiceState state, ExecutionKey key) => state.Find(key) is { IsPending: true };

    private static ExecutionKey? Head(ImmutableSortedSet<Execution> pending) => pending.IsEmpty ? null : pending[0].Key;
}
