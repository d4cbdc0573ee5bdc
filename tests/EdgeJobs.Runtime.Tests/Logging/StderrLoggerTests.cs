using EdgeJobs.Runtime.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Logging;

public sealed class StderrLoggerTests
{
    private static readonly FakeTimeProvider Time = new(new DateTimeOffset(2026, 11, 23, 3, 4, 5, 678, TimeSpan.Zero));

    [Theory]
    [InlineData(LogLevel.Debug, "2026-11-23T03:04:05.678Z debug hello\n", "<7>hello\n")]
    [InlineData(LogLevel.Information, "2026-11-23T03:04:05.678Z info  hello\n", "<6>hello\n")]
    [InlineData(LogLevel.Warning, "2026-11-23T03:04:05.678Z warn  hello\n", "<4>hello\n")]
    [InlineData(LogLevel.Error, "2026-11-23T03:04:05.678Z error hello\n", "<3>hello\n")]
    public void Event_is_one_line_with_the_time_or_a_journald_priority(LogLevel level, string terminal, string journal)
    {
        Assert.Equal(terminal, Written(level, "hello", journald: false));
        Assert.Equal(journal, Written(level, "hello", journald: true));
    }

    [Fact]
    public void Control_characters_are_escaped()
    {
        Assert.Equal("<6>a\\nb\\rc\\u001bd\n", Written(LogLevel.Information, "a\nb\rc\u001bd", journald: true));
    }

    [Fact]
    public void Events_below_the_minimum_level_are_not_written()
    {
        StringWriter writer = new() { NewLine = "\n" };
        StderrLogger logger = new(writer, LogLevel.Warning, journald: false, Time);
        logger.Log(LogLevel.Information, 0, "hello", null, static (state, _) => state);
        Assert.Equal("", writer.ToString());
        Assert.False(logger.IsEnabled(LogLevel.Information));
        Assert.True(logger.IsEnabled(LogLevel.Error));
    }

    private static string Written(LogLevel level, string message, bool journald)
    {
        StringWriter writer = new() { NewLine = "\n" };
        new StderrLogger(writer, LogLevel.Debug, journald, Time).Log(level, 0, message, null, static (state, _) => state);
        return writer.ToString();
    }
}
