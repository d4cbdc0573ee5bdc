using System.Globalization;
using System.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>The cgroup (version 2) of one attempt at a step: no process in it gets out of it by becoming a daemon.</summary>
internal sealed class StepCgroup
{
    private const int ListBytes = 64 * 1024;
    private const int MaxMoves = 200;
    private const int MovePollMilliseconds = 5;
    private readonly string _directory;
    private readonly string _daemons;

    /// <param name="directory">Its directory, which is there.</param>
    /// <param name="daemons">The directory of the cgroup for what a step leaves behind.</param>
    public StepCgroup(string directory, string daemons)
    {
        _directory = directory;
        _daemons = daemons;
    }

    /// <summary>The file that a process joins it by, with "0" written to it.</summary>
    public string Processes => Path.Combine(_directory, "cgroup.procs");

    /// <summary>Whether the kernel has killed a process for the memory limit.</summary>
    public bool HasKilledForMemory
    {
        get
        {
            string events = Encoding.ASCII.GetString(ProcFile.Read(Path.Combine(_directory, "memory.events"), stackalloc byte[512]));
            int at = events.IndexOf("oom_kill ", StringComparison.Ordinal);
            return at >= 0 && at + 9 < events.Length && events[at + 9] != '0';
        }
    }

    /// <summary>Limits the memory of all its processes together.</summary>
    /// <returns>False when the memory controller is not there for it.</returns>
    public bool TryLimitMemory(long bytes)
    {
        // Without swap: a board that swaps to its SD card is no longer of use.
        _ = ProcFile.TryWrite(Path.Combine(_directory, "memory.swap.max"), "0"u8);
        _ = ProcFile.TryWrite(Path.Combine(_directory, "memory.oom.group"), "1"u8);
        return ProcFile.TryWrite(Path.Combine(_directory, "memory.max"), Encoding.ASCII.GetBytes(bytes.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Kills all processes in it, also in cgroups that they have made below it.</summary>
    /// <returns>How many were alive.</returns>
    public int Kill()
    {
        List<int> alive = [];
        Collect(_directory, alive);
        if (alive.Count > 0 && !ProcFile.TryWrite(Path.Combine(_directory, "cgroup.kill"), "1"u8))
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
    public void Release()
    {
        // As a rule nothing is left in it.
        if (Libc.RemoveDirectory(_directory) == 0)
        {
            return;
        }

        for (int i = 0; i < MaxMoves; i++)
        {
            List<int> left = [];
            Collect(_directory, left);
            if (left.Count > 0)
            {
                TryMake(_daemons);
            }

            foreach (int id in left)
            {
                _ = ProcFile.TryWrite(Path.Combine(_daemons, "cgroup.procs"), Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture)));
            }

            if (TryRemove(_directory))
            {
                return;
            }

            // One that is just ending, or the child that one of them had before it was moved.
            Thread.Sleep(MovePollMilliseconds);
        }
    }

    /// <summary>Makes a cgroup.</summary>
    public static bool TryMake(string directory)
    {
        try
        {
            _ = SmallFile.MakeDirectory(directory);
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
        Span<byte> text = ProcFile.Read(Path.Combine(directory, "cgroup.procs"), list);
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

        // rmdir and nothing else: the files of a cgroup go with it.
        return Libc.RemoveDirectory(directory) == 0;
    }

    private static string[] Below(string directory)
    {
        try
        {
            return Directory.GetDirectories(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
