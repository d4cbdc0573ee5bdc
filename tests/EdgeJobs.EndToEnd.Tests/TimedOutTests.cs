using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The timer of the service ends an execution while the board is offline. One minute is the minimum of that timer.
/// </summary>
public sealed class TimedOutTests : LineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task An_execution_that_timed_out_while_offline_stops_and_the_next_one_starts()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(RunViaLine);
        await Cloud.CreateJobAsync("slow", Thing, Documents.Endless(Scratch["started"], Scratch["ended"]), timeoutMinutes: 1);
        await agent.WaitForFileAsync(Scratch["started"]);

        Line.Cut();
        await Cloud.CreateJobAsync("next", Thing, Documents.Command("true"));
        await agent.WaitUntilAsync(async () => (await Cloud.DescribeAsync(Thing, "slow")).Status == "TIMED_OUT", "TIMED_OUT", Patience);
        Line.Restore();

        // After a minute offline the agent waits up to two minutes before it reconnects.
        await Cloud.WaitForStatusAsync(Thing, "next", "SUCCEEDED", Patience);
        Assert.True(File.Exists(Scratch["ended"]), "the next job began beside the one that had timed out");
        Assert.Equal("TIMED_OUT", (await Cloud.DescribeAsync(Thing, "slow")).Status);
    }
}
