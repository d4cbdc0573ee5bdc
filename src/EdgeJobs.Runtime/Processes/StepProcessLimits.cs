namespace EdgeJobs.Runtime.Processes;

/// <summary>How long the processes of steps are waited for; shared by all of them.</summary>
internal sealed class StepProcessLimits
{
    private int _lingering;

    /// <summary>How long a cancelled process group has between SIGTERM and SIGKILL, in milliseconds.</summary>
    public int GraceMilliseconds { get; init; } = 10_000;

    /// <summary>How long output is read after the process has ended, when another process still holds the pipe, in milliseconds.</summary>
    public int DrainMilliseconds { get; init; } = 500;

    /// <summary>How long killed processes are waited for, in milliseconds: the kernel can't end one that hangs in a driver.</summary>
    public int KillMilliseconds { get; init; } = 60_000;

    /// <summary>Of how many steps a process left behind may keep its pipe; each costs a thread that sleeps.</summary>
    public int MaxLingering { get; init; } = 8;

    /// <summary>False to wait for processes as on Linux before 5.3.</summary>
    public bool UsePidfd { get; init; } = true;

    /// <summary>The threads that watch them.</summary>
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
