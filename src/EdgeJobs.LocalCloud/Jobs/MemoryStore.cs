namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>Keeps nothing: for trying out and for tests.</summary>
internal sealed class MemoryStore : IJobStore
{
    /// <inheritdoc/>
    public IEnumerable<StateChange> Load() => [];

    /// <inheritdoc/>
    public void Save(IReadOnlyList<StateChange> changes)
    {
    }
}
