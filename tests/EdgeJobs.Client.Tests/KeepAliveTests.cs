using EdgeJobs.Client.Mqtt;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

public sealed class KeepAliveTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _pinged = new(0);
    private readonly TaskCompletionSource<string> _timedOut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _pinged.Dispose();

    [Fact]
    public async Task Answered_pings_continue()
    {
        using KeepAlive keepAlive = Start(() => Task.CompletedTask);
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.Equal(0, _pinged.CurrentCount);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await _pinged.WaitAsync(Wait.Deadline));
            keepAlive.PongReceived();
        }

        Assert.False(_timedOut.Task.IsCompleted);
    }

    [Fact]
    public async Task An_unanswered_ping_is_reported_once_after_half_a_period()
    {
        using KeepAlive keepAlive = Start(() => Task.CompletedTask);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        for (int i = 0; i < 10_000 && !_timedOut.Task.IsCompleted; i++)
        {
            // The time-out of the response starts shortly after the ping.
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.Equal("the server has not answered a ping within 30 s", await Wait.ForAsync(_timedOut.Task, "the end"));
        Assert.Equal(0, _pinged.CurrentCount);
    }

    [Fact]
    public async Task A_ping_that_can_not_be_sent_is_reported()
    {
        // As on a link whose send buffer is full: the ping neither completes nor fails.
        using KeepAlive keepAlive = Start(() => new TaskCompletionSource().Task);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        for (int i = 0; i < 10_000 && !_timedOut.Task.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.True(_timedOut.Task.IsCompleted);
    }

    [Fact]
    public async Task A_failed_ping_ends_the_keep_alive_silently()
    {
        using KeepAlive keepAlive = Start(() => throw new IOException("the link is down"));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        _time.Advance(TimeSpan.FromSeconds(600));
        Assert.False(_timedOut.Task.IsCompleted);
    }

    [Fact]
    public async Task A_probe_accepts_any_response_and_has_its_own_time_out()
    {
        using KeepAlive keepAlive = Start(() => Task.CompletedTask);
        keepAlive.Probe(TimeSpan.FromSeconds(10));
        Assert.Equal(1, _pinged.CurrentCount);
        _time.Advance(TimeSpan.FromSeconds(9));
        keepAlive.PongReceived();
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.False(_timedOut.Task.IsCompleted);

        // The periodic ping has a time-out of 30 s. After 5 s a probe follows with a time-out of 10 s.
        _time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal(2, _pinged.CurrentCount);
        keepAlive.Probe(TimeSpan.FromSeconds(10));
        Assert.Equal(3, _pinged.CurrentCount);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("the server has not answered a ping within 10 s", await _timedOut.Task);
    }

    private KeepAlive Start(Func<Task> ping)
    {
        KeepAlive keepAlive = new(
            TimeSpan.FromSeconds(60),
            _time,
            () =>
            {
                _pinged.Release();
                return ping();
            },
            reason => _timedOut.TrySetResult(reason));
        keepAlive.Start();
        return keepAlive;
    }
}
