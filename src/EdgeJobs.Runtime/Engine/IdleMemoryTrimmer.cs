using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Returns memory to the system while the agent is idle: garbage, and free memory of the C library.
/// </summary>
internal sealed class IdleMemoryTrimmer : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SecondDelay = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private readonly Lock _lock = new();
    private readonly Action _release;
    private readonly ITimer _timer;
    private bool _isIdle;
    private int _releases;

    /// <param name="time">The clock.</param>
    /// <param name="release">
    /// Runs after two idle seconds; 40 s later, because pools of arrays keep what was used in the 30 s before a collection; and then each
    /// hour, because pings leave a little garbage. <see cref="Release"/> in the native agent.
    /// </param>
    public IdleMemoryTrimmer(TimeProvider time, Action release)
    {
        _release = release;
        _timer = time.CreateTimer(_ => Elapsed(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Called after each event.</summary>
    public void Update(bool isIdle)
    {
        lock (_lock)
        {
            _isIdle = isIdle;
            if (isIdle)
            {
                _releases = 0;
                _timer.Change(Delay, SecondDelay);
            }
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
    }

    private void Elapsed()
    {
        lock (_lock)
        {
            if (!_isIdle)
            {
                return;
            }

            if (++_releases == 2)
            {
                _timer.Change(Interval, Interval);
            }
        }

        _release();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
