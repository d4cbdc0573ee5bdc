using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Doctor;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Doctor;

public sealed class ClockCheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_clock_in_1970_fails()
    {
        DoctorCheck check = ClockCheck.Run(new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddMinutes(1)));

        Assert.Equal(CheckOutcome.Failed, check.Outcome);
        Assert.Contains("1970-01-01 00:01:00 UTC", check.Message, StringComparison.Ordinal);
        Assert.Equal(3, check.ExitCode);
    }

    [Fact]
    public void A_clock_that_is_set_does_not_fail() => Assert.NotEqual(CheckOutcome.Failed,
        ClockCheck.Run(new FakeTimeProvider(Now)).Outcome);

    [Theory]
    [InlineData(0, nameof(CheckOutcome.Passed), "agrees")]
    [InlineData(-20, nameof(CheckOutcome.Passed), "agrees")]
    [InlineData(31, nameof(CheckOutcome.Warning), "31 s ahead of")]
    [InlineData(-299, nameof(CheckOutcome.Warning), "299 s behind")]
    [InlineData(-301, nameof(CheckOutcome.Failed), "301 s behind")]
    [InlineData(86_400, nameof(CheckOutcome.Failed), "86400 s ahead of")]
    public void The_clock_is_compared_with_that_of_the_service(int ahead, string outcome, string message)
    {
        DoctorCheck check = ClockCheck.Compare(Now.AddSeconds(ahead), Now.ToUnixTimeSeconds());

        Assert.Equal(outcome, check.Outcome.ToString());
        Assert.Contains(message, check.Message, StringComparison.Ordinal);
    }
}
