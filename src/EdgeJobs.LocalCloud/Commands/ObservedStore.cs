using EdgeJobs.LocalCloud.Jobs;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>A store that tells someone what has become durable. The observer is called while the service waits: it queues and returns.</summary>
internal sealed class ObservedStore(IJobStore store, Action<StateChange> observer) : IJobStore
{
    /// <inheritdoc/>
    public IEnumerable<StateChange> Load() => store.Load();

    /// <inheritdoc/>
    public void Save(IReadOnlyList<StateChange> changes)
    {
        store.Save(changes);
        foreach (StateChange change in changes)
        {
            observer(change);
        }
    }
}
