
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Footprint.Metered;

/// <summary>A clock that runs faster than that of the system, so that a day of waiting takes minutes.</summary>
/// <param name="speed">How many times as fast.</param>
internal sealed class HurriedTime(int speed) : TimeProvider
{
    private readonly AgentClock _clock = new();
    private readonly DateTimeOffset _start = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => _start + ((System.GetUtcNow() - _start) * speed);

    public override long GetTimestamp() => System.GetTimestamp() * speed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(_clock.CreateTimer(callback, state, Real(dueTime), Real(period)), this);

    private TimeSpan Real(TimeSpan span) => span > TimeSpan.Zero ? span / speed : span;

    private sealed class Timer(ITimer inner, HurriedTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(time.Real(dueTime), time.Real(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
