namespace EdgeJobs.Client.Tests;

public sealed class ReconnectBackoffTests
{
    [Fact]
    public void The_bound_doubles_from_1_s_to_120_s()
    {
        ReconnectBackoff backoff = new(new Highest());
        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 120, 120], Enumerable.Range(0, 9).Select(_ => Math.Round(backoff.Next().TotalSeconds)));
    }

    [Fact]
    public void The_delay_stays_bounded()
    {
        ReconnectBackoff backoff = new(new Highest());
        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.InRange(backoff.Next(), TimeSpan.Zero, TimeSpan.FromSeconds(120)));
    }

    [Fact]
    public void Delays_are_spread_over_the_whole_range()
    {
        Random random = new(7);
        double[] waits = [.. Enumerable.Range(0, 10_000).Select(_ => new ReconnectBackoff(random).Next().TotalSeconds).Order()];
        for (int tenth = 1; tenth < 10; tenth++)
        {
            Assert.InRange(waits[waits.Length * tenth / 10], (tenth / 10.0) - 0.03, (tenth / 10.0) + 0.03);
        }
    }

    [Fact]
    public void Only_a_connection_of_30_s_resets_the_bound()
    {
        ReconnectBackoff backoff = new(new Highest());
        backoff.Next();
        backoff.Next();
        backoff.Connected(TimeSpan.FromSeconds(29));
        Assert.Equal(4, Math.Round(backoff.Next().TotalSeconds));
        backoff.Connected(TimeSpan.FromSeconds(30));
        Assert.Equal(1, Math.Round(backoff.Next().TotalSeconds));
    }

    [Theory]
    [InlineData(ConnectFailureKind.Refused)]
    [InlineData(ConnectFailureKind.SubscriptionRefused)]
    [InlineData(ConnectFailureKind.Credentials)]
    public void A_refusal_is_retried_after_a_longer_delay(ConnectFailureKind kind)
    {
        ReconnectBackoff lowest = new(new Lowest());
        Assert.Equal([16, 32, 60, 60], Enumerable.Range(0, 4).Select(_ => Math.Round(lowest.Next(kind).TotalSeconds)));
        ReconnectBackoff highest = new(new Highest());
        Assert.Equal([32, 64, 120, 120], Enumerable.Range(0, 4).Select(_ => Math.Round(highest.Next(kind).TotalSeconds)));
        highest.Connected(TimeSpan.FromSeconds(30));
        Assert.Equal(1, Math.Round(highest.Next().TotalSeconds));
    }

    [Fact]
    public void Temporary_failures_have_full_jitter()
    {
        ReconnectBackoff lowest = new(new Lowest());
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(TimeSpan.Zero, lowest.Next(ConnectFailureKind.Unreachable)));
    }

    private sealed class Lowest : Random
    {
        public override double NextDouble() => 0;
    }

    private sealed class Highest : Random
    {
        public override double NextDouble() => 1 - 1e-9;
    }
}
