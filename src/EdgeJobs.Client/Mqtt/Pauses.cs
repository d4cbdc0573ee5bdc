using System.Threading.Tasks.Sources;

namespace EdgeJobs.Client.Mqtt;

/// <summary>Waits of a while, whose timers serve one after the other: Task.Delay makes three objects each time.</summary>
/// <param name="time">The clock.</param>
internal sealed class Pauses(TimeProvider time)
{
    private Pause? _spare;

    /// <summary>Waits. To be awaited once.</summary>
    public ValueTask For(TimeSpan span) => (Interlocked.Exchange(ref _spare, null) ?? new Pause(this)).Begin(span);

    private sealed class Pause : IValueTaskSource
    {
        private readonly Pauses _pauses;
        private readonly ITimer _timer;
        private ManualResetValueTaskSourceCore<bool> _wait;

        public Pause(Pauses pauses)
        {
            _pauses = pauses;
            _timer = pauses.Time.CreateTimer(static pause => ((Pause)pause!)._wait.SetResult(true), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public ValueTask Begin(TimeSpan span)
        {
            _wait.Reset();
            ValueTask wait = new(this, _wait.Version);

            // Rounded up: the clock's timers count whole milliseconds.
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            return wait;
        }

        void IValueTaskSource.GetResult(short token)
        {
            _ = _wait.GetResult(token);
            if (Interlocked.CompareExchange(ref _pauses._spare, this, null) is not null)
            {
                _timer.Dispose();
            }
        }

        ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

        void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _wait.OnCompleted(continuation, state, token, flags);
    }

    private TimeProvider Time => time;
}
