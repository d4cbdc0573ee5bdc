using System.Text;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent replaces itself by a newer version, and comes back from broken ones. A shell loop restarts it, as systemd does.
/// </summary>
public sealed class SelfUpdateTests : IAsyncLifetime
{
    private const string Filler = "filler";
    private const string NoSpace = "no space is left on the disk";

    private UpdatingBoard _board = null!;

    public async Task InitializeAsync() => _board = await UpdatingBoard.StartAsync();

    public async Task DisposeAsync() => await _board.DisposeAsync();

    [Fact]
    public async Task The_agent_updates_itself_and_comes_back_from_broken_versions()
    {
        _board.StartService();
        await _board.UpdateAsync("update", AgentBinary.NextVersion, AgentBinary.Next.File);
        ExecutionStatus end = await _board.Cloud.WaitForStatusAsync(UpdatingBoard.Thing, "update", "SUCCEEDED");
        Assert.Equal("the step succeeded", end.Detail("reason"));
        Assert.StartsWith(AgentBinary.NextVersion + " (", end.Detail("agent"), StringComparison.Ordinal);
        Assert.Equal(_board.Slot(AgentBinary.NextVersion), _board.RunningProgram);
        await _board.WaitForLogAsync($"update of the agent: version {AgentBinary.NextVersion} is confirmed");

        // The process is the same one: the service manager had nothing to restart.
        Assert.Empty(_board.Ends);
        await _board.RunJobAsync("after-update");

        byte[] good = await File.ReadAllBytesAsync(AgentBinary.Next.File);
        byte[] foreign = [.. good];
        foreign[18] = 8;
        string beforeStart = "the new program does not show its version: ";
        await FailAsync("truncated", good[..(good.Length / 2)], beforeStart);
        await FailAsync("foreign", foreign, beforeStart, ": it is a program for MIPS, and this board is x86-64");
        await FailAsync("library", Replace(good, "libm.so.6", "libx.so.6"), beforeStart + "exit code 127: ", "libx.so.6");
        Assert.Empty(_board.Ends);

        string notConfirmed =
            "version 199.0.0: it started, but ended or did not report to the service within 5 s; the log of the board has more";
        await FailAsync("crash", Script("exit 1"), notConfirmed);
        await FailAsync("configuration", Script("exit 2"), notConfirmed);
        await FailAsync("hang", Script("exec sleep 1000"), notConfirmed);
        await FailAsync(
            "unreachable",
            Script(
                "for a; do shift; case $a in *:*) a=localhost:1 ;; esac; set -- \"$@\" \"$a\"; done\n"
                    + $"exec {AgentBinary.X64.File} \"$@\" --wait_for_server"),
            notConfirmed);
        Assert.True(_board.Ends is ["1", "2", "142", "142"], $"{string.Join(' ', _board.Ends)}\n{_board.Log}");
        Assert.Equal([AgentBinary.NextVersion, "state"], _board.SlotNames);

        // Back to the package: the version of the slot does not start any more.
        File.Move(_board.Scratch.Write("empty", ""), _board.Slot(AgentBinary.NextVersion), overwrite: true);
        await _board.KillAgentAsync();
        await _board.RunJobAsync("after-damage");
        Assert.Equal(_board.Package, _board.RunningProgram);
        Assert.Equal(["state"], _board.SlotNames);
        await _board.UpdateAsync("again", AgentBinary.NextVersion, AgentBinary.Next.File);
        await _board.Cloud.WaitForStatusAsync(UpdatingBoard.Thing, "again", "SUCCEEDED");
        Assert.Equal(_board.Slot(AgentBinary.NextVersion), _board.RunningProgram);
    }

    [Fact]
    public async Task A_package_that_is_not_lower_replaces_an_updated_version()
    {
        _board.StartService();
        await _board.UpdateAsync("update", AgentBinary.NextVersion, AgentBinary.Next.File);
        await _board.Cloud.WaitForStatusAsync(UpdatingBoard.Thing, "update", "SUCCEEDED");
        File.Copy(AgentBinary.Next.File, _board.Package + ".dpkg-new");
        File.Move(_board.Package + ".dpkg-new", _board.Package, overwrite: true);
        await _board.KillAgentAsync();
        await _board.RunJobAsync("after-upgrade");
        Assert.Equal(_board.Package, _board.RunningProgram);
        string given = $"the updated version {AgentBinary.NextVersion} is given up for the packaged version {AgentBinary.NextVersion}";
        await _board.WaitForLogAsync($"{given}: the package has version {AgentBinary.NextVersion}");
        Assert.Equal(["state"], _board.SlotNames);
    }

    [Fact]
    public async Task Without_space_for_the_new_version_the_old_one_goes_on()
    {
        _board.StartService(diskMegabytes: 20);
        await _board.UpdateAsync("update", AgentBinary.NextVersion, AgentBinary.Next.File);
        ExecutionStatus end = await _board.Cloud.WaitForStatusAsync(UpdatingBoard.Thing, "update", "FAILED");
        Assert.Contains("no room for the file in ", end.Detail("reason"), StringComparison.Ordinal);
        await _board.RunJobAsync("after");
        Assert.Empty(_board.Ends);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_agent_killed_at_any_moment_of_an_update_leaves_one_that_works(int seed)
    {
        Random random = new(seed);
        for (int i = 0; i < 5; i++)
        {
            _board.StartService();
            string job = $"update-{i}";
            await _board.UpdateAsync(job, AgentBinary.NextVersion, AgentBinary.Next.File);
            await Task.Delay(random.Next(2000));
            await _board.KillAgentAsync();
            await AssertEndAsync(job);
            await _board.ResetAsync();
        }
    }

    [Fact]
    public async Task A_version_on_trial_does_not_start_without_a_record_of_it()
    {
        // What an agent has left that updates itself when the disk fills.
        string slot = Path.Combine(_board.Slots, AgentBinary.NextVersion);
        string[] state = ["edgejobs slots 1", "", "0", AgentBinary.NextVersion, "gone", "1", "1", "60", "0", ""];
        _board.StartService(
            diskMegabytes: 20,
            _board.Slots,
            $"""
            umask 077
            mkdir {slot}
            cp {AgentBinary.Next.File} {slot}/edgejobs
            printf '%s\0' {string.Join(' ', state.Select(field => $"'{field}'"))} > {_board.Slots}/state
            {Fill(_board.Slots)}
            """);
        await _board.RunJobAsync("packaged");
        Assert.Equal(_board.Package, _board.RunningProgram);
        await _board.WaitForLogAsync(NoSpace);

        File.Delete(Path.Combine(_board.SeenSlots, Filler));
        await _board.KillAgentAsync();
        await _board.RunJobAsync("packaged-again");
        Assert.Equal(_board.Package, _board.RunningProgram);
        await _board.WaitForLogAsync($"version {AgentBinary.NextVersion} is not confirmed and does not start again: ");
    }

    [Fact]
    public async Task A_version_is_confirmed_when_there_is_space_again()
    {
        await UpdateToOneThatFillsTheDiskAsync(confirmSeconds: 120);
        await _board.WaitForLogAsync(NoSpace);
        File.Delete(Path.Combine(_board.SeenSlots, Filler));
        await _board.Cloud.WaitForStatusAsync(UpdatingBoard.Thing, "update", "SUCCEEDED");
        Assert.Equal(AgentBinary.Next.File, _board.RunningProgram);
        Assert.Empty(_board.Ends);
    }

    [Fact]
    public async Task A_version_without_space_for_its_report_gives_way_to_the_old_one()
    {
        await UpdateToOneThatFillsTheDiskAsync(confirmSeconds: 5);
        ExecutionStatus end = await _board.Cloud.WaitForStatusAsync(UpdatingBoard.Thing, "update", "FAILED");
        Assert.Contains(": it started, but ended or did not report", end.Detail("reason"), StringComparison.Ordinal);
        await _board.WaitForLogAsync(NoSpace);
        await _board.RunJobAsync("after");
        Assert.Equal(_board.Package, _board.RunningProgram);
        Assert.Equal(["142"], _board.Ends);
    }

    [Fact]
    public async Task A_version_that_cannot_read_its_state_gives_way_to_the_package()
    {
        _board.StartService();
        string once = _board.Scratch["damaged"];
        await UpdateToScriptAsync($"[ -e {once} ] || echo damaged | tee {once} > {_board.Slots}/state", confirmSeconds: 60);
        await _board.WaitForLogAsync("is damaged; the packaged version of the agent runs until the next update replaces the file");

        // The packaged version does the update again.
        await _board.Cloud.WaitForStatusAsync(UpdatingBoard.Thing, "update", "SUCCEEDED");
        Assert.Equal(AgentBinary.Next.File, _board.RunningProgram);
        Assert.Empty(_board.Ends);
        Assert.Equal(2, _board.Log.Split($"version {AgentBinary.NextVersion} is tried").Length - 1);
    }

    [Theory]
    [InlineData("fsync")]
    [InlineData("fdatasync")]
    [InlineData("renameat")]
    [InlineData("mkdir")]
    [InlineData("unlink")]
    [InlineData("rmdir")]
    [InlineData("unlinkat")]
    public async Task An_agent_killed_at_any_call_of_an_update_leaves_one_that_works(string call)
    {
        for (int number = 1; true; number++)
        {
            string words = string.Join(' ', KillAtCall.Words(call, number));
            _board.StartService(prepare: $"strace {words} \"$@\"; echo $? >> {_board.Scratch["ends"]}");
            string job = $"{call}-{number}";
            await _board.UpdateAsync(job, AgentBinary.NextVersion, AgentBinary.Next.File);
            await AssertEndAsync(job);
            bool isKilled = _board.Ends.Length > 0;
            await _board.ResetAsync();
            if (!isKilled)
            {
                Assert.True(number > 1, $"the agent does not call {call}");
                break;
            }

            File.Delete(_board.Scratch["ends"]);
        }
    }

    private static string Fill(string directory) => $"cat /dev/zero > {directory}/{Filler} 2> /dev/null";

    private static byte[] Script(string run) =>
        Encoding.UTF8.GetBytes($"#!/bin/sh\n[ \"$1\" = --version ] && echo 'edgejobs 199.0.0' && exit\n{run}\n");

    private static byte[] Replace(byte[] program, string library, string other)
    {
        byte[] changed = [.. program];
        int at = program.AsSpan().IndexOf(Encoding.ASCII.GetBytes(library + '\0'));
        Encoding.ASCII.GetBytes(other).CopyTo(changed, at);
        return changed;
    }

    // The new version runs if the update has succeeded, and the packaged one if the new one was killed on trial.
    private async Task AssertEndAsync(string job)
    {
        ExecutionStatus end = await _board.Cloud.WaitForEndAsync(UpdatingBoard.Thing, job);
        string program = await _board.RunUndisturbedJobAsync("after-" + job);
        bool isNew = program != _board.Package;
        Assert.True(isNew == (end.Status == "SUCCEEDED"), $"{job}: {end}: {program}\n{_board.Log}");
        if (!isNew)
        {
            Assert.Contains(": it started, but ended or did not report", end.Detail("reason"), StringComparison.Ordinal);
        }
    }

    private async Task UpdateToOneThatFillsTheDiskAsync(int confirmSeconds)
    {
        _board.StartService(diskMegabytes: 20, _board.Slots);
        await UpdateToScriptAsync(Fill(_board.Slots), confirmSeconds);
    }

    // The script runs before the new version, each time when that one starts.
    private async Task UpdateToScriptAsync(string script, int confirmSeconds)
    {
        string next = AgentBinary.Next.File;
        string file = _board.Scratch.Write("script", $"#!/bin/sh\n[ \"$1\" != run ] || {{ {script}; }}\nexec {next} \"$@\"\n");
        await _board.UpdateAsync("update", AgentBinary.NextVersion, file, confirmSeconds);
    }

    private async Task FailAsync(string job, byte[] program, params string[] reasons)
    {
        string file = _board.Scratch[job];
        await File.WriteAllBytesAsync(file, program);
        await _board.UpdateAsync(job, "199.0.0", file, confirmSeconds: 5);
        ExecutionStatus end = await _board.Cloud.WaitForStatusAsync(UpdatingBoard.Thing, job, "FAILED");
        Assert.All(reasons, reason => Assert.Contains(reason, end.Detail("reason"), StringComparison.Ordinal));
        await _board.RunJobAsync("after-" + job);
        Assert.Equal(_board.Slot(AgentBinary.NextVersion), _board.RunningProgram);
    }
}
