using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using EdgeJobs.Testing;
using Xunit.Abstractions;

namespace EdgeJobs.Board.Tests;

/// <summary>
/// The power of the board is cut at seeded times during downloads, installations, reboots and updates of the agent.
/// <c>EDGEJOBS_TEST_UPDATE_CUTS</c> is the number of cuts (default: 20), <c>EDGEJOBS_TEST_CUT_SEED</c> the seed of their times.
/// </summary>
public sealed class UpdateCutTests(Debian12Board installed, ITestOutputHelper output) : IClassFixture<Debian12Board>, IDisposable
{
    private const int LongestDelay = 12_000;
    private const string Faults = "/root/faults";

    // Before the agent can change anything.
    private const string CheckUnit =
        $"""
        [Unit]
        Before=edgejobs.service
        [Service]
        Type=oneshot
        ExecStart=/bin/sh -c "echo boot >> /root/boots; /usr/local/bin/check-updates >> {Faults} 2>&1; sync"
        [Install]
        WantedBy=multi-user.target
        """;

    private readonly TestDirectory _scratch = new();
    private string _current = "0.0";

    private Board Board => installed.Board;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task After_power_cuts_each_update_is_done_or_undone_as_a_whole()
    {
        int cuts = TestNumber.FromEnvironment("EDGEJOBS_TEST_UPDATE_CUTS", 20);
        int seed = TestNumber.FromEnvironment("EDGEJOBS_TEST_CUT_SEED", 1);
        Random random = new(seed);
        await PrepareAsync();
        SortedDictionary<string, int> done = new(StringComparer.Ordinal);
        int jobs = 0;
        for (int cut = 0; cut < cuts;)
        {
            UpdateCutJob job = new(++jobs);
            Stopwatch watch = Stopwatch.StartNew();
            await installed.CreateJobAsync(job.Id, await job.MakeAsync(installed, _scratch));
            if (random.Next(4) > 0)
            {
                await installed.Cloud.WaitForStartAsync(InstalledBoard.Thing, job.Id, TimeSpan.FromMinutes(5));
            }

            // Some jobs are cut twice: during the boot, or when they go on.
            int most = random.Next(3) == 0 ? 2 : 1;
            for (int i = 0; i < most && cut < cuts; i++, cut++)
            {
                await Task.Delay(random.Next(LongestDelay));
                await Board.CutPowerAsync();
                Board.SwitchOn(Board.LeanBoot);
            }

            ExecutionStatus end = await installed.Cloud.WaitForEndAsync(InstalledBoard.Thing, job.Id, TimeSpan.FromMinutes(10));
            await Board.WaitUntilReachedAsync();
            Assert.Equal("", await Board.RunAsync($"cat {Faults}; /usr/local/bin/check-updates"));
            _current = await job.CheckAsync(end, Board, _current);
            await ResetAgentAsync(job);
            string kind = $"{job.What} {end.Status}";
            done[kind] = done.GetValueOrDefault(kind) + 1;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{job.Id}, {most} cuts, {watch.Elapsed.TotalSeconds:0} s: {job.What} {end.Status}"));
        }

        output.WriteLine($"seed {seed}: {cuts} cuts, {jobs} jobs: {string.Join(", ", done.Select(d => $"{d.Value} {d.Key}"))}");

        // Some cuts come before the check. The last boot of each job has one.
        int boots = (await Board.RunAsync("cat /root/boots")).Split('\n').Length;
        Assert.True(boots >= jobs, $"the board was checked in {boots} boots of {jobs} jobs");
        Assert.Equal("", (await Board.TryAsync("ls /var/lib/edgejobs | grep damaged; dmesg | grep 'EXT4-fs error'")).Output);
    }

    private async Task PrepareAsync()
    {
        await installed.ConfigureAsync(asRoot: true);
        string program = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(AgentBinary.NextArm64)));
        string broken = AgentVersions.UpdateToBroken(installed, "exit 1")["input"]!["sha256"]!.GetValue<string>();
        await Board.RunAsync(
            $"""
            set -e
            mkdir {UpdateCutJob.Directory}
            echo {program} {broken} > {UpdateCutJob.Directory}/programs
            cat > /usr/local/bin/check-updates << 'END'
            {UpdateCutJob.CheckProgram}
            END
            cat > /etc/systemd/system/check-updates.service << 'END'
            {CheckUnit}
            END
            chmod 755 /usr/local/bin/check-updates
            systemctl enable check-updates
            touch {Faults} {UpdateCutJob.Lines}
            sync
            """);
        UpdateCutJob first = new(0);
        await installed.RunJobAsync(first.Id, await first.MakeAsync(installed, _scratch));
        Assert.Equal("", await Board.RunAsync("/usr/local/bin/check-updates"));
    }

    // The next update of the agent needs the packaged version.
    private async Task ResetAgentAsync(UpdateCutJob job)
    {
        if (job.What is UpdateCutJob.Kind.UpdateAgent)
        {
            await Board.RunAsync("systemctl stop edgejobs; rm -rf /var/lib/edgejobs/agent; sync; systemctl start edgejobs");
        }
    }
}
