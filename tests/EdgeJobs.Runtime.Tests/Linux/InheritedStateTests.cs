using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Tests.Processes;

namespace EdgeJobs.Runtime.Tests.Linux;

/// <summary>The parts that need no separate process; the end-to-end tests cover the rest.</summary>
public sealed class InheritedStateTests
{
    [Theory]
    [InlineData("Name:\tx\nSigBlk:\t0000000000000001\nSigIgn:\t0000000000010001\nSigCgt:\t0\n", 0x10001)]
    [InlineData("SigBlk:\t1\nSigIgn:\t8000000000000000\n", 0x8000000000000000)]
    [InlineData("SigBlk:\t1\nSigIgn:\t1", 0)]
    [InlineData("", 0)]
    public void Ignored_signals_are_parsed(string status, ulong expected) =>
        Assert.Equal(expected, InheritedState.Ignored(System.Text.Encoding.ASCII.GetBytes(status)));

    [Fact]
    public async Task Step_gets_the_configured_core_limit()
    {
        using StepRunnerFixture steps = new(with: o => o with { CoreLimit = 0 });
        StepResult result = await steps.ShellAsync("ulimit -Sc");
        Assert.Equal("0", result.StdOut);
    }
}
