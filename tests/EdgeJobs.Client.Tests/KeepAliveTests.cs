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
    public async Task Answered_pings_go_on_for_ever()
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
    public async Task A_ping_without_answer_is_told_once_after_half_a_period()
    {
        using KeepAlive keepAlive = Start(() => Task.CompletedTask);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        for (int i = 0; i < 10_000 && !_timedOut.Task.IsCompleted; i++)
        {
            // The wait for the answer begins a little after the ping.
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.Equal("the server has not answered a ping within 30 s", await Wait.ForAsync(_timedOut.Task, "the end"));
        Assert.Equal(0, _pinged.CurrentCount);
    }

    [Fact]
    public async Task A_ping_that_can_not_be_sent_is_told_as_well()
    {
        // As on a link whose send buffer is full: the ping hears neither of its end nor of a fault.
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
    public async Task A_ping_that_fails_ends_it_without_a_word_of_its_own()
    {
        using KeepAlive keepAlive = Start(() => throw new IOException("the link is down"));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        _time.Advance(TimeSpan.FromSeconds(600));
        Assert.False(_timedOut.Task.IsCompleted);
    }

    [Fact]
    public async Task A_ping_beside_the_others_is_answered_by_any_answer_and_has_its_own_time()
    {
        using KeepAlive keepAlive = Start(() => Task.CompletedTask);
        keepAlive.Probe(TimeSpan.FromSeconds(10));
        Assert.Equal(1, _pinged.CurrentCount);
        _time.Advance(TimeSpan.FromSeconds(9));
        keepAlive.PongReceived();
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.False(_timedOut.Task.IsCompleted);

        // The ping that is due has 30 s, of which 5 are over when it is asked again, with 10 s to answer.
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
