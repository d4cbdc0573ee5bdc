using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

public sealed class KeepAliveTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _pinged = new(0);
    private readonly TaskCompletionSource<string> _dead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _pinged.Dispose();

    [Fact]
    public async Task Answered_pings_go_on_for_ever()
    {
        using KeepAlive keepAlive = Start(_ => Task.CompletedTask);
        for (int i = 0; i < 100; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(59));
            Assert.Equal(0, _pinged.CurrentCount);
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        }

        Assert.False(_dead.Task.IsCompleted);
    }

    [Fact]
    public async Task A_ping_without_answer_is_told_once_after_half_a_period()
    {
        using KeepAlive keepAlive = Start(_ => new TaskCompletionSource().Task);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        for (int i = 0; i < 10_000 && !_dead.Task.IsCompleted; i++)
        {
            // The wait for the answer begins a little after the ping.
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.Equal("the server has not answered a ping within 30 s", await Wait.ForAsync(_dead.Task, "the end"));
        Assert.Equal(0, _pinged.CurrentCount);
    }

    [Fact]
    public async Task A_ping_that_can_not_be_sent_is_told_as_well()
    {
        // As on a link whose send buffer is full: the ping hears neither of its end nor of a fault.
        using KeepAlive keepAlive = Start(cancel => Task.Delay(Timeout.Infinite, cancel));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        for (int i = 0; i < 10_000 && !_dead.Task.IsCompleted; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.True(_dead.Task.IsCompleted);
    }

    [Fact]
    public async Task A_ping_that_fails_ends_it_without_a_word_of_its_own()
    {
        using KeepAlive keepAlive = Start(_ => throw new IOException("the link is down"));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.True(await _pinged.WaitAsync(Wait.Deadline));
        _time.Advance(TimeSpan.FromSeconds(600));
        Assert.False(_dead.Task.IsCompleted);
    }

    private KeepAlive Start(Func<CancellationToken, Task> ping)
    {
        KeepAlive keepAlive = new(
            TimeSpan.FromSeconds(60),
            _time,
            cancel =>
            {
                _pinged.Release();
                return ping(cancel);
            },
            reason => _dead.TrySetResult(reason));
        keepAlive.Start();
        return keepAlive;
    }
}
