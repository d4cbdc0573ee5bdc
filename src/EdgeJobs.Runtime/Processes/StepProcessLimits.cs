using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>The times to wait for processes of steps, and the threads that wait. Shared by all steps.</summary>
internal sealed class StepProcessLimits
{
    private int _lingering;

    /// <summary>The time between SIGTERM and SIGKILL.</summary>
    public required int GraceMilliseconds { get; init; }

    /// <summary>How long to read output after the process has ended while another process keeps the pipe open.</summary>
    public int DrainMilliseconds { get; init; } = 500;

    /// <summary>How long to wait for killed processes: the kernel can't end a process that hangs in a driver.</summary>
    public int KillMilliseconds { get; init; } = 60_000;

    /// <summary>The number of steps whose leftover processes keep their pipes; each needs a sleeping thread.</summary>
    public int MaxLingering { get; init; } = 8;

    /// <summary>False to wait as on Linux before 5.3.</summary>
    public bool UsePidfd { get; init; } = true;

    /// <summary>False to start processes as where <see cref="NativeSpawn"/> is not linked.</summary>
    public bool UseNativeSpawn { get; init; } = NativeSpawn.IsLinked;

    public StepThreads Threads { get; } = new();

    public bool TryBeginLingering()
    {
        if (Interlocked.Increment(ref _lingering) <= MaxLingering)
        {
            return true;
        }

        EndLingering();
        return false;
    }

    public void EndLingering() => Interlocked.Decrement(ref _lingering);
}
