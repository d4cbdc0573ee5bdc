using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The service's own timer ends an execution while the board is cut off. A class of its own: a minute is the least that the service takes.</summary>
public sealed class TimedOutTests : IDisposable
{
    private const string Thing = "board-1";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task An_execution_that_timed_out_meanwhile_stops_and_the_next_begins()
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        ThingFiles files = await cloud.CreateThingAsync(Thing);
        await using TcpProxy line = TcpProxy.To(cloud.Mqtts.Port);
        Uri endpoint = new($"mqtts://{cloud.Mqtts.Host}:{line.Port}");
        await using ChildProcess agent = AgentBinary.X64.Start(["run", .. files.FlagsFor(endpoint), "--data_dir", _directory["agent"]]);
        await cloud.CreateJobAsync("slow", Thing, Documents.Endless(_directory["started"], _directory["ended"]), timeoutMinutes: 1);
        await agent.WaitForFileAsync(_directory["started"]);

        line.Cut();
        await cloud.CreateJobAsync("next", Thing, Documents.Command("true"));
        await agent.WaitUntilAsync(async () => (await cloud.DescribeAsync(Thing, "slow")).Status == "TIMED_OUT", "TIMED_OUT", Patience);
        line.Mend();

        // After a minute without the line the agent waits up to two minutes before it connects again.
        await cloud.WaitForStatusAsync(Thing, "next", "SUCCEEDED", Patience);
        Assert.True(File.Exists(_directory["ended"]), "the next job began beside the one that had timed out");
        Assert.Equal("TIMED_OUT", (await cloud.DescribeAsync(Thing, "slow")).Status);
    }
}
