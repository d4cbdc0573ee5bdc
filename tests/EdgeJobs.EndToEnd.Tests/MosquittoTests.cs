using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The agent with Mosquitto and client certificates. The Jobs service is attached to the broker as a client. Things have only
/// the permissions that the four operations and one notification need.
/// </summary>
public sealed class MosquittoTests : IAsyncLifetime
{
    private const string Thing = "board-1";

    private readonly TestDirectory _directory = new();
    private MosquittoBroker _broker = null!;
    private CloudProcess _cloud = null!;
    private ThingFiles _files = null!;

    public async Task InitializeAsync()
    {
        _broker = await MosquittoBroker.StartAsync(MosquittoRules.Text);
        _cloud = await CloudProcess.StartAttachedAsync(_broker, _broker.Certificates.IssueClient(MosquittoRules.Service));
        CertificateFiles thing = _broker.Certificates.IssueClient(Thing);
        _files = new ThingFiles(Thing, _broker.Certificates.CaFile, thing.Certificate, thing.Key);
        await _cloud.RegisterThingAsync(Thing);
    }

    public async Task DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _broker.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("x64", "5")]
    [InlineData("x64", "3")]
    [InlineData("arm64", "5")]
    public async Task Executes_jobs_of_every_kind_in_order(string binary, string mqttVersion)
    {
        JobScenarios jobs = new(_cloud, _directory, Thing);
        await jobs.CreateAsync();

        ChildResult result = await AgentBinary.Of(binary).RunAsync([.. Run(), "--mqtt_version", mqttVersion, "--once"]);

        Assert.True(result.ExitCode == 1, result.ToString());
        await jobs.AssertOutcomesAsync();
    }

    [Fact]
    public async Task The_agent_continues_after_a_broker_restart()
    {
        await _cloud.CreateJobAsync("before", Thing, Documents.Command("true"));
        await using ChildProcess agent = AgentBinary.X64.Start(Run());
        await _cloud.WaitForStatusAsync(Thing, "before", "SUCCEEDED");

        await _broker.KillAsync();
        await _broker.StartAsync();
        await _cloud.CreateJobAsync("after", Thing, Documents.Command("true"));

        await _cloud.WaitForStatusAsync(Thing, "after", "SUCCEEDED");
    }

    private string[] Run() => ["run", .. _files.FlagsFor(_cloud.Mqtts), "--data_dir", _directory["agent"]];
}
