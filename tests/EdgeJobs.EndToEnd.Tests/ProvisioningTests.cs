using System.Globalization;
using System.Text.Json;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// Boards that come with a claim certificate and become things: the real agent and the local cloud, with the agent killed at
/// every change of its identity on the disk and at every line it logs.
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
    public async Task A_board_becomes_a_thing_once_and_needs_no_claim_afterwards(string key)
    {
        ChildResult first = await AgentBinary.X64.RunAsync([.. Run("7"), "--provisioning_key", key]);
        Assert.True(first.ExitCode == 0, first.ToString());
        Assert.Contains("the identity works: thing pump-7", first.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", first.Errors, StringComparison.Ordinal);
        string identity = await File.ReadAllTextAsync(_directory["7/identity/identity.json"]);
        Assert.DoesNotContain("PRIVATE KEY", identity, StringComparison.Ordinal);
        Assert.Contains("\"site\": \"north\"", identity.Replace(":\"", ": \"", StringComparison.Ordinal), StringComparison.Ordinal);

        // The claim is gone; the identity is not.
        await _cloud.CreateJobAsync("hello", "pump-7", Documents.Command("true"));
        string[] later = ["run", "--endpoint", Endpoint, "--ca_file", _cloud.CaFile, "--provisioning_template", "pumps", "--data_dir", _directory["7"], "--once"];
        ChildResult second = await AgentBinary.X64.RunAsync(later);
        Assert.True(second.ExitCode == 0, second.ToString());
        Assert.Equal("SUCCEEDED", (await _cloud.DescribeAsync("pump-7", "hello")).Status);
        Assert.Single(await PrincipalsAsync("pump-7"));
        ChildResult status = await AgentBinary.X64.RunAsync(["status", "--data_dir", _directory["7"]]);
        Assert.Contains("identity: thing 'pump-7', works, certificate ", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_board_that_is_refused_says_why_and_makes_no_second_certificate()
    {
        string[] run = [.. Run("8")[..^2], "--provisioning_parameters", """{"Serial":"8"}"""];
        for (int i = 0; i < 2; i++)
        {
            ChildResult refused = await AgentBinary.X64.RunAsync(run);
            Assert.Equal(4, refused.ExitCode);
            Assert.Contains(
                "the template 'pumps' refused this board: InvalidParameters (400): The template's parameter SerialNumber is missing; compare --provisioning_template and --provisioning_parameters",
                refused.Errors,
                StringComparison.Ordinal);
            Assert.Equal(i == 0, refused.Errors.Contains("the service issued the certificate", StringComparison.Ordinal));
        }

        // Mended, it goes on with the certificate that it has.
        ChildResult mended = await AgentBinary.X64.RunAsync(Run("8"));
        Assert.True(mended.ExitCode == 0, mended.ToString());
        Assert.DoesNotContain("the service issued the certificate", mended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_claim_for_another_template_is_refused_by_its_policy()
    {
        ChildResult refused = await AgentBinary.X64.RunAsync([.. Run("9").Select(word => word == "pumps" ? "valves" : word)]);
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("with the claim certificate: ", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("$aws/provisioning-templates/valves/provision/json/+", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_identity_and_without_claim_a_board_says_what_it_needs()
    {
        ChildResult alone = await AgentBinary.X64.RunAsync(["run", "--endpoint", Endpoint, "--provisioning_template", "pumps", "--data_dir", _directory["10"]]);
        Assert.Equal(2, alone.ExitCode);
        Assert.Contains("to get one, give the claim certificate with --claim_cert FILE", alone.Errors, StringComparison.Ordinal);
        ChildResult missing = await AgentBinary.X64.RunAsync(
            ["run", "--endpoint", Endpoint, "--provisioning_template", "pumps", "--data_dir", _directory["10"], "--claim_cert", "/no/claim.pem", "--claim_key", "/no/claim.key"]);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("/no/claim.pem: there is no such certificate file; check --claim_cert", missing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public Task Killed_at_every_change_of_its_identity_a_board_has_one_that_works() => RunMatrixAsync("changes of the identity", ChangesOf);

    [Fact]
    public Task Killed_at_every_line_it_logs_a_board_has_an_identity_that_works() => RunMatrixAsync("lines", static (agent, _) => () => agent.Errors.AsSpan().Count('\n'));

    [Fact]
    public async Task What_the_disk_forgot_is_done_again()
    {
        // All states that one board went through, seen from outside.
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

        // The service remembers the last of them, the disk each in turn: so it is when answers are lost.
        foreach (string state in states[..^1])
        {
            Directory.Delete(_directory["20/identity"], recursive: true);
            Directory.CreateDirectory(_directory["20/identity"]);
            await File.WriteAllTextAsync(file, state);
            ChildResult again = await AgentBinary.X64.RunAsync(Run("20"));
            Assert.True(again.ExitCode == 0, state[..40] + again);
            await CheckIdentityAsync("20", states.Count);
        }

        output.WriteLine($"{states.Count - 1} states without their answers, {(await PrincipalsAsync("pump-20")).Length - 1} certificates to spare");
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

    /// <summary>Kills a board at the n-th point, starts it again, and has it run a job.</summary>
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

    /// <summary>Whole, and one: what is in use is what the service has on record for the thing.</summary>
    /// <returns>How many certificates the thing has besides.</returns>
    private async Task<int> CheckIdentityAsync(string serial, int most)
    {
        string identity = _directory[serial + "/identity"];
        using JsonDocument state = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(identity, "identity.json")));
        Assert.Equal("complete", state.RootElement.GetProperty("state").GetString());
        string[] principals = await PrincipalsAsync("pump-" + serial);
        Assert.Contains(principals, p => p.EndsWith("/" + state.RootElement.GetProperty("certificateId").GetString(), StringComparison.Ordinal));
        Assert.InRange(principals.Length, 1, most);
        Assert.Equal(["certificate.pem", "identity.json", "private.key"], Directory.GetFiles(identity).Select(Path.GetFileName).Order());
        return principals.Length - 1;
    }

    private static async Task<(bool Killed, string Log)> KillAtAsync(string[] run, string data, int n, Func<ChildProcess, string, Func<int>> counter)
    {
        await using ChildProcess agent = Traced(run, "delay_enter=20000");
        Func<int> count = counter(agent, data);
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (agent.IsRunning && count() < n)
        {
            Assert.False(deadline.IsCancellationRequested, "stuck: " + agent.Errors);
            await Task.Delay(1, CancellationToken.None);
        }

        bool killed = agent.IsRunning && int.TryParse(Read(Path.Combine(data, "agent.pid")), CultureInfo.InvariantCulture, out int id) && ChildProcess.KillById(id);
        await agent.WaitForExitAsync();
        return (killed, agent.Errors);
    }

    /// <summary>Holds each flush, rename and message up for a while, so that what is about to happen can be seen from outside.</summary>
    private static ChildProcess Traced(string[] run, string delay) => ChildProcess.Start(
        "strace", ["-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", $"trace={Calls}", "-e", $"inject={Calls}:{delay}", AgentBinary.X64.Program, .. run]);

    /// <summary>How often the directory of the identity has looked different.</summary>
    private static Func<int> ChangesOf(ChildProcess agent, string data)
    {
        string before = string.Empty;
        int changes = 0;
        return () =>
        {
            DirectoryInfo directory = new(Path.Combine(data, "identity"));
            string now = directory.Exists ? string.Join(' ', directory.GetFiles().Select(f => $"{f.Name}:{(f.Exists ? f.Length : 0)}").Order(StringComparer.Ordinal)) : string.Empty;
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
        "run", "--endpoint", Endpoint, "--ca_file", _cloud.CaFile, "--claim_cert", _directory["claim/claim.pem"], "--claim_key", _directory["claim/claim.key"],
        "--provisioning_template", "pumps", "--data_dir", _directory[serial], "--once", "--provisioning_parameters", $$"""{"SerialNumber":"{{serial}}"}""",
    ];

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file) : string.Empty;
}
