using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The line is cut, and when it is back the broker knows no session any more, while the queue has changed.</summary>
public sealed class LostSessionTests : IAsyncLifetime
{
    private const int LongestDocument = 32_768;
    private const string Thing = "board-1";
    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;
    private TcpProxy _line = null!;
    private ThingFiles _files = null!;

    public async Task InitializeAsync()
    {
        _cloud = await CloudProcess.StartAsync();
        _files = await _cloud.CreateThingAsync(Thing);
        _line = TcpProxy.To(_cloud.Mqtts.Port);
    }

    public async Task DisposeAsync()
    {
        await _line.DisposeAsync();
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3")]
    public async Task What_changed_meanwhile_is_found_out(string mqttVersion)
    {
        Uri endpoint = new($"mqtts://{_cloud.Mqtts.Host}:{_line.Port}");
        await using ChildProcess agent = AgentBinary.X64.Start(["run", .. _files.FlagsFor(endpoint), "--data_dir", _directory["agent"], "--mqtt_version", mqttVersion]);
        await _cloud.CreateJobAsync("taken-back", Thing, Documents.Endless(_directory["started"], _directory["ended"]));
        await agent.WaitForFileAsync(_directory["started"]);

        _line.Cut();
        await _cloud.CancelJobAsync("taken-back");
        await _cloud.CreateJobAsync("never", Thing, Documents.Command("touch", _directory["never"]));
        await _cloud.CancelJobAsync("never");
        await _cloud.CreateJobAsync("longest", Thing, Longest());
        await _cloud.CreateJobAsync("last", Thing, Documents.Command("touch", _directory["last"]));
        _line.Mend();

        ExecutionStatus longest = await _cloud.WaitForStatusAsync(Thing, "longest", "SUCCEEDED");
        Assert.EndsWith("zzz", longest.Detail("stdout"), StringComparison.Ordinal);
        await _cloud.WaitForStatusAsync(Thing, "last", "SUCCEEDED");
        await agent.WaitForFileAsync(_directory["ended"]);
        Assert.Equal("CANCELED", (await _cloud.DescribeAsync(Thing, "taken-back")).Status);
        Assert.False(File.Exists(_directory["never"]));
    }

    /// <summary>A document as long as the service takes.</summary>
    private static string Longest()
    {
        int frame = Documents.Command("echo", "").Length;
        string document = Documents.Command("echo", new string('z', LongestDocument - frame));
        Assert.Equal(LongestDocument, document.Length);
        return document;
    }
}
