using EdgeJobs.LocalCloud.Model;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>Does not persist anything.</summary>
internal sealed class MemoryStore : IJobStore
{
    public IEnumerable<StateChange> Load() => [];

    public void Save(IReadOnlyList<StateChange> changes)
    {
    }
}
