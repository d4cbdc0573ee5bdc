using EdgeJobs.Client.Tasks;

namespace EdgeJobs.Client.Mqtt;

/// <summary>Delays with reused timers: Task.Delay allocates three objects each time.</summary>
/// <param name="time">The clock.</param>
internal sealed class DelayPool(TimeProvider time)
{
    private PooledDelay? _spare;

    /// <summary>Delays. Await the result exactly once.</summary>
    public ValueTask DelayAsync(TimeSpan span) => (Interlocked.Exchange(ref _spare, null) ?? new PooledDelay(this)).Begin(span);

    private sealed class PooledDelay : Completion<bool>
    {
        private readonly DelayPool _pool;
        private readonly ITimer _timer;

        public PooledDelay(DelayPool pool)
        {
            _pool = pool;
            _timer = pool.Time.CreateTimer(
                static delay => ((PooledDelay)delay!).SetResult(true, inline: true),
                this,
                Timeout.InfiniteTimeSpan,
                Timeout.InfiniteTimeSpan);
        }

        public ValueTask Begin(TimeSpan span)
        {
            Reset();
            ValueTask wait = TaskWithoutResult;

            // Rounded up: timers have a resolution of 1 ms.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            return wait;
        }

        protected override void OnAwaited()
        {
            if (Interlocked.CompareExchange(ref _pool._spare, this, null) is not null)
            {
                _timer.Dispose();
            }
        }
    }

    private TimeProvider Time => time;
}
