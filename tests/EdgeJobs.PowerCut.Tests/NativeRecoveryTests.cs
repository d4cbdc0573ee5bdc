using System.Globalization;
using EdgeJobs.PowerCut.Tests.Disk;
using EdgeJobs.PowerCut.Tests.Recording;
using EdgeJobs.PowerCut.Tests.Tracing;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.PowerCut.Tests;

/// <summary>
/// A sample, end to end: the native agent is killed at a random flush of a job, its disk goes to a random one of the states that a power
/// cut could have left, and the native agent starts on it, with the local cloud as it was at the cut. EDGEJOBS_TEST_POWER_CUTS is the
/// number of cuts.
/// </summary>
public sealed class NativeRecoveryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int UsualCuts = 6;
    private const int Workers = 3;
    private const int Steps = 5;

    // Usually the agent flushes about 12 times: two for its directories, two for a new journal, and one for each record.
    private const int MaxFlush = 13;
    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;

    public async Task InitializeAsync() => _cloud = await CloudProcess.StartAsync();

    public async Task DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_native_agent_recovers_from_states_that_a_power_cut_leaves()
    {
        int cuts = Environment.GetEnvironmentVariable("EDGEJOBS_TEST_POWER_CUTS") is { } steps
            ? int.Parse(steps, CultureInfo.InvariantCulture)
            : UsualCuts;
        int killed = 0;
        int changed = 0;
        List<(int Seed, ThingFiles Files)> boards = [];
        for (int seed = 1; seed <= cuts; seed++)
        {
            boards.Add((seed, await _cloud.CreateThingAsync(string.Create(CultureInfo.InvariantCulture, $"board-{seed}"))));
        }

        await Parallel.ForEachAsync(
            boards,
            new ParallelOptions { MaxDegreeOfParallelism = Workers },
            async (board, _) =>
            {
                (bool isKilled, bool isChanged) = await RunAsync(board.Seed, board.Files);
                Interlocked.Add(ref killed, isKilled ? 1 : 0);
                Interlocked.Add(ref changed, isChanged ? 1 : 0);
            });
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{killed} of {cuts} agents killed in their job, {changed} disks changed: 0 lost, 0 doubled, 0 stuck"));
        Assert.True(killed > cuts / 2, $"only {killed} of {cuts} agents were killed before their job was over");
    }

    private async Task<(bool Killed, bool Changed)> RunAsync(int seed, ThingFiles files)
    {
        Random random = new(seed);
        string name = files.Name;
        string disk = Directory.CreateDirectory(_directory[$"{name}/disk"]).FullName;
        string lines = _directory[$"{name}/lines"];
        await _cloud.CreateJobAsync(name, name, JobDocuments.Counting(lines, Steps));
        await _cloud.CreateJobAsync(name + "-next", name, JobDocuments.Counting(lines + "-next", 1));
        string[] run =
        [
            "run", .. files.FlagsFor(_cloud.Mqtts), "--data_dir", Path.Combine(disk, Recorder.DataDirectory), "--once",
            "--log_level", "debug",
        ];
        (bool killed, string log) = await KillAtAsync(run, name, 1 + random.Next(MaxFlush));

        DiskModel model = new();
        foreach (TraceEvent happened in new TraceReader(disk).Read(File.ReadLines(_directory[$"{name}/trace"])))
        {
            if (happened is TraceEvent.OnDisk onDisk)
            {
                model.Apply(onDisk.Call);
            }
        }

        (DiskNode, int)[] all = [.. model.Nodes().Select(n => (n, int.MaxValue))];
        DiskImage[] images = [.. model.Images(all, samples: 50, random).DistinctBy(i => i.Hash)];
        DiskImage image = images[random.Next(images.Length)];
        Directory.Delete(disk, recursive: true);
        Directory.CreateDirectory(disk);
        image.WriteTo(disk);

        ChildResult last = await AgentBinary.X64.RunAsync(run);
        string shown = string.Join(' ', image.Entries.Select(e => $"{e.Path}:{e.Content?.Length}"));
        log += $"--- {images.Length} states, one of them: {shown}\n{last}";
        ExecutionStatus end = await _cloud.DescribeAsync(name, name);
        Assert.True(end.Status == "FAILED" && end.Detail("step") == "4/5", $"stuck, lost or wrong: {end}\n{log}");
        ExecutionStatus next = await _cloud.DescribeAsync(name, name + "-next");
        Assert.True(next.Status == "SUCCEEDED", $"stuck: {next}\n{log}");

        // Only the step that the cut interrupted may run again.
        string[] seen = await File.ReadAllLinesAsync(lines);
        Assert.Equal(["1", "2", "3", "4", "5"], seen.Distinct().Order(StringComparer.Ordinal));
        Assert.True(seen.SequenceEqual(seen.Order(StringComparer.Ordinal)), $"out of order: {string.Join(' ', seen)}\n{log}");
        Assert.True(seen.Length <= Steps + (killed ? 1 : 0), $"doubled: {string.Join(' ', seen)}\n{log}");
        return (killed, images.Length > 1);
    }

    /// <summary>Kills the agent while it makes its n-th flush, or lets it end.</summary>
    private async Task<(bool Killed, string Log)> KillAtAsync(string[] run, string name, int flush)
    {
        string trace = _directory[$"{name}/trace"];
        await using ChildProcess agent = ChildProcess.Start(
            "strace",
            [
                "-f", "-qq", "-y", "-v", "-xx", "-s", "1000000", "--seccomp-bpf", "-o", trace, "-e", $"trace={TraceReader.Calls}",
                "-e", "inject=fsync,fdatasync:delay_enter=40000", AgentBinary.X64.Program, .. run,
            ]);
        string process = _directory[$"{name}/disk/{Recorder.DataDirectory}/agent.pid"];
        bool killed = false;
        while (agent.IsRunning && !killed)
        {
            await Task.Delay(1, CancellationToken.None);
            killed = File.Exists(trace)
                && (await ReadAsync(trace)).Split("sync(").Length > flush
                && File.Exists(process)
                && int.TryParse(await ReadAsync(process), CultureInfo.InvariantCulture, out int id)
                && ChildProcess.KillById(id);
        }

        await agent.WaitForExitAsync();
        return (killed, agent.Errors);
    }

    private static async Task<string> ReadAsync(string file)
    {
        using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return await reader.ReadToEndAsync();
    }
}
