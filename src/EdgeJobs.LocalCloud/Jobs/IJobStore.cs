namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>Where the service's state outlives the process.</summary>
internal interface IJobStore
{
    /// <summary>Reads everything, as the changes that make it.</summary>
    /// <exception cref="StoreException">It can't be read.</exception>
    IEnumerable<StateChange> Load();

    /// <summary>Makes changes durable, all or none, before it returns.</summary>
    /// <exception cref="StoreException">They could not be made durable; none of them is.</exception>
    void Save(IReadOnlyList<StateChange> changes);
}
