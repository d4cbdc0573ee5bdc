using System.Text.Json;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Status;
using EdgeJobs.Runtime.Updates;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Tests.Status;

public sealed class StatusTests : IDisposable
{
    private const int Done = 0;
    private const int Usage = 2;
    private readonly TestDirectory _data = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _data.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public async Task Status_of_a_new_directory_is_empty()
    {
        Assert.Equal(Done, await RunAsync());
        Assert.Equal($"data directory: {_data.Path}\ninstalled: edgejobs {EdgeJobsAgent.Version}\nno agent uses it\nno job is running\n", _output.ToString());
    }

    [Fact]
    public async Task The_versions_of_the_agent_are_shown()
    {
        AgentSlots slots = new(_data.Path);
        slots.Create("1.4.0");
        SlotUpdate update = new("1.5.0", "job-1", 1, 1, 300) { Phase = SlotPhase.Failed, Reason = "it crashed" };
        slots.Write(new SlotState { Confirmed = "1.4.0", Update = update });
        Assert.Equal(Done, await RunAsync());
        Assert.StartsWith(
            $"data directory: {_data.Path}\ninstalled: edgejobs {EdgeJobsAgent.Version}\n"
                + "updated: edgejobs 1.4.0, which runs while it is higher\nupdate to 1.5.0: failed: it crashed\n",
            _output.ToString(),
            StringComparison.Ordinal);
        Assert.Equal(Done, await RunAsync("--json"));
        string json = _output.ToString();
        using JsonDocument status = JsonDocument.Parse(json[json.IndexOf('{', StringComparison.Ordinal)..]);
        Assert.Equal(EdgeJobsAgent.Version, status.RootElement.GetProperty("installed").GetString());
        Assert.Equal("1.4.0", status.RootElement.GetProperty("updated").GetString());
        Assert.Equal("failed", status.RootElement.GetProperty("update").GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_directory_that_does_not_exist_is_rejected()
    {
        Assert.Equal(Usage, await EdgeJobsAgent.CreateBuilder(["status", "--data_dir", "/nowhere/at/all"])
            .RunAsync("edgejobs", _output, _errors));
        Assert.Equal("edgejobs: /nowhere/at/all: the data directory does not exist; check --data_dir, or start an agent first\n",
            _errors.ToString());
    }

    [Fact]
    public async Task Status_uses_the_directory_in_the_configuration_of_run()
    {
        string data = Directory.CreateDirectory(_data["agent"]).FullName;
        string file = _data.Write("agent.json", $$$"""{"endpoint": "h", "data_dir": "{{{data}}}", "policy": {}}""");
        Assert.Equal(Done, await EdgeJobsAgent.CreateBuilder(["status", "--config", file]).RunAsync("edgejobs", _output, _errors));
        Assert.StartsWith($"data directory: {data}\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(Usage, await EdgeJobsAgent.CreateBuilder(["status", "--config", _data["none.json"]])
            .RunAsync("edgejobs", _output, _errors));
        Assert.StartsWith($"edgejobs: {_data["none.json"]}: the configuration file does not exist", _errors.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_that_is_not_valid_text_does_not_end_the_command()
    {
        Archive();
        File.AppendAllText(_data["jobs/first-1/job.jsonl"], """
            {"step":1,"name":"\ud800","description":"\udc00","durationSeconds":1e400,"of":99999999999999999999}
            {"step":1e400}
            {"\ud800":1}

            """);
        Assert.Equal(Done, await RunAsync());
        Assert.Equal(Done, await RunAsync("--json"));
        Assert.Empty(_errors.ToString());
    }

    [Fact]
    public async Task The_provisioned_identity_is_shown_without_secrets()
    {
        IdentityStore store = new(_data.Path);
        store.Save(new IdentityState.Issued(new Secret("PLANTED"), false, "c1", "PEM", new Secret("PLANTED"), DateTimeOffset.UnixEpoch, 0));
        Assert.Equal(Done, await RunAsync());
        Assert.Contains("\nidentity: has a certificate that is not registered yet, certificate c1\n", _output.ToString(),
            StringComparison.Ordinal);
        store.Save(new IdentityState.Complete("c1", "pump-7", "pumps", DateTimeOffset.UnixEpoch, null));
        Assert.Equal(Done, await RunAsync());
        Assert.Contains(
            "\nidentity: thing 'pump-7', works, certificate c1, provisioned by the template 'pumps' on 1970-01-01T00:00:00Z\n",
            _output.ToString(), StringComparison.Ordinal);
        _output.GetStringBuilder().Clear();
        Assert.Equal(Done, await RunAsync("--json"));
        using JsonDocument json = JsonDocument.Parse(_output.ToString());
        JsonElement identity = json.RootElement.GetProperty("identity");
        Assert.Equal(
            (true, "pump-7", "c1"),
            (identity.GetProperty("complete").GetBoolean(), identity.GetProperty("thingName").GetString(),
            identity.GetProperty("certificateId").GetString()));
    }

    [Fact]
    public async Task The_running_job_is_shown_with_its_step()
    {
        Journal(new JournalEntry.AttemptStarted(0, 1), new JournalEntry.StepEnded(0, Exited(0), ""), new JournalEntry.AttemptStarted(1, 2));
        Assert.Equal(Done, await RunAsync());
        Assert.Contains("job 'update' execution 3 of thing 'pump-7': step 2 is running, attempt 2, or was interrupted\n",
            _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outcome_that_is_not_acknowledged_is_shown()
    {
        Journal(new JournalEntry.OutcomeDecided(new Outcome(JobExecutionUpdateStatus.Failed, "disk full", ValueMap<string>.Empty)));
        Assert.Equal(Done, await RunAsync());
        Assert.Contains("ended, but the service has not acknowledged it: FAILED: disk full\n", _output.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kept_jobs_are_shown_newest_first()
    {
        Archive();
        Assert.Equal(Done, await RunAsync());
        Assert.Equal(
            $"""
            data directory: {_data.Path}
            installed: edgejobs {EdgeJobsAgent.Version}
            no agent uses it
            no job is running

            second-1  not ended
              output in {_data["jobs/second-1"]}
              step 1/2 'copy': result unknown

            first-1  FAILED: it broke
              output in {_data["jobs/first-1"]}
              step 1/2 'copy': exit code 3, 1.5 s

            """,
            _output.ToString());
    }

    [Fact]
    public async Task Status_as_JSON()
    {
        Archive();
        Journal(new JournalEntry.AttemptStarted(0, 1));
        Assert.Equal(Done, await RunAsync("--json"));
        using JsonDocument status = JsonDocument.Parse(_output.ToString());
        JsonElement current = status.RootElement.GetProperty("current");
        Assert.Equal(("update", 3, 1), (current.GetProperty("jobId").GetString(), current.GetProperty("executionNumber").GetInt64(),
            current.GetProperty("step").GetInt32()));
        JsonElement first = status.RootElement.GetProperty("jobs")[1];
        Assert.Equal(("first", "FAILED"), (first.GetProperty("jobId").GetString(), first.GetProperty("status").GetString()));
        Assert.Equal(3, first.GetProperty("steps")[0].GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task Files_that_a_power_cut_left_incomplete_do_not_hide_the_rest()
    {
        Archive();
        string record = _data["jobs/second-1/job.jsonl"];
        File.WriteAllText(record, File.ReadAllText(record)[..^20]);
        File.WriteAllBytes(_data["journal"], new byte[100]);
        Assert.Equal(Done, await RunAsync());
        Assert.Contains("the journal is damaged: it does not start with the mark of a journal\n", _output.ToString(),
            StringComparison.Ordinal);
        Assert.Contains("step 1/2 'copy': exit code 3, 1.5 s\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "is valid from ", "valid", 100)]
    [InlineData(12, "expires in 12 days, on ", "expiring", 12)]
    [InlineData(-3, "expired on ", "expired", -3)]
    public async Task The_certificate_of_the_last_connection_is_shown(int days, string text, string state, int daysLeft)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        new CertificateStatusFile(_data.Path, NullLogger.Instance).Write(Certificate(now.AddDays(days).AddHours(1)));
        Assert.Equal(Done, await RunAsync());
        Assert.Contains("last connected with the certificate of 'CN=pump-7', serial number 0A1B\n  /etc/edgejobs/pump.pem: the certificate "
            + text, _output.ToString(), StringComparison.Ordinal);

        _output.GetStringBuilder().Clear();
        Assert.Equal(Done, await RunAsync("--json"));
        using JsonDocument status = JsonDocument.Parse(_output.ToString());
        JsonElement certificate = status.RootElement.GetProperty("certificate");
        Assert.Equal((state, daysLeft, "0A1B"), (certificate.GetProperty("state").GetString(),
            certificate.GetProperty("daysLeft").GetInt32(), certificate.GetProperty("serialNumber").GetString()));
    }

    [Fact]
    public void The_certificate_is_written_only_if_it_changes()
    {
        CertificateFacts first = Certificate(DateTimeOffset.UtcNow.AddDays(9));
        new CertificateStatusFile(_data.Path, NullLogger.Instance).Write(first);
        Assert.Equal(first, CertificateStatusFile.Read(_data.Path));
        File.SetLastWriteTimeUtc(_data["certificate.json"], DateTime.UnixEpoch);

        CertificateStatusFile later = new(_data.Path, NullLogger.Instance);
        later.Write(first);
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(_data["certificate.json"]));
        later.Write(first with { SerialNumber = "0C" });
        Assert.Equal("0C", CertificateStatusFile.Read(_data.Path)!.SerialNumber);

        // A power cut may leave it empty or truncated.
        foreach (string corrupt in (string[])["", "{\"file\":", "[]", "{}", "{\"file\":1}"])
        {
            File.WriteAllText(_data["certificate.json"], corrupt);
            Assert.Null(CertificateStatusFile.Read(_data.Path));
        }
    }

    private static CertificateFacts Certificate(DateTimeOffset end) =>
        new("/etc/edgejobs/pump.pem", "CN=pump-7", "CN=Factory", "0A1B", end.AddYears(-1), end);

    private static StepResult Exited(int code) => new() { End = StepEnd.Exited, Code = code, Duration = TimeSpan.FromSeconds(1.5) };

    private void Journal(params JournalEntry[] entries)
    {
        using JournalFile journal = JournalFile.Open(_data.Path);
        Assert.Null(journal.Write(new JournalEntry.Claimed(new JobKey("update", 3), 2, 0, "pump-7", "{}"u8.ToArray())));
        foreach (JournalEntry entry in entries)
        {
            Assert.Null(journal.Write(entry));
        }
    }

    private void Archive()
    {
        JobArchive archive = new(_data["jobs"], 1000, 5, TimeProvider.System);
        StepPlan step = new() { Name = "copy", Action = new StepAction.RunCommand(["cp"]) };
        using (StepArchive first = archive.Begin(new StepContext("pump-7", "first", 1, 1, 2, step), out _)!)
        {
            Assert.Null(first.Finish(Exited(3)));
        }

        Assert.Null(archive.Finish(new JobKey("first", 1), new Outcome(JobExecutionUpdateStatus.Failed, "it broke",
            ValueMap<string>.Empty)));
        archive.Begin(new StepContext("pump-7", "second", 1, 1, 2, step), out _)!.Dispose();
    }

    private Task<int> RunAsync(params string[] words) => EdgeJobsAgent.CreateBuilder(["status", "--data_dir", _data.Path, .. words])
        .RunAsync("edgejobs", _output, _errors);
}
