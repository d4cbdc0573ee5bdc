using System.Globalization;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The native agent does not depend on inherited state: ignored and blocked signals, closed streams, open descriptors, umask,
/// limits.
/// </summary>
public sealed class InheritedStateTests : CloudTests
{
    [Theory]
    [InlineData("--ignore-signal=CHLD", "")]
    [InlineData("--ignore-signal=CHLD,TERM,HUP,PIPE,INT,QUIT", "")]
    [InlineData("--block-signal=CHLD,TERM,HUP,PIPE,USR1,ALRM", "")]
    [InlineData("", "umask 0777")]
    [InlineData("", "exec 7< /dev/zero 9< /dev/zero")]
    [InlineData("", "exec 0<&- 1>&- 2>&-")]
    [InlineData("", "ulimit -Sn 64; ulimit -Sc unlimited")]
    public async Task Runs_steps_and_ends_at_SIGTERM(string signals, string how)
    {
        await Cloud.CreateJobAsync("first", Thing, Documents.Command("sh", "-c", "ls /proc/self/fd; exit 3"));

        // env, not a shell, sets signals: a shell resets SIGCHLD for the programs that it executes.
        string[] starter = signals.Length > 0 ? [signals] : ["sh", "-c", $"{how}; exec \"$0\" \"$@\""];
        string[] words = [.. starter, AgentBinary.X64.Program, .. Run];
        await using ChildProcess agent = ChildProcess.Start("env", words);
        ExecutionStatus first = await Cloud.WaitForStatusAsync(Thing, "first", "FAILED");
        Assert.Equal("step 1 of 1 'the step' failed: exit code 3", first.Detail("reason"));
        Assert.Equal("0 | 1 | 2 | 3 | 4", first.Detail("stdout"));

        int id = int.Parse(await File.ReadAllTextAsync(Scratch["agent/agent.pid"]), CultureInfo.InvariantCulture);
        string status = await File.ReadAllTextAsync($"/proc/{id}/status");
        Assert.Contains("SigBlk:\t0000000000000000\n", status, StringComparison.Ordinal);
        Assert.All(
            (string[])["agent.pid", "journal"],
            file => Assert.True(
                File.GetUnixFileMode(Scratch["agent/" + file]).HasFlag(UnixFileMode.UserRead | UnixFileMode.UserWrite),
                file));

        // The descriptors of its files and connections are above the standard streams.
        Assert.All(
            (int[])[0, 1, 2],
            stream => Assert.DoesNotContain("agent/", new FileInfo($"/proc/{id}/fd/{stream}").LinkTarget!, StringComparison.Ordinal));
        Assert.All(
            (int[])[0, 1, 2],
            stream => Assert.DoesNotContain("socket:", new FileInfo($"/proc/{id}/fd/{stream}").LinkTarget!, StringComparison.Ordinal));
        agent.AskToEnd();
        ChildResult result = await agent.WaitForExitAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task The_agent_cannot_dump_core_but_its_steps_can()
    {
        await Cloud.CreateJobAsync("limits", Thing, Documents.Command("sh", "-c", "ulimit -Sc; exit 3"));
        string[] words = ["-c", "ulimit -Sc unlimited; exec \"$0\" \"$@\"", AgentBinary.X64.Program, .. Run];
        await using ChildProcess agent = ChildProcess.Start("sh", words);
        ExecutionStatus limits = await Cloud.WaitForStatusAsync(Thing, "limits", "FAILED");
        Assert.Equal("unlimited", limits.Detail("stdout"));
        string own = (await File.ReadAllLinesAsync($"/proc/{agent.Id}/limits")).First(
            line => line.StartsWith("Max core file size", StringComparison.Ordinal));
        Assert.Equal(["1", "unlimited", "bytes"], own["Max core file size".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
