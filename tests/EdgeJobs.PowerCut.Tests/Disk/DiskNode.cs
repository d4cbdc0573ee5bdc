namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>
/// A file or a directory of the model, whatever its name: what the running system sees of it, and what may be on the disk. Index 0 of its
/// states is the flushed one, index 1 the newest one.
/// </summary>
internal abstract class DiskNode(int id)
{
    /// <summary>
    /// How many changes the model keeps apart. The kernel writes changes back after a while, so the oldest of more counts as flushed.
    /// </summary>
    protected const int MaxPending = 8;

    /// <summary>Counts up in the order of creation.</summary>
    public int Id { get; } = id;

    /// <summary>Whether the disk may have another state than the running system.</summary>
    public abstract bool IsPending { get; }

    /// <summary>The number of states that the disk may hold.</summary>
    public abstract int StateCount { get; }

    public abstract void Flush();
}
