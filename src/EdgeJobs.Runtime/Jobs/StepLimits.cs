using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>What a step may use of the board. 0 stands for any amount.</summary>
public sealed record StepLimits
{
    /// <summary>
    /// How much memory, in bytes: all processes of the step together where they are in a cgroup with the memory controller,
    /// otherwise what each of them may map.
    /// </summary>
    public long MemoryBytes { get; init; }

    /// <summary>How much CPU time each of its processes may use, in seconds.</summary>
    public long CpuSeconds { get; init; }

    /// <summary>How many descriptors each of its processes may have open.</summary>
    public long OpenFiles { get; init; }

    /// <summary>Any amount of everything.</summary>
    internal static StepLimits None { get; } = new();

    internal bool IsAny => MemoryBytes > 0 || CpuSeconds > 0 || OpenFiles > 0;

    /// <summary>Says which of them has ended a step, where that can be known; empty otherwise.</summary>
    internal string Explain(StepEnd end, int code, bool outOfMemory)
    {
        if (outOfMemory)
        {
            return $"it used more memory than limit_memory_mb allows, {MemoryBytes / 1024 / 1024} MB";
        }

        return CpuSeconds > 0 && end == StepEnd.Signaled && code == Libc.SigCpuTime
            ? $"it used more CPU time than limit_cpu_seconds allows, {CpuSeconds} s"
            : string.Empty;
    }
}
