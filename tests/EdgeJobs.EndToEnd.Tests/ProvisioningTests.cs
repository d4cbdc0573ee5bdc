using System.Globalization;
using System.Text.Json;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// Boards with a claim certificate are provisioned by the local cloud. The native agent is killed at each change of its
/// identity on disk and at each line that it logs.
/// </summary>
public sealed class ProvisioningTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const string Calls = "fsync,rename,sendto,sendmsg";
    private const int Workers = 4;
    private const int Most = 80;

    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;

    public async Task InitializeAsync()
    {
        _cloud = await CloudProcess.StartAsync();
        await _cloud.CallAsync(["template", "create", "pumps", "--body", _directory.Write("template.json", PumpTemplate.Body)]);
        await _cloud.CallAsync(["claim", "create", "pumps", "--out", _directory["claim"]]);
    }

    public async Task DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("board")]
    [InlineData("service")]
    public async Task A_board_is_provisioned_once_and_then_needs_no_claim(string key)
    {
        ChildResult first = await AgentBinary.X64.RunAsync([.. Run("7"), "--provisioning_key", key]);
        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Contains("the identity works: thing pump-7", first.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", first.Errors, StringComparison.Ordinal);
        string identity = await File.ReadAllTextAsync(_directory["7/identity/identity.json"]);
        Assert.DoesNotContain("PRIVATE KEY", identity, StringComparison.Ordinal);
        Assert.Contains("\"site\": \"north\"", identity.Replace(":\"", ": \"", StringComparison.Ordinal), StringComparison.Ordinal);

        // The claim files are deleted; the identity remains.
        await _cloud.CreateJobAsync("hello", "pump-7", Documents.Command("true"));
        string[] later =
        [
            "run", "--endpoint", Endpoint, "--ca_file", _cloud.CaFile, "--provisioning_template", "pumps",
            "--data_dir", _directory["7"], "--once",
        ];
        ChildResult second = await AgentBinary.X64.RunAsync(later);
        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal("SUCCEEDED", (await _cloud.DescribeAsync("pump-7", "hello")).Status);
        Assert.Single(await PrincipalsAsync("pump-7"));
        ChildResult status = await AgentBinary.X64.RunAsync(["status", "--data_dir", _directory["7"]]);
        Assert.Contains("identity: thing 'pump-7', works, certificate ", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_board_reports_why_and_requests_no_second_certificate()
    {
        string[] run = [.. Run("8")[..^2], "--provisioning_parameters", """{"Serial":"8"}"""];
        for (int i = 0; i < 2; i++)
        {
            ChildResult refused = await AgentBinary.X64.RunAsync(run);
            Assert.Equal(4, refused.ExitCode);
            Assert.Contains(
                "the template 'pumps' refused this board: InvalidParameters (400): The template's parameter SerialNumber is missing; "
                    + "compare --provisioning_template and --provisioning_parameters",
                refused.Errors,
                StringComparison.Ordinal);
            Assert.Equal(i == 0, refused.Errors.Contains("the service issued the certificate", StringComparison.Ordinal));
        }

        // With the right parameters it continues with the certificate that it already has.
        ChildResult corrected = await AgentBinary.X64.RunAsync(Run("8"));
        Assert.True(corrected.ExitCode == 0, corrected.ToString());
        Assert.DoesNotContain("the service issued the certificate", corrected.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_policy_of_a_claim_refuses_another_template()
    {
        ChildResult refused = await AgentBinary.X64.RunAsync([.. Run("9").Select(word => word == "pumps" ? "valves" : word)]);
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("with the claim certificate: ", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("$aws/provisioning-templates/valves/provision/json/+", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_identity_and_claim_a_board_reports_what_it_needs()
    {
        ChildResult alone = await AgentBinary.X64.RunAsync(
            ["run", "--endpoint", Endpoint, "--provisioning_template", "pumps", "--data_dir", _directory["10"]]);
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("to get one, give the claim certificate with --claim_cert FILE", alone.Errors, StringComparison.Ordinal);
        ChildResult missing = await AgentBinary.X64.RunAsync(
            [
                "run", "--endpoint", Endpoint, "--provisioning_template", "pumps", "--data_dir", _directory["10"],
                "--claim_cert", "/no/claim.pem", "--claim_key", "/no/claim.key",
            ]);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("/no/claim.pem: there is no such certificate file; check --claim_cert", missing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_board_killed_at_each_change_of_its_identity_ends_with_a_working_one() =>
        RunMatrixAsync("changes of the identity", ChangesOf);

    [Fact]
    public Task A_board_killed_at_each_log_line_ends_with_a_working_identity() =>
        RunMatrixAsync("lines", static (agent, _) => () => agent.Errors.AsSpan().Count('\n'));

    [Fact]
    public async Task Provisioning_resumes_from_each_earlier_state_of_the_disk()
    {
        // Records all states of the identity file.
        List<string> states = [];
        string file = _directory["20/identity/identity.json"];
        await using (ChildProcess agent = Traced(Run("20"), "delay_enter=60000"))
        {
            using CancellationTokenSource deadline = new(Wait.Deadline);
            while (agent.IsRunning)
            {
                Assert.False(deadline.IsCancellationRequested, "stuck: " + agent.Errors);
                string now = Read(file);
                if (now.Length > 0 && (states.Count == 0 || states[^1] != now))
                {
                    states.Add(now);
                }

                await Task.Delay(1, CancellationToken.None);
            }
        }

        Assert.Contains(states, s => s.Contains("\"presentations\": 1", StringComparison.Ordinal));
        Assert.Contains("\"complete\"", states[^1], StringComparison.Ordinal);

        // The disk goes back to each earlier state while the service keeps the last one, as when a reply is lost.
        foreach (string state in states[..^1])
        {
            Directory.Delete(_directory["20/identity"], recursive: true);
            Directory.CreateDirectory(_directory["20/identity"]);
            await File.WriteAllTextAsync(file, state);
            ChildResult again = await AgentBinary.X64.RunAsync(Run("20"));
            Assert.True(again.ExitCode == 0, state[..40] + again);
            await CheckIdentityAsync("20", states.Count);
        }

        output.WriteLine(
            $"{states.Count - 1} states without their answers, {(await PrincipalsAsync("pump-20")).Length - 1} certificates to spare");
        Assert.True((await PrincipalsAsync("pump-20")).Length > 1, "a token that was used up was used again");
    }

    private async Task RunMatrixAsync(string what, Func<ChildProcess, string, Func<int>> counter)
    {
        int points = 0;
        int spare = 0;
        for (int n = 1; n <= Most; n += Workers)
        {
            int first = n;
            (bool Killed, int Spare)[] ends = await Task.WhenAll(Enumerable.Range(0, Workers).Select(i => RunAsync(first + i, counter)));
            points += ends.Count(e => e.Killed);
            spare += ends.Sum(e => e.Spare);
            if (!ends[^1].Killed)
            {
                output.WriteLine($"{points} kill points at {what}: 0 without identity, {spare} certificates to spare");
                Assert.True(points >= 5, "the matrix has hardly any kill points");
                return;
            }
        }

        Assert.Fail($"killed at every one of {Most} points: where does it end?");
    }

    /// <summary>Kills a board at the n-th point, restarts it, and runs a job.</summary>
    private async Task<(bool Killed, int Spare)> RunAsync(int n, Func<ChildProcess, string, Func<int>> counter)
    {
        string serial = n.ToString(CultureInfo.InvariantCulture);
        string thing = "pump-" + serial;
        string data = Directory.CreateDirectory(_directory[serial]).FullName;
        await _cloud.RegisterThingAsync(thing);
        await _cloud.CreateJobAsync("job-" + serial, thing, Documents.Command("true"));
        (bool killed, string log) = await KillAtAsync(Run(serial), data, n, counter);
        ChildResult last = await AgentBinary.X64.RunAsync(Run(serial));
        log += "---\n" + last;
        Assert.True(last.ExitCode == 0, log);
        Assert.Equal("SUCCEEDED", (await _cloud.DescribeAsync(thing, "job-" + serial)).Status);

        return (killed, await CheckIdentityAsync(serial, most: 2));
    }

    /// <summary>Checks that the identity is complete and that the service knows its certificate.</summary>
    /// <returns>The number of unused certificates of the thing.</returns>
    private async Task<int> CheckIdentityAsync(string serial, int most)
    {
        string identity = _directory[serial + "/identity"];
        using JsonDocument state = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(identity, "identity.json")));
        Assert.Equal("complete", state.RootElement.GetProperty("state").GetString());
        string[] principals = await PrincipalsAsync("pump-" + serial);
        Assert.Contains(
            principals,
            p => p.EndsWith("/" + state.RootElement.GetProperty("certificateId").GetString(), StringComparison.Ordinal));
        Assert.InRange(principals.Length, 1, most);
        Assert.Equal(["certificate.pem", "identity.json", "private.key"], Directory.GetFiles(identity).Select(Path.GetFileName).Order());
        return principals.Length - 1;
    }

    private static async Task<(bool Killed, string Log)> KillAtAsync(
        string[] run,
        string data,
        int n,
        Func<ChildProcess, string, Func<int>> counter)
    {
        await using ChildProcess agent = Traced(run, "delay_enter=20000");
        Func<int> count = counter(agent, data);
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (agent.IsRunning && count() < n)
        {
            Assert.False(deadline.IsCancellationRequested, "stuck: " + agent.Errors);
            await Task.Delay(1, CancellationToken.None);
        }

        bool killed = agent.IsRunning && int.TryParse(Read(Path.Combine(data, "agent.pid")), CultureInfo.InvariantCulture, out int id)
            && ChildProcess.KillById(id);
        await agent.WaitForExitAsync();
        return (killed, agent.Errors);
    }

    /// <summary>Delays each flush, rename and message, so that the test sees it before it happens.</summary>
    private static ChildProcess Traced(string[] run, string delay) => ChildProcess.Start(
        "strace",
        [
            "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", $"trace={Calls}", "-e", $"inject={Calls}:{delay}",
            AgentBinary.X64.Program, .. run,
        ]);

    /// <summary>Counts the changes of the identity directory.</summary>
    private static Func<int> ChangesOf(ChildProcess agent, string data)
    {
        string before = string.Empty;
        int changes = 0;
        return () =>
        {
            DirectoryInfo directory = new(Path.Combine(data, "identity"));
            string now = directory.Exists
                ? string.Join(' ', directory.GetFiles().Select(f => $"{f.Name}:{(f.Exists ? f.Length : 0)}").Order(StringComparer.Ordinal))
                : string.Empty;
            changes += now == before ? 0 : 1;
            before = now;
            return changes;
        };
    }

    private async Task<string[]> PrincipalsAsync(string thing)
    {
        using HttpClient http = new();
        using JsonDocument answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(_cloud.Http, $"things/{thing}/principals")));
        return [.. answer.RootElement.GetProperty("principals").EnumerateArray().Select(p => p.GetString()!)];
    }

    private string Endpoint => $"{_cloud.Mqtts.Host}:{_cloud.Mqtts.Port}";

    private string[] Run(string serial) =>
    [
        "run", "--endpoint", Endpoint, "--ca_file", _cloud.CaFile, "--claim_cert", _directory["claim/claim.pem"],
        "--claim_key", _directory["claim/claim.key"], "--provisioning_template", "pumps", "--data_dir", _directory[serial], "--once",
        "--provisioning_parameters", $$"""{"SerialNumber":"{{serial}}"}""",
    ];

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file) : string.Empty;
}
