using System.Threading.Tasks.Sources;

namespace EdgeJobs.Client.Mqtt;

/// <summary>Delays with reused timers: Task.Delay allocates three objects each time.</summary>
/// <param name="time">The clock.</param>
internal sealed class DelayPool(TimeProvider time)
{
    private PooledDelay? _spare;

    /// <summary>Delays. Await the result exactly once.</summary>
    public ValueTask DelayAsync(TimeSpan span) => (Interlocked.Exchange(ref _spare, null) ?? new PooledDelay(this)).Begin(span);

    private sealed class PooledDelay : IValueTaskSource
    {
        private readonly DelayPool _pool;
        private readonly ITimer _timer;
        private ManualResetValueTaskSourceCore<bool> _wait;

        public PooledDelay(DelayPool pool)
        {
            _pool = pool;
            _timer = pool.Time.CreateTimer(
                static delay => ((PooledDelay)delay!)._wait.SetResult(true), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public ValueTask Begin(TimeSpan span)
        {
            _wait.Reset();
            ValueTask wait = new(this, _wait.Version);

            // Rounded up: timers have a resolution of 1 ms.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            return wait;
        }

        void IValueTaskSource.GetResult(short token)
        {
            _ = _wait.GetResult(token);
            if (Interlocked.CompareExchange(ref _pool._spare, this, null) is not null)
            {
                _timer.Dispose();
            }
        }

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

        void IValueTaskSource.OnCompleted(
            Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _wait.OnCompleted(continuation, state, token, flags);
    }

    private TimeProvider Time => time;
}
