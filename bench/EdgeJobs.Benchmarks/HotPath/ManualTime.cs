namespace EdgeJobs.Benchmarks.HotPath;

/// <summary>A clock whose timers elapse on request, and which advances by one second at each reading.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private long _now;

    public override long GetTimestamp() => _now += TimestampFrequency;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(callback, state);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Fires a timer on the calling thread.</summary>
    /// <param name="index">Which, in the order in which they were made.</param>
    public void Elapse(int index) => _timers[index].Elapse();

    private sealed class Timer(TimerCallback callback, object? state) : ITimer
    {
        public void Elapse() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
