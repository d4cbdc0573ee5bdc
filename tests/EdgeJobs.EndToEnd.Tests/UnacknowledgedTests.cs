using System.Text.RegularExpressions;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent is killed after it has received a job and before its journal entry is complete. The log of Mosquitto shows
/// which messages were acknowledged.
/// </summary>
public sealed partial class UnacknowledgedTests : IAsyncLifetime
{
    private const string Thing = "board-1";
    private readonly TestDirectory _directory = new();
    private MosquittoBroker _broker = null!;
    private CloudProcess _cloud = null!;
    private ThingFiles _files = null!;

    public async Task InitializeAsync()
    {
        _broker = await MosquittoBroker.StartAsync();
        _cloud = await CloudProcess.StartAttachedAsync(_broker, _broker.Certificates.IssueClient("edgejobs-cloud"));
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

    [Fact]
    public async Task A_job_is_not_acknowledged_before_the_journal_holds_it_and_runs_once()
    {
        await _cloud.CreateJobAsync("the-job", Thing, Documents.Command("sh", "-c", $"echo ran >> {_directory["lines"]}"));
        string data = Directory.CreateDirectory(_directory["agent"]).FullName;
        string[] run = ["run", .. _files.FlagsFor(_cloud.Mqtts), "--data_dir", data, "--once"];

        // strace delays each flush by two seconds.
        await using (ChildProcess agent = ChildProcess.Start(
            "strace",
            [
                "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fdatasync",
                "-e", "inject=fdatasync:delay_enter=2000000", AgentBinary.X64.Program, .. run,
            ]))
        {
            await agent.WaitUntilAsync(() => Task.FromResult(Holds(Path.Combine(data, "journal"), "the-job")), "the job in the journal");
            int id = int.Parse(
                await File.ReadAllTextAsync(Path.Combine(data, "agent.pid")),
                System.Globalization.CultureInfo.InvariantCulture);
            using System.Diagnostics.Process process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
            await agent.WaitForExitAsync();
        }

        // The reply to get, which needs no journal entry, is acknowledged; the reply to start-next is not.
        Assert.Equal([false], Sent("start-next/accepted").Select(IsAcknowledged));
        Assert.Equal([true], Sent("get/accepted").Select(IsAcknowledged));
        Assert.Equal("IN_PROGRESS", (await _cloud.DescribeAsync(Thing, "the-job")).Status);

        ChildResult again = await AgentBinary.X64.RunAsync(run);
        Assert.True(again.ExitCode == 0, again.ToString());
        Assert.Equal("SUCCEEDED", (await _cloud.DescribeAsync(Thing, "the-job")).Status);
        Assert.Equal(["ran"], await File.ReadAllLinesAsync(_directory["lines"]));
    }

    [GeneratedRegex(@"Sending PUBLISH to board-1 \(d\d, q1, r0, m(\d+), '\$aws/things/board-1/jobs/([a-z-]+/accepted)'")]
    private static partial Regex Deliveries();

    private IEnumerable<string> Sent(string topic) =>
        Deliveries().Matches(_broker.Log).Where(match => match.Groups[2].Value == topic).Select(match => match.Groups[1].Value);

    private bool IsAcknowledged(string packetId) =>
        _broker.Log.Contains($"Received PUBACK from board-1 (Mid: {packetId}, ", StringComparison.Ordinal);

    private static bool Holds(string file, string text) =>
        File.Exists(file) && System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(text, StringComparison.Ordinal);
}
