using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Updates;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>The limit of the bandwidth of downloads.</summary>
public sealed class TransferPaceTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public void Bytes_are_spread_over_time()
    {
        TransferPace pace = new(_time, 10_000);
        Assert.Equal(10_000, pace.Limit(65_536));
        Assert.Equal(500, pace.Limit(500));
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Next(10_000));
        Assert.Equal(TimeSpan.FromSeconds(1.5), pace.Next(5_000));
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.1), pace.Next(1_000));

        // What a slow server left over is not made up for.
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Next(10_000));
    }

    [Fact]
    public void Without_a_limit_nothing_waits()
    {
        TransferPace pace = new(_time, 0);
        Assert.Equal((65_536, TimeSpan.Zero), (pace.Limit(65_536), pace.Next(1_000_000_000)));
    }

    [Fact]
    public async Task A_download_takes_as_long_as_the_limit_says()
    {
        await using DownloadFixture download = new();
        download.Options = download.Options with
        {
            Time = _time,
            BytesPerSecond = 100_000,
            ConnectTimeout = TimeSpan.FromDays(1),
            StallTimeout = TimeSpan.FromDays(1),
        };
        long start = _time.GetTimestamp();
        Task<StepResult> running = download.RunAsync();
        while (!running.IsCompleted)
        {
            await Task.Delay(1);
            _time.Advance(TimeSpan.FromSeconds(0.1));
        }

        StepResult result = await running;
        Assert.True(result.Code == 0, result.Describe());
        download.AssertWhole();
        Assert.InRange(_time.GetElapsedTime(start).TotalSeconds, 9.9, double.MaxValue);
    }
}
