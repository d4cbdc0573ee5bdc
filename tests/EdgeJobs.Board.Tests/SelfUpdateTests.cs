using EdgeJobs.EndToEnd.Tests;
using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>The packaged agent under systemd replaces itself by a newer version, and comes back from broken ones.</summary>
[Collection(Debian12Tests.Name)]
public sealed class SelfUpdateTests(Debian12Board installed)
{
    private const string Slot = $"/var/lib/edgejobs/agent/{AgentBinary.NextVersion}/edgejobs";
    private const string Restarts = "systemctl show --property NRestarts --value edgejobs";

    private Board Board => installed.Board;

    [Fact]
    public async Task The_agent_updates_itself_and_comes_back_from_broken_versions()
    {
        await installed.ConfigureAsync();
        Assert.Equal("/usr/bin/edgejobs", await ProgramAsync());
        string restarts = await Board.RunAsync(Restarts);
        string before = await StatusAsync();
        Assert.DoesNotContain("updated: ", before, StringComparison.Ordinal);

        ExecutionStatus end = await installed.RunJobAsync("self-good", Documents.Steps(AgentVersions.UpdateToNext(installed)));
        Assert.Equal("the step succeeded", end.Detail("reason"));
        await AssertNextRunsAsync("self-good-after");

        // It is the process that systemd had started.
        Assert.Equal(restarts, await Board.RunAsync(Restarts));

        await FailAsync("self-crash", "exit 1");
        await installed.CreateJobAsync("self-hang", Documents.Steps(AgentVersions.UpdateToBroken(installed, "exec sleep 1000")));
        await Board.RunAsync(
            $"timeout 240 sh -c 'until edgejobs status | grep --quiet \"update to {AgentVersions.Broken}: \"; do :; done'");
        await AssertFailedAsync("self-hang");
        await FailAsync(
            "self-unreachable",
            "exec /usr/bin/edgejobs run --config /etc/edgejobs/edgejobs.json --endpoint localhost:1 --wait_for_server");
        Assert.Equal([AgentBinary.NextVersion, "state"], (await Board.RunAsync("ls /var/lib/edgejobs/agent")).Split('\n'));

        // If it can't be run any more, the packaged program runs again.
        await Board.RunAsync($"systemctl stop edgejobs && : > {Slot} && systemctl start edgejobs");
        await installed.RunJobAsync("self-packaged", Documents.Command("true"));
        Assert.Equal("/usr/bin/edgejobs", await ProgramAsync());
        Assert.DoesNotContain("updated: ", await StatusAsync(), StringComparison.Ordinal);
    }

    private async Task FailAsync(string jobId, string script)
    {
        await installed.CreateJobAsync(jobId, Documents.Steps(AgentVersions.UpdateToBroken(installed, script)));
        await AssertFailedAsync(jobId);
    }

    private async Task AssertFailedAsync(string jobId)
    {
        ExecutionStatus end = await installed.EndOfAsync(jobId, "FAILED");
        Assert.Contains(
            $"version {AgentVersions.Broken}: it started, but ended or did not report to the service within 10 s",
            end.Detail("reason"),
            StringComparison.Ordinal);
        await AssertNextRunsAsync(jobId + "-after");
    }

    private async Task AssertNextRunsAsync(string jobId)
    {
        ExecutionStatus end = await installed.RunJobAsync(jobId, Documents.Command("id", "--user", "--name"));
        Assert.Equal("edgejobs", end.Detail("stdout"));
        Assert.Equal(Slot, await ProgramAsync());
        string status = await StatusAsync();
        Assert.Contains($"updated: edgejobs {AgentBinary.NextVersion}, which runs while it is higher", status, StringComparison.Ordinal);
        Assert.DoesNotContain("update to ", status, StringComparison.Ordinal);
    }

    private Task<string> ProgramAsync() => Board.RunAsync("readlink /proc/$(systemctl show --property MainPID --value edgejobs)/exe");

    private Task<string> StatusAsync() => Board.RunAsync("edgejobs status");
}
