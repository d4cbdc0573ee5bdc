using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent is killed at every write of its journal and at every line that it logs (one precedes each publish); again in
/// its recovery; together with the cloud; and the cloud alone is killed. The job has five steps: one fails, and one fails and is
/// ignored. Nothing is lost, doubled or stuck. strace delays each flush and each message, so that the test sees the n-th one
/// before it is done. One class for each matrix: xunit runs classes in parallel, and these wait more than they compute.
/// </summary>
public abstract class CrashMatrixTests(ITestOutputHelper output)
{
    private const string Calls = "fdatasync,fsync,rename,sendto,sendmsg";
    private const int Workers = 4;
    private const int Most = 100;

    private protected enum Victim
    {
        Agent,
        Cloud,
        Both,
    }

    // All boards of a batch share the cloud: where it is killed, one board runs at a time, and with the agent at every other point.
    private protected async Task RunMatrixAsync(
        string what,
        Func<ChildProcess, string, Func<int>> counter,
        bool again = false,
        Victim victim = Victim.Agent)
    {
        await using CloudProcess cloud = await CloudProcess.StartAsync();
        int points = 0;
        int batch = victim == Victim.Agent ? Workers : 1;
        for (int n = 1; n <= Most; n += victim == Victim.Both ? 2 : batch)
        {
            List<ThingFiles> things = [];
            for (int i = 0; i < batch; i++)
            {
                things.Add(await cloud.CreateThingAsync(string.Create(CultureInfo.InvariantCulture, $"board-{n + i}")));
            }

            int first = n;
            (int Kills, bool Over)[] ends = await Task.WhenAll(
                things.Select((files, i) => RunAsync(cloud, files, first + i, counter, again, victim)));
            points += ends.Sum(end => end.Kills);
            if (ends[^1].Over)
            {
                output.WriteLine($"{points} kill points at {what}: 0 lost, 0 doubled, 0 stuck");
                Assert.True(points >= 5, "the matrix has hardly any kill points");
                return;
            }
        }

        Assert.Fail($"killed at every one of {Most} points: where does it end?");
    }

    /// <returns>How often the agent was killed, and whether the job has no n-th point.</returns>
    private static async Task<(int Kills, bool Over)> RunAsync(
        CloudProcess cloud,
        ThingFiles files,
        int n,
        Func<ChildProcess, string, Func<int>> counter,
        bool again,
        Victim victim)
    {
        using TestDirectory directory = new();
        string job = string.Create(CultureInfo.InvariantCulture, $"job-{n}");
        await cloud.CreateJobAsync(job, files.Name, Document(directory["lines"]));
        string data = Directory.CreateDirectory(directory["data"]).FullName;
        string[] run = ["run", .. files.FlagsFor(cloud.Mqtts), "--data_dir", data, "--once", "--log_level", "debug"];
        List<string> logs = [];
        (bool killed, int seen) = await KillAtAsync(run, data, n, counter, cloud, victim, logs);
        int kills = killed ? 1 : 0;
        if (again && killed)
        {
            kills += (await KillAtAsync(run, data, 1 + (n % 6), counter, cloud, victim, logs)).Killed ? 1 : 0;
        }

        ChildResult last = await AgentBinary.X64.RunAsync(run);
        logs.Add(last.Errors);
        // An agent that is not killed runs no step again.
        int interruptions = victim == Victim.Cloud ? 0 : kills;
        await CheckAsync(cloud, files.Name, job, directory, interruptions, string.Join("---\n", logs));

        // More than n without a kill: the test saw the n-th point too late, on a busy machine.
        return (kills, !killed && seen <= n);
    }

    /// <summary>Runs the agent until the counter reaches n, or to its end.</summary>
    private static async Task<(bool Killed, int Seen)> KillAtAsync(
        IEnumerable<string> run, string data, int n, Func<ChildProcess, string, Func<int>> counter, CloudProcess cloud,
        Victim victim, List<string> logs)
    {
        File.Delete(Path.Combine(data, "agent.pid"));
        await using ChildProcess agent = ChildProcess.Start(
            "strace",
            [
                "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", $"trace={Calls}", "-e", $"inject={Calls}:delay_enter=25000",
                AgentBinary.X64.Program, .. run,
            ]);
        Func<int> count = counter(agent, data);
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (agent.IsRunning && count() < n)
        {
            Assert.False(deadline.IsCancellationRequested, "stuck: " + agent.Errors);
            await Task.Delay(1, CancellationToken.None);
        }

        bool kill = agent.IsRunning && (victim == Victim.Cloud
            || (int.TryParse(await ReadAsync(Path.Combine(data, "agent.pid")), CultureInfo.InvariantCulture, out int id)
                && ChildProcess.KillById(id)));
        if (kill && victim != Victim.Agent)
        {
            await cloud.KillAsync();
            await cloud.StartAgainAsync();
        }

        await agent.WaitForExitAsync();
        logs.Add(agent.Errors);
        return (kill, count());
    }

    /// <summary>Counts the changes of the journal.</summary>
    private protected static Func<int> WritesOf(ChildProcess agent, string data)
    {
        (long Journal, long Next) before = (Length("journal"), Length("journal.new"));
        int changes = 0;
        return () =>
        {
            (long Journal, long Next) now = (Length("journal"), Length("journal.new"));
            changes += now == before ? 0 : 1;
            before = now;
            return changes;
        };

        long Length(string name) => new FileInfo(Path.Combine(data, name)) is { Exists: true } file ? file.Length : -1;
    }

    /// <summary>Counts the lines that the agent logs.</summary>
    private protected static Func<int> LinesOf(ChildProcess agent, string data) => () => agent.Errors.AsSpan().Count('\n');

    private static async Task<string> ReadAsync(string file) => File.Exists(file) ? await File.ReadAllTextAsync(file) : string.Empty;

    /// <summary>Checks the outcome at the service and how often each step ran.</summary>
    private static async Task CheckAsync(CloudProcess cloud, string thing, string job, TestDirectory directory, int kills, string log)
    {
        ExecutionStatus end = await cloud.DescribeAsync(thing, job);
        Assert.True(end.IsTerminal, $"stuck: {end}\n{log}");
        Assert.True(end.Status == "FAILED" && end.Detail("step") == "4/5" && end.Detail("exitCode") == "4", $"lost or wrong: {end}\n{log}");
        string[] lines = File.ReadAllLines(directory["lines"]);
        for (int step = 1; step <= 4; step++)
        {
            string began = string.Create(CultureInfo.InvariantCulture, $"{step}");
            int times = lines.Count(line => line == began);

            // Only an interrupted step runs again, as its document says.
            Assert.True(times >= 1 && times <= 1 + kills, $"step {step} ran {times} times with {kills} kills\n{log}");
        }

        Assert.True(lines.Length <= 5 + kills, $"{lines.Length} lines with {kills} kills: {string.Join(' ', lines)}\n{log}");
        Assert.Equal(lines.Order(StringComparer.Ordinal), lines);
        Assert.Equal("5", lines[^1]);
    }

    /// <summary>The second step fails and is ignored, the fourth fails, the fifth cleans up.</summary>
    private static string Document(string file)
    {
        JsonObject[] steps = new JsonObject[5];
        for (int i = 0; i < steps.Length; i++)
        {
            int code = i is 1 or 3 ? i + 1 : 0;
            steps[i] = Documents.CommandStep($"s{i + 1}", "sh", "-c", $"echo {i + 1} >> {file}; exit {code}");
        }

        steps[1]["ignoreStepFailure"] = "true";
        steps[4]["alwaysRun"] = true;
        return Documents.Steps(steps);
    }
}

public sealed class JournalCrashTests(ITestOutputHelper output) : CrashMatrixTests(output)
{
    [Fact]
    public Task Agent_killed_at_each_journal_write() => RunMatrixAsync("writes of the journal", WritesOf);
}

public sealed class LineCrashTests(ITestOutputHelper output) : CrashMatrixTests(output)
{
    [Fact]
    public Task Agent_killed_at_each_log_line_and_message() => RunMatrixAsync("lines and messages", LinesOf);
}

public sealed class RecoveryCrashTests(ITestOutputHelper output) : CrashMatrixTests(output)
{
    [Fact]
    public Task Agent_killed_again_in_its_recovery() => RunMatrixAsync("writes of the journal, twice", WritesOf, again: true);
}

public sealed class SharedCrashTests(ITestOutputHelper output) : CrashMatrixTests(output)
{
    [Fact]
    public Task Agent_and_cloud_killed_at_every_other_log_line_and_message() =>
        RunMatrixAsync("lines and messages, with the cloud", LinesOf, victim: Victim.Both);
}

public sealed class CloudCrashTests(ITestOutputHelper output) : CrashMatrixTests(output)
{
    [Fact]
    public Task Cloud_killed_at_each_log_line_and_message() =>
        RunMatrixAsync("lines and messages, the cloud alone", LinesOf, victim: Victim.Cloud);
}
