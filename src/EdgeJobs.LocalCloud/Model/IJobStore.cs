namespace EdgeJobs.LocalCloud.Model;

/// <summary>Persists the service's state.</summary>
internal interface IJobStore
{
    /// <summary>Returns the whole state as the changes that create it.</summary>
    /// <exception cref="StoreException">The store can't be read.</exception>
    IEnumerable<StateChange> Load();

    /// <summary>Makes the changes durable before it returns: all of them or none.</summary>
    /// <exception cref="StoreException">None of the changes is durable.</exception>
    void Save(IReadOnlyList<StateChange> changes);
}
