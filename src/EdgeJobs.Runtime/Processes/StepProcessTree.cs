using System.Buffers;
using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The processes of one attempt at a step: those in its cgroup and process group, their descendants, those with its run id in the
/// environment, and orphans that the agent adopted since it started. A daemon can't leave all of these.
/// </summary>
internal sealed class StepProcessTree
{
    // No process or process group has this id.
    private const int None = -2;
    private const int EnvironmentBytes = 256 * 1024;
    private readonly int _self = Environment.ProcessId;
    private readonly StepCgroup? _cgroup;
    private readonly ChildReaper _reaper;
    private readonly RunId _runId;
    private HashSet<(int Id, long StartTime)>? _found;
    private byte[]? _variable;
    private int _leader = None;
    private long _since;

    /// <param name="runId">The id of this attempt.</param>
    /// <param name="cgroup">The cgroup of the step, if any.</param>
    /// <param name="reaper">Knows the children of the agent.</param>
    public StepProcessTree(RunId runId, StepCgroup? cgroup, ChildReaper reaper)
    {
        _cgroup = cgroup;
        _reaper = reaper;
        _runId = runId;
    }

    public string? CgroupDirectory => _cgroup?.Directory;

    /// <summary>Whether the kernel killed a process because of the memory limit of the cgroup.</summary>
    public bool RanOutOfMemory => _cgroup?.HasKilledForMemory ?? false;

    /// <summary>Sets the first process, which must not be reaped before <see cref="Leave"/>.</summary>
    public void Begin(int leader)
    {
        _leader = leader;
        _reaper.Add(leader);
    }

    public void Signal(int signal)
    {
        SignalGroup(signal);
        foreach (ProcessEntry entry in Find())
        {
            if (entry.Group != _leader)
            {
                _ = Libc.Kill(entry.Id, signal);
            }
        }
    }

    /// <summary>Kills all processes. Call it again until it returns 0: a dying process may have forked.</summary>
    /// <returns>The number of processes that were alive.</returns>
    public int Kill()
    {
        SignalGroup(Libc.SigKill);
        int alive = _cgroup?.Kill() ?? 0;
        int found = 0;
        foreach (ProcessEntry entry in Find())
        {
            found++;
            _ = Libc.Kill(entry.Id, Libc.SigKill);
        }

        return Math.Max(alive, found);
    }

    /// <summary>Releases processes that are still running. The first process can be reaped after this.</summary>
    public void Leave()
    {
        _ = _cgroup?.TryRelease();
        _reaper.Remove(_leader);
    }

    private void SignalGroup(int signal)
    {
        if (_leader > 1)
        {
            _ = Libc.Kill(-_leader, signal);
        }
    }

    /// <summary>The processes that are alive.</summary>
    private List<ProcessEntry> Find()
    {
        // Allocated late: most steps end by themselves.
        if (_found is null)
        {
            _found = [];
            _since = ProcessEntry.TryRead(_leader, out ProcessEntry leader) ? leader.StartTime : 0;
        }

        byte[] variable = _variable ??= Encoding.UTF8.GetBytes($"\0{_runId.Variable}\0");
        List<ProcessEntry> all = [];
        ProcessEntry.All(all);
        HashSet<int> tree = [_leader];
        HashSet<int> sessions = [];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(EnvironmentBytes);
        foreach (ProcessEntry entry in all)
        {
            if (entry.Id != _self
                && entry.Id != 1
                && entry.StartTime >= _since
                && (_found.Contains((entry.Id, entry.StartTime)) || IsMarked(entry, variable, buffer)))
            {
                tree.Add(entry.Id);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        for (int known = 0; known < tree.Count;)
        {
            known = tree.Count;
            foreach (ProcessEntry entry in all)
            {
                if (entry.Id != _self && (tree.Contains(entry.Parent) || tree.Contains(entry.Group) || sessions.Contains(entry.Session)))
                {
                    tree.Add(entry.Id);
                }

                if (entry.Session == entry.Id && tree.Contains(entry.Id))
                {
                    sessions.Add(entry.Session);
                }
            }
        }

        _reaper.Reap(all, tree);
        List<ProcessEntry> alive = all.FindAll(e => !e.IsGone && tree.Contains(e.Id));
        foreach (ProcessEntry entry in alive)
        {
            // A zombie can be recognized only by its id and start time.
            _found.Add((entry.Id, entry.StartTime));
        }

        return alive;
    }

    private bool IsMarked(ProcessEntry entry, ReadOnlySpan<byte> variable, byte[] buffer)
    {
        if (entry.Group == _leader || entry.IsGone)
        {
            return entry.Group == _leader;
        }

        // The variables are separated by nulls; put one before the first, too.
        Span<byte> environment = ProcFile.Read($"/proc/{entry.Id}/environ", buffer.AsSpan(1));
        environment = buffer.AsSpan(0, environment.Length + 1);
        environment[0] = 0;
        return environment.IndexOf(variable) >= 0
            || (environment.IndexOf(variable[..(RunId.Prefix.Length + 1)]) < 0 && _reaper.IsAdopted(entry));
    }
}
