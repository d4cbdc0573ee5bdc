using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// Tells the children that the agent started from the orphaned descendants that it adopted, and reaps the adopted ones, so that no zombie
/// remains.
/// </summary>
internal sealed class ChildReaper
{
    private readonly Lock _gate = new();
    private readonly int _self = Environment.ProcessId;
    private readonly HashSet<int> _started = [];
    private readonly List<ProcessEntry> _all = [];
    private HashSet<(int Id, long StartTime)> _before = [];
    private HashSet<int> _sessionsBefore = [];
    private HashSet<(int Id, long StartTime)> _gone = [];

    /// <param name="adopts">Whether the agent adopts its orphaned descendants.</param>
    public ChildReaper(bool adopts)
    {
        Adopts = adopts && Libc.AdoptOrphans();

        // Children from before the agent started belong to no step.
        Poll();
    }

    public bool Adopts { get; }

    /// <summary>Notes the adopted children before a step starts: they do not belong to it.</summary>
    public void Poll()
    {
        if (!Adopts)
        {
            return;
        }

        if (!Libc.HasChildren())
        {
            // The usual case, without a scan of /proc.
            lock (_gate)
            {
                _before.Clear();
                _sessionsBefore.Clear();
                _gone.Clear();
            }

            return;
        }

        HashSet<(int Id, long StartTime)> before = [];
        HashSet<(int Id, long StartTime)> gone = [];
        HashSet<int> sessions = [];
        lock (_gate)
        {
            ProcessEntry.All(_all);
            foreach (ProcessEntry entry in _all)
            {
                if (entry.Parent != _self || _started.Contains(entry.Id))
                {
                    continue;
                }

                // .NET reaps its own children at once: a zombie that was one at the last poll, too, is left to the agent.
                (int Id, long StartTime) child = (entry.Id, entry.StartTime);
                if (entry.IsGone && (!_gone.Contains(child) || !TryReap(entry.Id)))
                {
                    gone.Add(child);
                }

                before.Add(child);
                sessions.Add(entry.Session);
            }

            _before = before;
            _sessionsBefore = sessions;
            _gone = gone;
        }
    }

    /// <summary>Adds a child that the agent started and reaps itself.</summary>
    public void Add(int id)
    {
        lock (_gate)
        {
            _started.Add(id);
        }
    }

    /// <summary>Removes a child that is about to be reaped.</summary>
    public void Remove(int id)
    {
        lock (_gate)
        {
            _started.Remove(id);
        }
    }

    /// <summary>Whether the agent adopted a process since the last poll.</summary>
    public bool IsAdopted(ProcessEntry entry)
    {
        lock (_gate)
        {
            return Adopts
                && entry.Parent == _self
                && !_started.Contains(entry.Id)
                && !_before.Contains((entry.Id, entry.StartTime))
                && (entry.Session == entry.Id || !_sessionsBefore.Contains(entry.Session));
        }
    }

    /// <summary>Reaps the adopted zombies of a process tree.</summary>
    public void Reap(List<ProcessEntry> all, HashSet<int> tree)
    {
        lock (_gate)
        {
            foreach (ProcessEntry entry in all)
            {
                if (entry.IsGone && entry.Parent == _self && tree.Contains(entry.Id) && !_started.Contains(entry.Id))
                {
                    _ = TryReap(entry.Id);
                }
            }
        }
    }

    private static unsafe bool TryReap(int id)
    {
        int status;
        return Libc.WaitProcess(id, &status, Libc.DoNotHang) == id;
    }
}
