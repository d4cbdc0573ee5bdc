using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Returns memory to the system while the agent is idle: garbage, free memory of the C library, and pages of programs and libraries that
/// only the start or a job needs. Those pages stay in the page cache, where they are found again; unmapped, they are the first ones that
/// the system reclaims.
/// </summary>
internal sealed class IdleMemoryTrimmer : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private readonly ITimer _timer;
    private volatile bool _isIdle;

    /// <param name="time">The clock.</param>
    /// <param name="release">
    /// Runs after two idle seconds, and then each hour, because pings leave a little garbage. <see cref="Release"/> in the native agent.
    /// </param>
    public IdleMemoryTrimmer(TimeProvider time, Action release) => _timer = time.CreateTimer(
        _ =>
        {
            if (_isIdle)
            {
                release();
            }
        },
        null,
        Timeout.InfiniteTimeSpan,
        Timeout.InfiniteTimeSpan);

    /// <summary>Called after each event.</summary>
    public void Update(bool isIdle)
    {
        _isIdle = isIdle;
        if (isIdle)
        {
            _timer.Change(Delay, Interval);
        }
    }

    /// <summary>
    /// Makes all threads share one heap of the C library: otherwise each thread that calls OpenSSL gets its own, whose free memory the
    /// others can't use. Call it before the thread pool starts threads.
    /// </summary>
    public static void ShareHeaps()
    {
        const int MaxArenas = -8;
        try
        {
            _ = Libc.SetHeapOption(MaxArenas, 1);
        }
        catch (EntryPointNotFoundException)
        {
            // Only glibc has this function.
        }
    }

    public static void Release()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            _ = Libc.TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Only glibc has this function.
        }

        UnusedPages.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
