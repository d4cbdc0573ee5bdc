using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>The cgroup (version 2) of one attempt at a step, which daemons can't leave.</summary>
internal sealed class StepCgroup
{
    private const int ListBytes = 64 * 1024;
    private const int MaxMoves = 200;
    private const int MovePollMilliseconds = 5;
    private const string Processes = "cgroup.procs";
    private readonly string _daemons;

    /// <param name="directory">Its directory, which exists.</param>
    /// <param name="daemons">The cgroup for processes that a step leaves behind.</param>
    public StepCgroup(string directory, string daemons)
    {
        Directory = directory;
        _daemons = daemons;
    }

    public string Directory { get; }

    /// <summary>The file that a process writes to in order to join.</summary>
    public string ProcessesFile => Path.Combine(Directory, Processes);

    /// <summary>Whether the kernel killed a process because of the memory limit.</summary>
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
    /// <returns>False when there is no memory controller.</returns>
    public bool TryLimitMemory(long bytes)
    {
        // Without swap: a board that swaps to its SD card is unusable.
        _ = ProcFile.TryWrite(Path.Combine(Directory, "memory.swap.max"), "0"u8);
        _ = ProcFile.TryWrite(Path.Combine(Directory, "memory.oom.group"), "1"u8);
        byte[] limit = Encoding.ASCII.GetBytes(bytes.ToString(CultureInfo.InvariantCulture));
        return ProcFile.TryWrite(Path.Combine(Directory, "memory.max"), limit);
    }

    /// <summary>Kills all processes in it and in its children.</summary>
    /// <returns>The number of processes that were alive.</returns>
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

    /// <summary>Removes it. Moves running processes, which the step left on purpose, to the cgroup for daemons.</summary>
    /// <returns>False when it could not be removed.</returns>
    public bool TryRelease()
    {
        // The usual case.
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
                TryCreate(_daemons);
            }

            foreach (int id in left)
            {
                byte[] text = Encoding.ASCII.GetBytes(id.ToString(CultureInfo.InvariantCulture));
                _ = ProcFile.TryWrite(Path.Combine(_daemons, Processes), text);
            }

            if (TryRemove(Directory))
            {
                return true;
            }

            // A process is ending, or a process forked a child before it was moved.
            Thread.Sleep(MovePollMilliseconds);
        }

        return false;
    }

    /// <summary>Moves this process into a cgroup.</summary>
    public static bool TryJoin(string directory) => ProcFile.TryWrite(Path.Combine(directory, Processes), "0"u8);

    /// <summary>Why a process could not be moved into a cgroup.</summary>
    public static string ExplainJoin(string directory, int error) =>
        $"can't join the cgroup of the step ({directory}): {Marshal.GetPInvokeErrorMessage(error)} (error {error})";

    public static bool TryCreate(string directory)
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

    // rmdir removes the files of a cgroup too. Another agent may have removed it already.
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
