using System.Globalization;

namespace EdgeJobs.Footprint;

/// <summary>A snapshot of /proc of a process.</summary>
/// <param name="Rss">Resident memory, in bytes.</param>
/// <param name="PeakRss">The highest resident memory since the program started, in bytes.</param>
/// <param name="Pss">Resident memory with shared pages divided by the number of sharing processes, in bytes.</param>
/// <param name="PrivateDirty">Memory that only this process uses and has written to, in bytes.</param>
/// <param name="Threads">The number of threads.</param>
/// <param name="Cpu">Processor time of all threads, including ended ones, without children.</param>
internal sealed record ProcSample(long Rss, long PeakRss, long Pss, long PrivateDirty, int Threads, TimeSpan Cpu)
{
    /// <summary>The kernel's tick in /proc/PID/stat: USER_HZ is 100 on every Linux.</summary>
    private const double TickMilliseconds = 10;

    /// <summary>Reads /proc of a process.</summary>
    public static ProcSample Read(int processId)
    {
        string proc = $"/proc/{processId}";
        const long Kilobyte = 1024;
        return new ProcSample(
            Number(proc + "/smaps_rollup", "Rss:") * Kilobyte,
            Number(proc + "/status", "VmHWM:") * Kilobyte,
            Number(proc + "/smaps_rollup", "Pss:") * Kilobyte,
            Number(proc + "/smaps_rollup", "Private_Dirty:") * Kilobyte,
            Directory.GetDirectories(proc + "/task").Length,
            CpuOf(proc));
    }

    /// <summary>
    /// Processor time of the threads that run now, to the nanosecond. Exact where <see cref="Cpu"/> has ticks, but without
    /// threads that have ended.
    /// </summary>
    public static TimeSpan ExactCpu(int processId)
    {
        long nanoseconds = 0;
        foreach (string task in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            nanoseconds += long.Parse(File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture);
        }

        return TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    /// <summary>The names of the threads and their voluntary context switches, which show the threads that wake up.</summary>
    public static IReadOnlyDictionary<string, long> Sleepers(int processId)
    {
        Dictionary<string, long> sleepers = [];
        foreach (string task in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            sleepers[$"{File.ReadAllText(task + "/comm").Trim()} {Path.GetFileName(task)}"] =
                Number(task + "/status", "voluntary_ctxt_switches:");
        }

        return sleepers;
    }

    private static TimeSpan CpuOf(string proc)
    {
        // Fields 14 and 15, counted after the name in parentheses, which may contain spaces.
        string stat = File.ReadAllText(proc + "/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return TimeSpan.FromMilliseconds(ticks * TickMilliseconds);
    }

    private static long Number(string file, string name)
    {
        foreach (string line in File.ReadLines(file))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(name.Length).Trim().ToString().Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }

        throw new InvalidOperationException($"{file} has no line '{name}'");
    }
}
