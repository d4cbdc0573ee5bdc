using System.Collections.Concurrent;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Linux;

public sealed class AgentClockTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Never = Timeout.InfiniteTimeSpan;
    private readonly AgentClock _clock = new();
    private readonly BlockingCollection<string> _called = [];

    public void Dispose() => _called.Dispose();

    [Fact]
    public void Timer_that_is_due_first_does_not_wait_for_others()
    {
        using ITimer late = Make("late");
        using ITimer early = Make("early");
        late.Change(TimeSpan.FromHours(1), Never);
        early.Change(Soon, Never);
        Assert.Equal("early in timers", Next());
        late.Change(Soon, Never);
        Assert.Equal("late in timers", Next());
    }

    [Fact]
    public void Due_timers_elapse_in_order_without_stopped_and_disposed_ones()
    {
        using ManualResetEventSlim release = new();
        using ITimer holding = _clock.CreateTimer(
            _ =>
            {
                _called.Add("held");
                release.Wait(Wait.Deadline);
            },
            null,
            Soon,
            Never);
        Assert.Equal("held", Next());

        // The callback blocks the thread: no timer elapses before all are set.
        using ITimer second = Make("second");
        using ITimer first = Make("first");
        using ITimer stopped = Make("stopped");
        ITimer disposed = Make("disposed");
        foreach (ITimer timer in (ITimer[])[second, stopped, disposed])
        {
            Assert.True(timer.Change(TimeSpan.Zero, Never));
        }

        first.Change(TimeSpan.Zero, Never);
        second.Change(TimeSpan.FromMilliseconds(50), Never);
        stopped.Change(Never, Never);
        disposed.Dispose();
        Assert.False(disposed.Change(Soon, Never));
        release.Set();
        Assert.Equal(["first in timers", "second in timers"], [Next(), Next()]);
        Assert.Empty(_called);
    }

    [Fact]
    public void Periodic_timer_repeats_until_it_is_disposed()
    {
        using ITimer timer = _clock.CreateTimer(_ => _called.Add("tick"), null, Soon, Soon);
        Assert.Equal(["tick", "tick", "tick"], [Next(), Next(), Next()]);
    }

    [Fact]
    public void Callback_can_change_timers()
    {
        ITimer? second = null;
        ITimer? first = null;
        second = Make("second");
        first = _clock.CreateTimer(
            _ =>
            {
                _called.Add("first");
                second.Change(TimeSpan.Zero, Never);
            },
            null,
            Never,
            Never);
        first.Change(TimeSpan.Zero, Never);
        Assert.Equal(["first", "second in timers"], [Next(), Next()]);
        first.Dispose();
        second.Dispose();
    }

    [Fact]
    public async Task Delays_timeouts_and_periodic_timers_work()
    {
        await Wait.ForAsync(Task.Delay(Soon, _clock), "a delay");
        using CancellationTokenSource source = new(Soon, _clock);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.ForAsync(Task.Delay(Never, source.Token), "a time-out"));
        using PeriodicTimer periods = new(Soon, _clock);
        Assert.True(await periods.WaitForNextTickAsync());
        Assert.True(await periods.WaitForNextTickAsync());
    }

    private ITimer Make(string name) => _clock.CreateTimer(_ => _called.Add($"{name} in {Thread.CurrentThread.Name}"), null, Never, Never);

    private string Next() => _called.TryTake(out string? call, Wait.Deadline) ? call : throw new TimeoutException("no timer has elapsed");
}
