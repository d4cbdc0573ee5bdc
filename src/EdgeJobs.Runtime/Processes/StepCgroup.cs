using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>The cgroup (version 2) of one attempt at a step: no process in it gets out of it by becoming a daemon.</summary>
internal sealed class StepCgroup
{
    private const int ListBytes = 64 * 1024;
    private const int MaxMoves = 200;
    private const int MovePollMilliseconds = 5;
    private const string Processes = "cgroup.procs";
    private readonly string _daemons;

    /// <param name="directory">Its directory, which is there.</param>
    /// <param name="daemons">The directory of the cgroup for what a step leaves behind.</param>
    public StepCgroup(string directory, string daemons)
    {
        Directory = directory;
        _daemons = daemons;
    }

    /// <summary>Its directory.</summary>
    public string Directory { get; }

    /// <summary>Whether the kernel has killed a process for the memory limit.</summary>
    public bool HasKilledForMemory
    {
        get
        {
            string events = Encoding.ASCII.GetString(ProcFile.Read(Path.Combine(Directory, "memory.events"), stackalloc byte[512]));
            int at = events.IndexOf("oom_kill ", StringComparison.Ordinal);
            return at >= 0 && at + 9 < events.Length && events[at + 9] != '0';
        }
    }

    /// <summary>Limits the memory of all its processes together.</summary>
    /// <returns>False when the memory controller is not there for it.</returns>
    public bool TryLimitMemory(long bytes)
    {
        // Without swap: a board that swaps to its SD card is no longer of use.
        _ = ProcFile.TryWrite(Path.Combine(Directory, "memory.swap.max"), "0"u8);
        _ = ProcFile.TryWrite(Path.Combine(Directory, "memory.oom.group"), "1"u8);
        return ProcFile.TryWrite(Path.Combine(Directory, "memory.max"), Encoding.ASCII.GetBytes(bytes.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Kills all processes in it, also in cgroups that they have made below it.</summary>
    /// <returns>How many were alive.</returns>
    public int Kill()
    {
        List<int> alive = [];
        Collect(Directory, alive);
        if (alive.Count > 0 && !ProcFile.TryWrite(Path.Combine(Directory, "cgroup.kill"), "1"u8))
        {
            // Linux before 5.14.
            foreach (int id in alive)
            {
                _ = Libc.Kill(id, Libc.SigKill);
            }
        }

        return alive.Count;
    }

    /// <summary>Removes it. What still runs in it was left behind on purpose, and lives on in another.</summary>
    /// <returns>False when it is still there.</returns>
    public bool TryRelease()
    {
        // As a rule nothing is left in it.
        if (TryRemoveEmpty(Directory))
        {
            return true;
        }

        for (int i = 0; i < MaxMoves; i++)
        {
            List<int> left = [];
            Collect(Directory, left);
            if (left.Count > 0)
            {
                TryMake(_daemons);
            }

            foreach (int id in left)
            {
                _ = ProcFile.TryWrite(Path.Combine(_daemons, Processes), Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture)));
            }

            if (TryRemove(Directory))
            {
                return true;
            }

            // One that is just ending, or the child that one of them had before it was moved.
            Thread.Sleep(MovePollMilliseconds);
        }

        return false;
    }

    /// <summary>Has this process join a cgroup.</summary>
    public static bool TryJoin(string directory) => ProcFile.TryWrite(Path.Combine(directory, Processes), "0"u8);

    /// <summary>Makes a cgroup.</summary>
    public static bool TryMake(string directory)
    {
        try
        {
            _ = ProtectedDirectory.Create(directory);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static void Collect(string directory, List<int> ids)
    {
        byte[] list = new byte[ListBytes];
        Span<byte> text = ProcFile.Read(Path.Combine(directory, Processes), list);
        foreach (string line in Encoding.ASCII.GetString(text).Split('\n'))
        {
            if (int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out int id) && id > 0)
            {
                ids.Add(id);
            }
        }

        foreach (string below in Below(directory))
        {
            Collect(below, ids);
        }
    }

    private static bool TryRemove(string directory)
    {
        foreach (string below in Below(directory))
        {
            _ = TryRemove(below);
        }

        return TryRemoveEmpty(directory);
    }

    // rmdir and nothing else: the files of a cgroup go with it. Another agent may have removed what a third one left behind.
    private static bool TryRemoveEmpty(string directory) =>
        Libc.RemoveDirectory(directory) == 0 || Marshal.GetLastPInvokeError() == Libc.NoEntry;

    private static string[] Below(string directory)
    {
        try
        {
            return System.IO.Directory.GetDirectories(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
