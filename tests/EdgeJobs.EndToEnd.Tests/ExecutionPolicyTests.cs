using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// The <c>policy</c> section of the configuration: the native agent rejects a forbidden job before its first step runs.
/// </summary>
public sealed class ExecutionPolicyTests : CloudTests
{
    [Fact]
    public async Task A_job_that_the_policy_does_not_allow_is_rejected_before_its_first_step()
    {
        string proof = Scratch["proof"];
        string config = Scratch.Write("config.json", """{ "policy": { "users": ["root"], "commands": ["/usr/bin/touch"] } }""");
        await Cloud.CreateJobAsync(
            "second-step",
            Thing,
            Documents.Steps(Documents.CommandStep("mark", "touch", proof), Documents.CommandStep("delete", "rm", "-rf", proof)));
        ChildResult result = await RunOnceAsync(config);
        Assert.True(result.ExitCode == 1, result.ToString());
        ExecutionStatus rejected = await Cloud.DescribeAsync(Thing, "second-step");
        Assert.Equal("REJECTED", rejected.Status);
        Assert.StartsWith("not for this board: step 2 of 2 'delete': the command /", rejected.Detail("reason"), StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{ "users": ["nobody"] }""")]
    [InlineData("""{ "users": ["nobody"], "commands": ["/usr/bin/true"] }""")]
    [InlineData("""{ "users": ["root", "nobody"], "commands": ["/usr/bin/true"] }""")]
    [InlineData("""{ "users": ["root", "nobody"], "handlers": ["find"] }""")]
    public async Task A_handler_cannot_bypass_the_policy(string policy)
    {
        string proof = Scratch["proof"];
        string config = Scratch.Write("config.json", $$"""{ "policy": {{policy}} }""");
        await Cloud.CreateJobAsync("around", Thing, $$"""
            { "version": "1.0", "steps": [{ "action": { "name": "n", "type": "runHandler", "runAsUser": "nobody",
              "input": { "handler": "find", "args": ["/", "-maxdepth", "0", "-exec", "sh", "-c", "id > {{proof}}", ";"] } } }] }
            """);
        ChildResult result = await RunOnceAsync(config);
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Equal("REJECTED", (await Cloud.DescribeAsync(Thing, "around")).Status);
        Assert.False(File.Exists(proof));
    }

    private Task<ChildResult> RunOnceAsync(string config) =>
        AgentBinary.X64.RunAsync([.. Run, "--config", config, "--once"]);
}
