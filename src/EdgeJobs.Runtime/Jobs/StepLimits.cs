using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>The resource limits of a step. 0 means no limit.</summary>
internal sealed record StepLimits
{
    /// <summary>
    /// The memory of the step in bytes: of all its processes together in a cgroup with the memory controller, otherwise of the address
    /// space of each process.
    /// </summary>
    public long MemoryBytes { get; init; }

    /// <summary>The CPU time of each process, in seconds.</summary>
    public long CpuSeconds { get; init; }

    /// <summary>The number of open descriptors of each process.</summary>
    public long OpenFiles { get; init; }

    internal static StepLimits None { get; } = new();

    internal bool IsAny => MemoryBytes > 0 || CpuSeconds > 0 || OpenFiles > 0;

    /// <summary>The limit that ended a step, in words; empty if none did or it is unknown.</summary>
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
