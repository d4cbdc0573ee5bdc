namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// The system clock, with timers that run in one thread. For each ping, .NET's own timers wake about twenty threads: the timer thread, a
/// thread of the pool for each timer that is due, and the thread that supervises the pool.
/// </summary>
/// <remarks>A timer callback must return soon: it delays all other timers.</remarks>
internal sealed class AgentClock : TimeProvider
{
    private const int StackBytes = 256 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);
    private readonly object _gate = new();

    // Few: a list is enough.
    private readonly List<Alarm> _set = [];
    private long _wakesAt = long.MaxValue;
    private bool _isRunning;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Alarm alarm = new(this, callback, state);
        alarm.Change(dueTime, period);
        return alarm;
    }

    private void Set(Alarm alarm, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _ = _set.Remove(alarm);
            if (dueTime < TimeSpan.Zero)
            {
                return;
            }

            alarm.Due = GetTimestamp() + TicksOf(dueTime);
            alarm.Period = period > TimeSpan.Zero ? TicksOf(period) : 0;
            _set.Add(alarm);
            if (!_isRunning)
            {
                _isRunning = true;
                new Thread(Run, StackBytes) { IsBackground = true, Name = "timers" }.Start();
            }
            else if (alarm.Due < _wakesAt)
            {
                // Wake the thread only if it would wake too late.
                Monitor.Pulse(_gate);
            }
        }
    }

    private bool Forget(Alarm alarm)
    {
        lock (_gate)
        {
            return _set.Remove(alarm);
        }
    }

    private void Run()
    {
        while (true)
        {
            Next().Call();
        }
    }

    private Alarm Next()
    {
        lock (_gate)
        {
            while (true)
            {
                Alarm? first = null;
                foreach (Alarm alarm in _set)
                {
                    first = first is null || alarm.Due < first.Due ? alarm : first;
                }

                long now = GetTimestamp();
                if (first is not null && first.Due <= now)
                {
                    _wakesAt = 0;
                    if (first.Period > 0)
                    {
                        first.Due += first.Period;
                    }
                    else
                    {
                        _ = _set.Remove(first);
                    }

                    return first;
                }

                _wakesAt = first?.Due ?? long.MaxValue;

                // Rounded up: Monitor.Wait counts whole milliseconds, and a wake-up that comes too early would wait again.
                TimeSpan wait = first is null ? Timeout.InfiniteTimeSpan : GetElapsedTime(now, first.Due) + TimeSpan.FromMilliseconds(1);
                _ = Monitor.Wait(_gate, wait < Longest ? wait : Longest);
            }
        }
    }

    private long TicksOf(TimeSpan span) => (long)(span.TotalSeconds * TimestampFrequency);

    private sealed class Alarm(AgentClock clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _isDisposed;

        /// <summary>In the unit of <see cref="TimeProvider.GetTimestamp"/>.</summary>
        public long Due { get; set; }

        /// <summary>In the same unit; 0 for a timer that elapses once.</summary>
        public long Period { get; set; }

        public void Call()
        {
            if (!_isDisposed)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed)
            {
                return false;
            }

            clock.Set(this, dueTime, period);
            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            _ = clock.Forget(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
