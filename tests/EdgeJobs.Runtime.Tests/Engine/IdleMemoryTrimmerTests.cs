using EdgeJobs.Runtime.Engine;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>When the agent returns memory to the system.</summary>
public sealed class IdleMemoryTrimmerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly IdleMemoryTrimmer _trimmer;
    private int _released;

    public IdleMemoryTrimmerTests() => _trimmer = new IdleMemoryTrimmer(_time, () => _released++);

    public void Dispose() => _trimmer.Dispose();

    [Fact]
    public void Memory_is_trimmed_after_two_idle_seconds()
    {
        _trimmer.Update(isIdle: true);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, _released);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, _released);
    }

    [Fact]
    public void Memory_is_trimmed_again_after_40_s_and_each_idle_hour()
    {
        _trimmer.Update(isIdle: true);
        _time.Advance(TimeSpan.FromSeconds(2));
        _time.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal(1, _released);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _released);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(2, _released);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(3, _released);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(4, _released);
        _trimmer.Update(isIdle: false);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(4, _released);
    }

    [Fact]
    public void Work_starts_the_delays_again()
    {
        _trimmer.Update(isIdle: true);
        _time.Advance(TimeSpan.FromHours(2));
        int before = _released;
        _trimmer.Update(isIdle: true);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(before + 1, _released);
        _time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(before + 2, _released);
    }

    [Fact]
    public void Memory_is_not_trimmed_while_the_agent_is_busy()
    {
        _trimmer.Update(isIdle: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        _trimmer.Update(isIdle: false);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _released);
    }

    [Fact]
    public void Memory_is_not_trimmed_during_a_short_pause()
    {
        for (int i = 0; i < 10; i++)
        {
            _trimmer.Update(isIdle: true);
            _time.Advance(TimeSpan.FromSeconds(1.5));
        }

        Assert.Equal(0, _released);
    }
}
