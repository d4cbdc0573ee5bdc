using EdgeJobs.Runtime.Engine;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>When the agent gives back what it holds in reserve.</summary>
public sealed class IdleMemoryTrimmerTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly IdleMemoryTrimmer _rest;
    private int _released;

    public IdleMemoryTrimmerTests() => _rest = new IdleMemoryTrimmer(_time, () => _released++);

    public void Dispose() => _rest.Dispose();

    [Fact]
    public void After_two_seconds_of_quiet()
    {
        _rest.Note(isQuiet: true);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, _released);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, _released);
    }

    [Fact]
    public void Again_in_each_hour_of_quiet()
    {
        _rest.Note(isQuiet: true);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, _released);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(2, _released);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, _released);
        _rest.Note(isQuiet: false);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, _released);
    }

    [Fact]
    public void Not_while_there_is_something_to_do()
    {
        _rest.Note(isQuiet: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        _rest.Note(isQuiet: false);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _released);
    }

    [Fact]
    public void Not_between_one_thing_and_the_next()
    {
        for (int i = 0; i < 10; i++)
        {
            _rest.Note(isQuiet: true);
            _time.Advance(TimeSpan.FromSeconds(1.5));
        }

        Assert.Equal(0, _released);
    }
}
