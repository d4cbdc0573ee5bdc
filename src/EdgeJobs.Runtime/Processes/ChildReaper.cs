using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// Knows which children of the agent it has started itself; the others it has adopted, as they were orphans below it. Takes
/// the exit status of those, so that no zombie stays for good.
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

    /// <param name="adopts">Whether the agent is to become the parent of orphans below it.</param>
    public ChildReaper(bool adopts)
    {
        Adopts = adopts && Libc.AdoptOrphans();

        // Children that the process had before it became the agent are no step's.
        Look();
    }

    /// <summary>Whether orphans become children of the agent.</summary>
    public bool Adopts { get; }

    /// <summary>A step is about to start: whom the agent has adopted before belongs to other steps.</summary>
    public void Look()
    {
        if (!Adopts)
        {
            return;
        }

        if (!Libc.HasChildren())
        {
            // As a rule: then the machine's processes need not be looked through.
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

                // A child that .NET has started is waited for at once when it ends: one that was gone at the last look has nobody but us.
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

    /// <summary>A child that the agent starts and waits for itself.</summary>
    public void Add(int id)
    {
        lock (_gate)
        {
            _started.Add(id);
        }
    }

    /// <summary>The child is about to be waited for.</summary>
    public void Remove(int id)
    {
        lock (_gate)
        {
            _started.Remove(id);
        }
    }

    /// <summary>Whether the agent has adopted a process since the last look.</summary>
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

    /// <summary>Takes the exit status of those of a family that the agent has adopted and that are gone.</summary>
    public void Reap(List<ProcessEntry> all, HashSet<int> family)
    {
        lock (_gate)
        {
            foreach (ProcessEntry entry in all)
            {
                if (entry.IsGone && entry.Parent == _self && family.Contains(entry.Id) && !_started.Contains(entry.Id))
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
