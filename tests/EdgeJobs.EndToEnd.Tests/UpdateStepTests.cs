using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>The native agent checks health and reboots: a mounted file is the id of the boot, and systemctl is a script.</summary>
public sealed class UpdateStepTests : FakeBoardTests
{
    [Fact]
    public async Task The_job_goes_on_when_the_board_is_back()
    {
        await StartJobAsync(Reboot(600), Check("command", $"test,-e,{Scratch["healthy"]}"));
        await using (ChildProcess agent = Start("first"))
        {
            await agent.WaitForFileAsync(Scratch["calls"]);
            await KillAsync(agent);
        }

        Assert.Equal("IN_PROGRESS", (await Cloud.DescribeAsync(Thing, "update")).Status);
        await using ChildProcess back = Start("second");
        await back.WaitForLineAsync(l => l.Contains("finds out whether the board has rebooted", StringComparison.Ordinal), "the reboot");
        await back.WaitForLineAsync(l => l.Contains("health check by the command test", StringComparison.Ordinal), "the check");
        Scratch.Write("healthy", "");
        ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, "update", "SUCCEEDED");
        Assert.Equal("all 2 steps succeeded", end.Detail("reason"));
        Assert.Equal("systemctl --no-ask-password reboot\n", await File.ReadAllTextAsync(Scratch["calls"]));
    }

    [Fact]
    public async Task A_board_that_does_not_reboot_or_is_not_healthy_fails_the_job()
    {
        await StartJobAsync(Reboot(1));
        ChildResult result = await Start("first").WaitForExitAsync();
        ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, "update", "FAILED");
        Assert.Equal(
            "step 1 of 1 'reboot' failed: timed out after 1 s (the board did not reboot)",
            end.Detail("reason"));

        JsonObject check = Check("url", new Uri(Cloud.Http, "no-such-path").ToString());
        check["timeoutSeconds"] = 1;
        await Cloud.CreateJobAsync("check", Thing, Documents.Steps(check));
        await AgentBinary.X64.RunAsync([.. Run, "--once"]);
        end = await Cloud.WaitForStatusAsync(Thing, "check", "FAILED");
        Assert.StartsWith(
            "step 1 of 1 'check' failed: timed out after 1 s (good 0 of 2 times in a row; the last check: ",
            end.Detail("reason"),
            StringComparison.Ordinal);
    }

    private static JsonObject Reboot(int seconds) =>
        new() { ["name"] = "reboot", ["type"] = "reboot", ["timeoutSeconds"] = seconds, ["input"] = new JsonObject() };

    private static JsonObject Check(string member, string value) => new()
    {
        ["name"] = "check",
        ["type"] = "healthCheck",
        ["input"] = new JsonObject { [member] = value, ["times"] = 2, ["intervalSeconds"] = 1 },
    };

    private Task StartJobAsync(params JsonObject[] steps) => Cloud.CreateJobAsync("update", Thing, Documents.Steps(steps));
}
