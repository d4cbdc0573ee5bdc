using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent over a connection with a schedule of faults. Each step of its three jobs appends a line to a file. As
/// under systemd, the agent is restarted when it ends because it cannot connect.
/// </summary>
internal sealed class FaultyBoard(CloudProcess cloud, ThingFiles files, int seed, FaultSchedule schedule) : IAsyncDisposable
{
    private const int CanNotConnect = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly string[] Expected = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.4", "3.1"];
    private readonly TestDirectory _directory = new();
    private readonly FaultProxy _line = FaultProxy.To(cloud.Mqtts.Port, schedule);
    private readonly List<string> _logs = [];

    public string Summary => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {seed}: {_line.Count} connections, {_line.Happened} of {schedule.Faults.Count} faults happened ({schedule})");

    public int Happened => _line.Happened;

    public async ValueTask DisposeAsync()
    {
        await _line.DisposeAsync();
        _directory.Dispose();
    }

    /// <returns>The failure with all logs; null on success.</returns>
    public async Task<string?> RunAsync()
    {
        using CancellationTokenSource over = new();
        Task<string?> agent = RunAgentAsync(over.Token);
        string? fault;
        try
        {
            fault = await RunJobsAsync(agent);
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException or HttpRequestException)
        {
            fault = e.Message;
        }

        await over.CancelAsync();
        fault ??= await agent;
        string[] lines = File.Exists(_directory["lines"]) ? await File.ReadAllLinesAsync(_directory["lines"]) : [];
        if (fault is null && !lines.SequenceEqual(Expected))
        {
            fault = $"the steps ran as {string.Join(' ', lines)} instead of {string.Join(' ', Expected)}";
        }

        return fault is null ? null : $"{fault}\n{Summary}\n{string.Join("--- again\n", _logs)}";
    }

    private async Task<string?> RunJobsAsync(Task agent)
    {
        // Some jobs exist before the agent starts, some are created while it runs.
        Random random = new(seed);
        bool atOnce = random.Next(2) == 0;
        string[] documents = [Succeeds(random), Fails(random), Documents.Command("sh", "-c", Line("3.1"))];
        string[] statuses = ["SUCCEEDED", "FAILED", "SUCCEEDED"];
        for (int i = 0; atOnce && i < documents.Length; i++)
        {
            await cloud.CreateJobAsync(Job(i), files.Name, documents[i]);
        }

        for (int i = 0; i < documents.Length; i++)
        {
            if (!atOnce)
            {
                await cloud.CreateJobAsync(Job(i), files.Name, documents[i]);
            }

            using CancellationTokenSource deadline = new(Patience);
            ExecutionStatus end;
            while (!(end = await cloud.DescribeAsync(files.Name, Job(i))).IsTerminal)
            {
                if (deadline.IsCancellationRequested || agent.IsCompleted)
                {
                    return $"stuck: {end}";
                }

                await Task.Delay(200, CancellationToken.None);
            }

            if (end.Status != statuses[i])
            {
                return $"wrong: {end}";
            }
        }

        return null;
    }

    private async Task<string?> RunAgentAsync(CancellationToken over)
    {
        string endpoint = string.Create(CultureInfo.InvariantCulture, $"mqtts://127.0.0.1:{_line.Port}");
        string[] run =
        [
            "run", .. files.FlagsFor(new Uri(endpoint)), "--data_dir", _directory["agent"], "--keep_alive", "30",
            "--mqtt_version", seed % 3 == 0 ? "3" : "5"
        ];
        while (true)
        {
            await using ChildProcess agent = AgentBinary.X64.Start(run);
            Task<ChildResult> exit = agent.WaitForExitAsync(Timeout.InfiniteTimeSpan);
            await Task.WhenAny(exit, Task.Delay(Timeout.Infinite, over));
            bool stopped = !exit.IsCompleted;
            if (stopped)
            {
                agent.AskToEnd();
            }

            ChildResult result = await agent.WaitForExitAsync();
            _logs.Add(result.Errors);
            if (stopped || over.IsCancellationRequested)
            {
                return result.ExitCode is 0 or CanNotConnect ? null : result.ToString();
            }

            if (result.ExitCode != CanNotConnect)
            {
                return $"ended by itself: {result}";
            }
        }
    }

    private string Job(int index) => string.Create(CultureInfo.InvariantCulture, $"job-{seed}-{index + 1}");

    private string Line(string line) => $"echo {line} >> {_directory["lines"]}";

    private string Succeeds(Random random) => Documents.Steps(
        [.. Enumerable.Range(1, 3).Select(i => Documents.CommandStep(
            $"s{i}",
            "sh",
            "-c",
            string.Create(CultureInfo.InvariantCulture, $"{Line($"1.{i}")}; sleep 0.{random.Next(10)}")))]);

    /// <summary>The second step fails, the third does not run, the fourth cleans up.</summary>
    private string Fails(Random random)
    {
        JsonObject[] steps =
        [
            Documents.CommandStep(
                "s1",
                "sh",
                "-c",
                string.Create(CultureInfo.InvariantCulture, $"{Line("2.1")}; sleep 0.{random.Next(10)}")),
            Documents.CommandStep("s2", "sh", "-c", $"{Line("2.2")}; exit 3"),
            Documents.CommandStep("s3", "sh", "-c", Line("2.3")),
            Documents.CommandStep("s4", "sh", "-c", Line("2.4")),
        ];
        steps[3]["alwaysRun"] = true;
        return Documents.Steps(steps);
    }
}
