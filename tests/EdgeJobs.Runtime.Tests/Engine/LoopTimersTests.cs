using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>The timers of the state machine, which share one timer of the clock.</summary>
public sealed class LoopTimersTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<long> _elapsed = [];
    private readonly LoopTimers _timers;

    public LoopTimersTests() => _timers = new LoopTimers(_time, _elapsed.Add);

    public void Dispose() => _timers.Dispose();

    [Theory]
    [InlineData(10, 20)]
    [InlineData(20, 10)]
    [InlineData(10, 10)]
    public void Each_timer_elapses_once_at_its_time_in_any_order(int retry, int stop)
    {
        JobState state = Waiting(retry: 1, stop: 2);
        _timers.Schedule(1, TimeSpan.FromSeconds(retry), state);
        _time.Advance(TimeSpan.FromSeconds(1));
        _timers.Schedule(2, TimeSpan.FromSeconds(stop), state);
        List<(int Second, long Id)> told = [];
        for (int second = 2; second <= 60; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            told.AddRange(_elapsed.Select(id => (second, id)));
            _elapsed.Clear();
        }

        Assert.Equal(new[] { (retry, 1L), (1 + stop, 2L) }.Order(), told);
    }

    [Fact]
    public void An_obsolete_timer_is_dropped_when_another_is_set()
    {
        _timers.Schedule(1, TimeSpan.FromSeconds(10), Waiting(retry: 1, stop: 0));
        _timers.Schedule(2, TimeSpan.FromSeconds(20), Waiting(retry: 0, stop: 2));
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Empty(_elapsed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([2], _elapsed);
    }

    [Fact]
    public void A_timer_without_delay_elapses_soon()
    {
        _timers.Schedule(1, TimeSpan.Zero, Waiting(retry: 1, stop: 0));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([1], _elapsed);
    }

    private static JobState Waiting(long retry, long stop) => new() { Mode = RunMode.Forever, RetryTimer = retry, StopTimer = stop };
}
