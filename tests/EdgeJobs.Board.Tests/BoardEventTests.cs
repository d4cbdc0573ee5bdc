using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.EndToEnd.Tests;
using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>What happens to boards in the field: reboots, wrong clocks, lost lines, full disks, steps that eat all memory.</summary>
[Collection(Debian12Tests.Name)]
public sealed class BoardEventTests(Debian12Board installed)
{
    private const string BootId = "cat /proc/sys/kernel/random/boot_id";

    private Board Board => installed.Board;

    [Fact]
    public async Task The_kernel_kills_a_step_that_exceeds_its_memory_limit_and_the_outcome_says_so()
    {
        await installed.ConfigureAsync(settings: ("limit_memory_mb", 24));
        ExecutionStatus greedy = await installed.RunJobAsync(
            "greedy", Documents.Command("sh", "-c", "head --bytes 200000000 /dev/zero | tail"), "FAILED");
        Assert.Contains("it used more memory than limit_memory_mb allows, 24 MB", greedy.Detail("reason"), StringComparison.Ordinal);
        Assert.Contains("oom-kill", await Board.RunAsync("dmesg | grep oom-kill: | tail --lines 1"), StringComparison.Ordinal);
        await installed.RunJobAsync("modest", Documents.Command("true"));
        await installed.ConfigureAsync();
    }

    [Fact]
    public async Task Only_root_runs_steps_as_other_users()
    {
        JsonObject step = Documents.CommandStep("as nobody", "id", "--user", "--name");
        step["runAsUser"] = "nobody";
        string document = Documents.Steps(step, Documents.CommandStep("as the agent", "id", "--user", "--name"));

        ExecutionStatus refused = await installed.RunJobAsync("not-root", document, "FAILED");
        Assert.Contains(
            "the agent can't run a step as user 'nobody': it does not run as root, and sudo is not installed",
            refused.Detail("reason"),
            StringComparison.Ordinal);

        await installed.ConfigureAsync(asRoot: true);
        ExecutionStatus root = await installed.RunJobAsync("root", document);
        Assert.Equal("nobody | root", root.Detail("stdout"));
        await installed.ConfigureAsync();
    }

    [Fact]
    public Task A_job_that_reboots_the_board_by_a_handler_succeeds_when_it_is_back() =>
        RebootAsync("handler", "the board is back | ", Documents.HandlerStep("reboot", "default", "reboot.sh"));

    [Fact]
    public Task A_job_that_reboots_the_board_by_a_step_and_checks_a_unit_succeeds_when_it_is_back() =>
        RebootAsync("step", "", Documents.Step("reboot", []), Documents.Step("healthCheck", new JsonObject { ["unit"] = "ssh.service" }));

    [Fact]
    public async Task A_job_that_ends_while_the_line_is_down_is_reported_when_it_is_up()
    {
        const string HasLine = "grep --quiet 1 /sys/class/net/e*/carrier";
        await installed.ConfigureAsync(asRoot: true);
        await installed.Cloud.CreateJobAsync("offline", InstalledBoard.Thing, Documents.Steps(
            Documents.CommandStep("wait", "sh", "-c", $"while {HasLine}; do sleep 0.2; done"),
            Documents.CommandStep("tell", "sh", "-c", "echo the line is down | tee /dev/ttyAMA0")));
        await installed.Cloud.WaitForStatusAsync(InstalledBoard.Thing, "offline", "IN_PROGRESS", TimeSpan.FromMinutes(5));
        await Board.SetLinkAsync(isUp: false);
        await Board.WaitForConsoleAsync("the line is down");
        Assert.Equal("IN_PROGRESS", (await installed.Cloud.DescribeAsync(InstalledBoard.Thing, "offline")).Status);

        await Board.SetLinkAsync(isUp: true);
        Assert.Equal("the line is down", (await installed.EndOfAsync("offline")).Detail("stdout"));
        await installed.ConfigureAsync();
    }

    /// <summary>The journal is on a disk of its own, as on a board with a data partition.</summary>
    [Fact]
    public async Task A_full_disk_delays_jobs_and_loses_none()
    {
        const string Data = "/var/lib/edgejobs";
        await Board.RunAsync(
            $"""
            set -e
            systemctl stop edgejobs
            mkfs.ext4 -q -F /dev/vdb
            mount /dev/vdb {Data}
            chown edgejobs: {Data}
            systemctl start edgejobs
            """);
        await installed.RunJobAsync("room", Documents.Command("true"));
        await Board.RunAsync($"cat /dev/zero > {Data}/filler 2> /dev/null; sync; systemctl restart edgejobs");
        await installed.Cloud.CreateJobAsync("full", InstalledBoard.Thing, Documents.Command("echo", "ran"));
        await WaitForLogAsync("no space is left on the disk");
        Assert.Equal("QUEUED", (await installed.Cloud.DescribeAsync(InstalledBoard.Thing, "full")).Status);

        await Board.RunAsync($"rm {Data}/filler");
        Assert.Equal("ran", (await installed.EndOfAsync("full")).Detail("stdout"));
        await Board.RunAsync($"systemctl stop edgejobs && umount {Data} && systemctl start edgejobs");
    }

    /// <summary>A board without a battery for its clock starts in 1970, when no certificate is valid, until it learns the time.</summary>
    [Fact]
    public async Task A_clock_that_starts_in_1970_and_jumps_delays_a_job()
    {
        await Board.RunAsync("systemctl stop edgejobs; date --set @1000; systemctl start edgejobs");
        await installed.Cloud.CreateJobAsync("clock", InstalledBoard.Thing, Documents.Command("date", "+%s"));
        await WaitForLogAsync("clock if it is wrong (now 1970");
        Assert.Equal("QUEUED", (await installed.Cloud.DescribeAsync(InstalledBoard.Thing, "clock")).Status);
        string now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        await Board.RunAsync($"date --set @{now}");
        ExecutionStatus end = await installed.EndOfAsync("clock");
        Assert.True(string.CompareOrdinal(end.Detail("stdout"), now) >= 0, end.ToString());
    }

    private async Task WaitForLogAsync(string text) =>
        await Board.RunAsync(
            $"timeout 240 sh -c 'until journalctl --unit edgejobs --no-pager | grep --quiet \"{text}\"; do sleep 1; done'");

    private async Task RebootAsync(string jobId, string output, params JsonObject[] steps)
    {
        await installed.ConfigureAsync(asRoot: true);
        string before = await Board.RunAsync(BootId);
        ExecutionStatus end = await installed.RunJobAsync(
            jobId, Documents.Steps([.. steps, Documents.CommandStep("after", "sh", "-c", BootId)]));
        await Board.WaitUntilReachedAsync();
        string after = await Board.RunAsync(BootId);
        Assert.NotEqual(before, after);
        Assert.Equal(output + after, end.Detail("stdout"));
        await installed.ConfigureAsync();
    }
}
