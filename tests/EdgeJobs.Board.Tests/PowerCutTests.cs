using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.Board.Tests;

/// <summary>
/// The power of the board is cut at seeded times during a stream of jobs. A cut is SIGKILL of QEMU: the memory of the board is gone, and
/// what it has not flushed to its disk. <c>EDGEJOBS_TEST_CUTS</c> is the number of cuts (default: 10), <c>EDGEJOBS_TEST_CUT_SEED</c> the
/// seed of their times.
/// </summary>
public sealed class PowerCutTests(Debian12Board installed, ITestOutputHelper output) : IClassFixture<Debian12Board>
{
    private static readonly TimeSpan ProgressDeadline = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    private readonly List<CutJob> _jobs = [];
    private int _ended;

    private Board Board => installed.Board;

    [Fact]
    public async Task After_power_cuts_no_job_is_lost_doubled_or_stuck()
    {
        int cuts = TestNumber.FromEnvironment("EDGEJOBS_TEST_CUTS", 10);
        int seed = TestNumber.FromEnvironment("EDGEJOBS_TEST_CUT_SEED", 1);
        Random random = new(seed);
        await installed.ConfigureAsync(asRoot: true);
        await Board.RunAsync(
            $"cat > /usr/local/bin/step << 'END'\n{CutJob.Program}\nEND\nchmod 755 /usr/local/bin/step; touch {CutJob.Lines}; sync");
        for (int cut = 0; cut < cuts; cut++)
        {
            await KeepJobsPendingAsync();

            // Most cuts during a job, some during the boot.
            if (random.Next(4) > 0)
            {
                await WaitForProgressAsync();
            }

            await Task.Delay(random.Next(10_000));
            await Board.CutPowerAsync();
            Board.SwitchOn(Board.LeanBoot);
        }

        await Board.WaitUntilReachedAsync();
        List<ExecutionStatus> ends = [];
        foreach (CutJob job in _jobs)
        {
            ends.Add(await installed.EndOfAsync(job.Id, job.Status));
        }

        await Board.WaitUntilReachedAsync();
        string[] lines = (await Board.RunAsync($"cat {CutJob.Lines}")).Split('\n');
        Assert.Equal("", (await Board.TryAsync("ls /var/lib/edgejobs | grep damaged; dmesg | grep 'EXT4-fs error'")).Output);
        int again = 0;
        List<string> faults = [];
        for (int i = 0; i < _jobs.Count; i++)
        {
            string[] own = [.. lines.Where(line => line.StartsWith(_jobs[i].Id + " ", StringComparison.Ordinal))];
            List<string> found = _jobs[i].Check(ends[i], own, out int repeated);
            again += repeated;
            faults.AddRange(found.Select(fault => $"{ends[i]}: {fault}\n{string.Join('\n', own)}"));
        }

        string[] order = [.. lines.Select(line => line.Split(' ')[0])];
        if (!order.SequenceEqual(_jobs.SelectMany(job => order.Where(id => id == job.Id))))
        {
            faults.Add("the jobs did not run one after the other, in their order");
        }

        int reboots = _jobs.Count(job => job.Reboots);
        output.WriteLine(
            $"seed {seed}: {cuts} cuts, {_jobs.Count} jobs, {5 * _jobs.Count} steps, {reboots} reboots, {again} attempts made again");
        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
        Assert.True(again <= cuts + reboots, $"{again} attempts were made again after {cuts} cuts and {reboots} reboots");
    }

    // Three jobs that have not ended.
    private async Task KeepJobsPendingAsync()
    {
        await CountEndedAsync();
        while (_jobs.Count < _ended + 3)
        {
            CutJob job = new(_jobs.Count + 1);
            await installed.Cloud.CreateJobAsync(job.Id, InstalledBoard.Thing, job.Document);
            _jobs.Add(job);
        }
    }

    private async Task CountEndedAsync()
    {
        while (_ended < _jobs.Count && (await installed.Cloud.DescribeAsync(InstalledBoard.Thing, _jobs[_ended].Id)).IsTerminal)
        {
            _ended++;
        }
    }

    // Until the service has heard of a step or an outcome that it did not know.
    private async Task WaitForProgressAsync()
    {
        using CancellationTokenSource deadline = new(ProgressDeadline);
        string first = await StateAsync();
        while (_ended < _jobs.Count && await StateAsync() == first)
        {
            Assert.False(deadline.IsCancellationRequested, $"stuck: {first}");
            await Task.Delay(PollInterval, CancellationToken.None);
        }
    }

    private async Task<string> StateAsync()
    {
        await CountEndedAsync();
        return _ended == _jobs.Count ? "" : (await installed.Cloud.DescribeAsync(InstalledBoard.Thing, _jobs[_ended].Id)).ToString();
    }
}
