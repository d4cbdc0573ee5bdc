using System.Text.Json.Nodes;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// A new system image with the handlers for RAUC of the package, and the native agent. rauc is <see cref="FakeRauc"/>, and the test is the
/// bootloader.
/// </summary>
public sealed class SystemImageTests : FakeBoardTests
{
    private static readonly string Handlers = Repository.PathOf("packaging", "examples", "rauc");
    private int _boots;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        File.SetUnixFileMode(Scratch.Write("bin/rauc", FakeRauc.Program), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Scratch.Write("slot-A", "the old system");
        Scratch.Write("booted", "A\n");
        Scratch.Write("primary", "A\n");
        Scratch.Write("good-A", "");
        Scratch.Write("image", "the new system");
        JsonObject[] steps =
        [
            Handler("write-image.sh", Scratch["image"]), Handler("switch-image.sh"), Step("reboot", []),
            Step("healthCheck", new JsonObject { ["command"] = $"test,-e,{Scratch["healthy"]}", ["times"] = 1 }),
            Handler("confirm-image.sh"), Handler("return-image.sh"),
        ];
        steps[3]["timeoutSeconds"] = 1;
        steps[^1]["alwaysRun"] = true;
        await Cloud.CreateJobAsync("image", Thing, Documents.Steps(steps));
    }

    [Fact]
    public async Task A_healthy_system_is_confirmed()
    {
        Scratch.Write("healthy", "");
        await RunUntilRebootAsync();
        Boot("B");
        ExecutionStatus end = await RunToEndAsync("SUCCEEDED");
        Assert.Contains("slot B is confirmed", end.Detail("stdout"), StringComparison.Ordinal);
        Assert.Equal("the new system", await File.ReadAllTextAsync(Scratch["slot-B"]));
        Assert.True(File.Exists(Scratch["good-B"]));
        Assert.Equal("B\n", await File.ReadAllTextAsync(Scratch["primary"]));
    }

    [Fact]
    public async Task From_a_system_that_is_not_healthy_the_board_goes_back()
    {
        await RunUntilRebootAsync();
        Boot("B");
        await RunUntilRebootAsync();
        Assert.Equal("A\n", await File.ReadAllTextAsync(Scratch["primary"]));
        Boot("A");
        ExecutionStatus end = await RunToEndAsync("FAILED");
        Assert.StartsWith("step 4 of 6 'healthCheck' failed: timed out after 1 s", end.Detail("reason"), StringComparison.Ordinal);
        Assert.Contains("the board runs slot A, as before", end.Detail("stdout"), StringComparison.Ordinal);
        Assert.False(File.Exists(Scratch["good-B"]));
    }

    [Fact]
    public async Task A_system_that_does_not_start_is_no_success()
    {
        Scratch.Write("healthy", "");
        await RunUntilRebootAsync();

        // The bootloader has tried B, and given it up.
        Boot("A");
        ExecutionStatus end = await RunToEndAsync("FAILED");
        Assert.StartsWith("step 5 of 6 'confirm-image.sh' failed", end.Detail("reason"), StringComparison.Ordinal);
        Assert.Contains("the board runs slot A again: the bootloader has given up", end.Detail("stderr"), StringComparison.Ordinal);
        Assert.Equal("A\n", await File.ReadAllTextAsync(Scratch["primary"]));
    }

    private static JsonObject Handler(string name, params string[] arguments) => Documents.HandlerStep(name, "default", name, arguments);

    private static JsonObject Step(string type, JsonObject input) => new() { ["name"] = type, ["type"] = type, ["input"] = input };

    private void Boot(string slot)
    {
        Scratch.Write("booted", slot + "\n");
        File.Delete(Scratch["calls"]);
    }

    private ChildProcess StartBoot() => Start($"boot-{++_boots}", "--handler_dir", Handlers);

    private async Task RunUntilRebootAsync()
    {
        await using ChildProcess agent = StartBoot();
        await agent.WaitForFileAsync(Scratch["calls"]);
        Assert.Equal("systemctl --no-ask-password reboot\n", await File.ReadAllTextAsync(Scratch["calls"]));
        await KillAsync(agent);
    }

    private async Task<ExecutionStatus> RunToEndAsync(string status)
    {
        ChildResult result = await StartBoot().WaitForExitAsync();
        ExecutionStatus end = await Cloud.DescribeAsync(Thing, "image");
        Assert.True(end.Status == status, $"{end}\n{result}");
        return end;
    }
}
