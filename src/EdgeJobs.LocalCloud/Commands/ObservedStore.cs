using EdgeJobs.LocalCloud.Model;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>
/// A store that reports what has become durable. The service waits for the observer, so the observer must only enqueue.
/// </summary>
internal sealed class ObservedStore(IJobStore store, Action<StateChange> observer) : IJobStore
{
    public IEnumerable<StateChange> Load() => store.Load();

    public void Save(IReadOnlyList<StateChange> changes)
    {
        store.Save(changes);
        foreach (StateChange change in changes)
        {
            observer(change);
        }
    }
}
