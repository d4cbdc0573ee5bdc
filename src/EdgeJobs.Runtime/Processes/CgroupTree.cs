using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The part of the cgroup tree (version 2) that is the agent's own to divide: with systemd what <c>Delegate=yes</c> gives
/// it, elsewhere its own cgroup when it may write there.
/// </summary>
internal sealed class CgroupTree
{
    private const string StepPrefix = "edgejobs-step-";
    private const string AgentName = "edgejobs-agent";
    private const string DaemonsName = "edgejobs-daemons";
    private readonly string _prefix;
    private readonly string _daemons;
    private readonly bool _limitsMemory;

    private CgroupTree(string root, bool limitsMemory)
    {
        _prefix = Path.Combine(root, $"{StepPrefix}{Owner()}-");
        _daemons = Path.Combine(root, DaemonsName);
        _limitsMemory = limitsMemory;
    }

    /// <summary>Finds it, and ends what an agent that was killed has left of its steps there.</summary>
    /// <param name="memory">Whether the memory of steps is to be limited.</param>
    /// <returns>Null when there is none.</returns>
    public static CgroupTree? Find(bool memory) =>
        Locate(TextFile.ReadLines("/proc/self/cgroup"), TextFile.ReadLines("/proc/self/mountinfo")) is { } directory ? At(directory, memory) : null;

    /// <summary>Takes a directory of the tree for its own.</summary>
    /// <returns>Null when it may not be divided.</returns>
    public static CgroupTree? At(string directory, bool memory)
    {
        string root = Path.GetFileName(directory) == AgentName ? Path.GetDirectoryName(directory)! : directory;
        string probe = Path.Combine(root, $"{StepPrefix}{Owner()}-0");
        if (!StepCgroup.TryMake(probe))
        {
            return null;
        }

        bool isCgroup = File.Exists(Path.Combine(probe, "cgroup.procs"));
        _ = Libc.RemoveDirectory(probe);
        if (!isCgroup)
        {
            return null;
        }

        EndForsaken(root);
        return new CgroupTree(root, memory && TryEnableMemory(root));
    }

    /// <summary>Where this process is in the tree.</summary>
    /// <param name="cgroups">The lines of <c>/proc/self/cgroup</c>.</param>
    /// <param name="mounts">The lines of <c>/proc/self/mountinfo</c>.</param>
    /// <returns>The directory, or null when there is no tree of version 2.</returns>
    public static string? Locate(string[] cgroups, string[] mounts)
    {
        string? path = Array.Find(cgroups, l => l.StartsWith("0::/", StringComparison.Ordinal))?[3..];
        if (path is null || path.Contains("/..", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (string mount in mounts)
        {
            int kind = mount.IndexOf(" - cgroup2 ", StringComparison.Ordinal);
            string[] fields = mount.Split(' ');
            if (kind < 0 || fields.Length < 5)
            {
                continue;
            }

            // A container may see only a part of the tree.
            string shown = fields[3] == "/" ? string.Empty : fields[3];
            if (path == shown || path.StartsWith(shown + "/", StringComparison.Ordinal))
            {
                return (fields[4] + path[shown.Length..]).TrimEnd('/');
            }
        }

        return null;
    }

    /// <summary>Makes the cgroup of a step.</summary>
    /// <param name="number">What no other step of this agent has.</param>
    /// <param name="memory">How much memory its processes may use, in bytes; 0 for any amount.</param>
    /// <param name="isLimited">Whether the memory is limited now.</param>
    public StepCgroup? Make(long number, long memory, out bool isLimited)
    {
        isLimited = false;
        string directory = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number}");
        if (!StepCgroup.TryMake(directory))
        {
            return null;
        }

        StepCgroup cgroup = new(directory, _daemons);
        isLimited = memory > 0 && _limitsMemory && cgroup.TryLimitMemory(memory);
        return cgroup;
    }

    /// <summary>This process, by a name that no other process ever has.</summary>
    internal static string Owner()
    {
        ProcessEntry.TryRead(Environment.ProcessId, out ProcessEntry self);
        return string.Create(CultureInfo.InvariantCulture, $"{self.Id}-{self.StartTime}");
    }

    /// <summary>Whether the process that <see cref="Owner"/> called so still runs. What is no such name counts as if it did.</summary>
    internal static bool IsAlive(string owner)
    {
        string[] parts = owner.Split('-');
        return parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long since)
            || (ProcessEntry.TryRead(id, out ProcessEntry entry) && entry.StartTime == since && !entry.IsGone);
    }

    /// <summary>Steps of agents that no longer run: whoever runs the step again must not find the first attempt still at work.</summary>
    private static void EndForsaken(string root)
    {
        foreach (string directory in Directory.GetDirectories(root, StepPrefix + "*"))
        {
            string[] parts = Path.GetFileName(directory)[StepPrefix.Length..].Split('-');
            if (parts.Length == 3 && !IsAlive($"{parts[0]}-{parts[1]}"))
            {
                StepCgroup forsaken = new(directory, Path.Combine(root, DaemonsName));
                for (int i = 0; i < 500 && forsaken.Kill() > 0; i++)
                {
                    Thread.Sleep(10);
                }

                _ = forsaken.TryRelease();
            }
        }
    }

    /// <summary>A controller is for cgroups below one that has no processes itself, so the agent moves into one of its own.</summary>
    private static bool TryEnableMemory(string root)
    {
        string controllers = Encoding.ASCII.GetString(ProcFile.Read(Path.Combine(root, "cgroup.controllers"), stackalloc byte[512]));
        if (!controllers.Split(' ', '\n').Contains("memory"))
        {
            return false;
        }

        string control = Path.Combine(root, "cgroup.subtree_control");
        if (ProcFile.TryWrite(control, "+memory"u8))
        {
            return true;
        }

        string own = Path.Combine(root, AgentName);
        return StepCgroup.TryMake(own)
            && ProcFile.TryWrite(Path.Combine(own, "cgroup.procs"), "0"u8)
            && ProcFile.TryWrite(control, "+memory"u8);
    }
}
