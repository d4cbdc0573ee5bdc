
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Gives back what the agent holds in reserve when there is nothing to do: garbage, what the C library keeps for later, and the
/// pages of programs and libraries that only starting or a job needs. Those pages stay in the system's cache, which is where they
/// are found when they are needed again; unmapped, they are what the system takes first when it is short of memory.
/// </summary>
internal sealed class IdleMemoryTrimmer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private readonly ITimer _timer;
    private volatile bool _isQuiet;

    /// <summary>Makes one that waits to be told of quiet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="release">What is done after two seconds of quiet, and then each hour: pings leave a little behind. For the native agent <see cref="Release"/>.</param>
    public IdleMemoryTrimmer(TimeProvider time, Action release) => _timer = time.CreateTimer(
        _ =>
        {
            if (_isQuiet)
            {
                release();
            }
        },
        null,
        Timeout.InfiniteTimeSpan,
        Timeout.InfiniteTimeSpan);

    /// <summary>Tells after each event whether there is nothing to do.</summary>
    /// <param name="isQuiet">There is nothing to do.</param>
    public void Note(bool isQuiet)
    {
        _isQuiet = isQuiet;
        if (isQuiet)
        {
            _timer.Change(Patience, Interval);
        }
    }

    /// <summary>
    /// Has the threads share what the C library has for heaps already: otherwise each that calls OpenSSL begins one of its own, whose
    /// room the others don't get. Before the pool has threads.
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
            // Only glibc has it.
        }
    }

    /// <summary>Gives back what can be given back.</summary>
    public static void Release()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            _ = Libc.TrimHeap(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Only glibc has it.
        }

        UnusedPages.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();
}
