using System.Buffers;
using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The processes of one attempt at a step: everything in its cgroup where it has one, its process group, whatever descends
/// from it, what carries its run id in the environment, and orphans that the agent has adopted since it began. No way of
/// becoming a daemon leads out of all of these.
/// </summary>
internal sealed class StepProcessTree
{
    // No process has this number, as its own or as its group's.
    private const int None = -2;
    private const int EnvironmentBytes = 256 * 1024;
    private readonly int _self = Environment.ProcessId;
    private readonly StepCgroup? _cgroup;
    private readonly ChildReaper _orphans;
    private readonly RunId _runId;
    private HashSet<(int Id, long StartTime)>? _found;
    private byte[]? _variable;
    private int _leader = None;
    private long _since;

    /// <summary>Makes the family of a step that is about to start.</summary>
    /// <param name="runId">What no other attempt at any step is called.</param>
    /// <param name="cgroup">The step's own cgroup, if any.</param>
    /// <param name="orphans">Knows the children that the agent has.</param>
    public StepProcessTree(RunId runId, StepCgroup? cgroup, ChildReaper orphans)
    {
        _cgroup = cgroup;
        _orphans = orphans;
        _runId = runId;
    }

    /// <summary>The directory of the step's cgroup; null when it has none.</summary>
    public string? CgroupDirectory => _cgroup?.Directory;

    /// <summary>Whether the kernel has killed one of them because they used more memory than their cgroup may.</summary>
    public bool RanOutOfMemory => _cgroup?.HasKilledForMemory ?? false;

    /// <summary>Tells the first process, which is not reaped before the family is left.</summary>
    public void Begin(int leader)
    {
        _leader = leader;
        _orphans.Add(leader);
        _since = ProcessEntry.TryRead(leader, out ProcessEntry entry) ? entry.StartTime : 0;
    }

    /// <summary>Sends a signal to all of them.</summary>
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

    /// <summary>Kills all of them.</summary>
    /// <returns>How many were alive; to be called again until there are none, for a dying process may just have had a child.</returns>
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

    /// <summary>Lets those go that are left; the first process is reaped after this.</summary>
    public void Leave()
    {
        _ = _cgroup?.TryRelease();
        _orphans.Remove(_leader);
    }

    private void SignalGroup(int signal)
    {
        if (_leader > 1)
        {
            _ = Libc.Kill(-_leader, signal);
        }
    }

    /// <summary>Those that are alive.</summary>
    private List<ProcessEntry> Find()
    {
        // Only of a step that has to be ended: most end by themselves.
        _found ??= [];
        byte[] variable = _variable ??= Encoding.UTF8.GetBytes($"\0{_runId.Variable}\0");
        List<ProcessEntry> all = [];
        ProcessEntry.All(all);
        HashSet<int> family = [_leader];
        HashSet<int> sessions = [];
        byte[] buffer = ArrayPool<byte>.Shared.Rent(EnvironmentBytes);
        foreach (ProcessEntry entry in all)
        {
            if (entry.Id != _self && entry.Id != 1 && entry.StartTime >= _since && (_found.Contains((entry.Id, entry.StartTime)) || IsMarked(entry, variable, buffer)))
            {
                family.Add(entry.Id);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        for (int known = 0; known < family.Count;)
        {
            known = family.Count;
            foreach (ProcessEntry entry in all)
            {
                if (entry.Id != _self && (family.Contains(entry.Parent) || family.Contains(entry.Group) || sessions.Contains(entry.Session)))
                {
                    family.Add(entry.Id);
                }

                if (entry.Session == entry.Id && family.Contains(entry.Id))
                {
                    sessions.Add(entry.Session);
                }
            }
        }

        _orphans.Reap(all, family);
        List<ProcessEntry> alive = all.FindAll(e => !e.IsGone && family.Contains(e.Id));
        foreach (ProcessEntry entry in alive)
        {
            // When it is a zombie, nothing but its number tells whose it was.
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

        // The file has no null before its first variable.
        Span<byte> environment = ProcFile.Read($"/proc/{entry.Id}/environ", buffer.AsSpan(1));
        environment = buffer.AsSpan(0, environment.Length + 1);
        environment[0] = 0;
        return environment.IndexOf(variable) >= 0
            || (environment.IndexOf(variable[..(RunId.Prefix.Length + 1)]) < 0 && _orphans.IsAdopted(entry));
    }
}
