using System.Runtime.CompilerServices;

namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>
/// Waits for one value task after the other on the calling thread. A benchmark that awaits has a task of its own for each call,
/// which would be counted.
/// </summary>
internal sealed class Waiting
{
    private readonly AutoResetEvent _done = new(false);
    private readonly Action _set;

    public Waiting() => _set = () => _done.Set();

    /// <summary>The result, when it is there.</summary>
    public T For<T>(ValueTask<T> task)
    {
        ConfiguredValueTaskAwaitable<T>.ConfiguredValueTaskAwaiter awaiter = task.ConfigureAwait(false).GetAwaiter();
        if (!awaiter.IsCompleted)
        {
            awaiter.UnsafeOnCompleted(_set);
            _done.WaitOne();
        }

        return awaiter.GetResult();
    }
}
