using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The part of the cgroup tree (version 2) in which the agent may create cgroups: the subtree that systemd delegates with
/// <c>Delegate=yes</c>, otherwise the agent's own cgroup if it is writable.
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

    /// <summary>Finds the tree, and kills steps in it that a killed agent left running.</summary>
    /// <param name="memory">Whether to limit the memory of steps.</param>
    /// <returns>Null when there is none.</returns>
    public static CgroupTree? Find(bool memory) =>
        Locate(TextFile.ReadLines("/proc/self/cgroup"), TextFile.ReadLines("/proc/self/mountinfo")) is { } directory
            ? At(directory, memory)
            : null;

    /// <returns>Null when the agent can't create cgroups in the directory.</returns>
    public static CgroupTree? At(string directory, bool memory)
    {
        string root = Path.GetFileName(directory) == AgentName ? Path.GetDirectoryName(directory)! : directory;
        string probe = Path.Combine(root, $"{StepPrefix}{Owner()}-0");
        if (!StepCgroup.TryCreate(probe))
        {
            return null;
        }

        bool isCgroup = File.Exists(Path.Combine(probe, "cgroup.procs"));
        _ = Libc.RemoveDirectory(probe);
        if (!isCgroup)
        {
            return null;
        }

        KillLeftovers(root);
        return new CgroupTree(root, memory && TryEnableMemory(root));
    }

    /// <summary>The directory of this process's cgroup.</summary>
    /// <param name="cgroups">The lines of <c>/proc/self/cgroup</c>.</param>
    /// <param name="mounts">The lines of <c>/proc/self/mountinfo</c>.</param>
    /// <returns>Null when no tree of version 2 is mounted.</returns>
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

            // A container may see only a subtree.
            string shown = fields[3] == "/" ? string.Empty : fields[3];
            if (path == shown || path.StartsWith(shown + "/", StringComparison.Ordinal))
            {
                return (fields[4] + path[shown.Length..]).TrimEnd('/');
            }
        }

        return null;
    }

    /// <summary>Creates the cgroup of a step.</summary>
    /// <param name="number">A number that is unique among the steps of this agent.</param>
    /// <param name="memory">The memory limit of all its processes together, in bytes; 0 for none.</param>
    /// <param name="isLimited">Whether the limit is set.</param>
    public StepCgroup? Create(long number, long memory, out bool isLimited)
    {
        isLimited = false;
        string directory = string.Create(CultureInfo.InvariantCulture, $"{_prefix}{number}");
        if (!StepCgroup.TryCreate(directory))
        {
            return null;
        }

        StepCgroup cgroup = new(directory, _daemons);
        isLimited = memory > 0 && _limitsMemory && cgroup.TryLimitMemory(memory);
        return cgroup;
    }

    /// <summary>A name of this process that is never reused.</summary>
    internal static string Owner()
    {
        ProcessEntry self = ProcessEntry.Self();
        return string.Create(CultureInfo.InvariantCulture, $"{self.Id}-{self.StartTime}");
    }

    /// <summary>Whether the process that <see cref="Owner"/> named is running; true for an invalid name.</summary>
    internal static bool IsAlive(string owner)
    {
        string[] parts = owner.Split('-');
        return parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long since)
            || (ProcessEntry.TryRead(id, out ProcessEntry entry) && entry.StartTime == since && !entry.IsGone);
    }

    /// <summary>Kills steps of agents that have ended: a rerun of a step must not overlap with the first attempt.</summary>
    private static void KillLeftovers(string root)
    {
        foreach (string directory in Directory.GetDirectories(root, StepPrefix + "*"))
        {
            string[] parts = Path.GetFileName(directory)[StepPrefix.Length..].Split('-');
            if (parts.Length == 3 && !IsAlive($"{parts[0]}-{parts[1]}"))
            {
                StepCgroup leftover = new(directory, Path.Combine(root, DaemonsName));
                for (int i = 0; i < 500 && leftover.Kill() > 0; i++)
                {
                    Thread.Sleep(10);
                }

                _ = leftover.TryRelease();
            }
        }
    }

    /// <summary>Only a cgroup without processes can enable controllers for its children, so the agent moves into a child.</summary>
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
        return StepCgroup.TryCreate(own)
            && ProcFile.TryWrite(Path.Combine(own, "cgroup.procs"), "0"u8)
            && ProcFile.TryWrite(control, "+memory"u8);
    }
}
