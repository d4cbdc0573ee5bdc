using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The connection is cut; when it is back, the broker has lost the session and the queue has changed.</summary>
public sealed class LostSessionTests : LineTests
{
    private const int LongestDocument = 32_768;

    [Theory]
    [InlineData("5")]
    [InlineData("3")]
    public async Task The_agent_finds_the_changes_of_the_queue(string mqttVersion)
    {
        await using ChildProcess agent = AgentBinary.X64.Start([.. RunViaLine, "--mqtt_version", mqttVersion]);
        await Cloud.CreateJobAsync("taken-back", Thing, Documents.Endless(Scratch["started"], Scratch["ended"]));
        await agent.WaitForFileAsync(Scratch["started"]);

        Line.Cut();
        await Cloud.CancelJobAsync("taken-back");
        await Cloud.CreateJobAsync("never", Thing, Documents.Command("touch", Scratch["never"]));
        await Cloud.CancelJobAsync("never");
        await Cloud.CreateJobAsync("longest", Thing, Longest());
        await Cloud.CreateJobAsync("last", Thing, Documents.Command("touch", Scratch["last"]));
        Line.Restore();

        ExecutionStatus longest = await Cloud.WaitForStatusAsync(Thing, "longest", "SUCCEEDED");
        Assert.EndsWith("zzz", longest.Detail("stdout"), StringComparison.Ordinal);
        await Cloud.WaitForStatusAsync(Thing, "last", "SUCCEEDED");
        await agent.WaitForFileAsync(Scratch["ended"]);
        Assert.Equal("CANCELED", (await Cloud.DescribeAsync(Thing, "taken-back")).Status);
        Assert.False(File.Exists(Scratch["never"]));
    }

    /// <summary>A document of the maximum length.</summary>
    private static string Longest()
    {
        int frame = Documents.Command("echo", "").Length;
        string document = Documents.Command("echo", new string('z', LongestDocument - frame));
        Assert.Equal(LongestDocument, document.Length);
        return document;
    }
}
