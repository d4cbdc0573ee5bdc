using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The service's own timer ends an execution while the board is cut off. A class of its own: a minute is the least that the service takes.</summary>
public sealed class TimedOutTests : LineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task An_execution_that_timed_out_meanwhile_stops_and_the_next_begins()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(RunViaLine);
        await Cloud.CreateJobAsync("slow", Thing, Documents.Endless(Scratch["started"], Scratch["ended"]), timeoutMinutes: 1);
        await agent.WaitForFileAsync(Scratch["started"]);

        Line.Cut();
        await Cloud.CreateJobAsync("next", Thing, Documents.Command("true"));
        await agent.WaitUntilAsync(async () => (await Cloud.DescribeAsync(Thing, "slow")).Status == "TIMED_OUT", "TIMED_OUT", Patience);
        Line.Mend();

        // After a minute without the line the agent waits up to two minutes before it connects again.
        await Cloud.WaitForStatusAsync(Thing, "next", "SUCCEEDED", Patience);
        Assert.True(File.Exists(Scratch["ended"]), "the next job began beside the one that had timed out");
        Assert.Equal("TIMED_OUT", (await Cloud.DescribeAsync(Thing, "slow")).Status);
    }
}
