using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Each native binary runs jobs of a cloud process over mutual TLS, with both versions of MQTT.</summary>
public sealed class NativeBinaryTests : CloudTests
{
    [Theory]
    [InlineData("x64", "5")]
    [InlineData("x64", "3")]
    [InlineData("arm64", "5")]
    [InlineData("arm64", "3")]
    public async Task Executes_jobs_of_every_kind_in_order(string binary, string mqttVersion)
    {
        JobScenarios jobs = new(Cloud, Scratch, Thing);
        await jobs.CreateAsync();

        ChildResult result = await AgentBinary.Of(binary).RunAsync([.. Run, "--mqtt_version", mqttVersion, "--once"]);

        // Some jobs must fail: exit code 1.
        Assert.True(result.ExitCode == 1, result.ToString());
        await jobs.AssertOutcomesAsync();
    }

    [Theory]
    [InlineData("x64")]
    [InlineData("arm64")]
    public async Task Runs_a_job_that_is_created_while_it_waits(string binary)
    {
        await Cloud.CreateJobAsync("before", Thing, Documents.Command("echo", "one"));
        await using ChildProcess agent = AgentBinary.Of(binary).Start(Run);
        await Cloud.WaitForStatusAsync(Thing, "before", "SUCCEEDED");

        await Cloud.CreateJobAsync("while-idle", Thing, Documents.Command("echo", "two"));

        ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, "while-idle", "SUCCEEDED");
        Assert.Contains("two", end.Detail("stdout"), StringComparison.Ordinal);
        Assert.True(agent.IsRunning);
    }

    /// <summary>An agent kills steps that an agent of the same machine has left, but none of a running one.</summary>
    [Theory]
    [InlineData("x64")]
    [InlineData("arm64")]
    public async Task A_step_outlives_the_start_of_another_agent(string binary)
    {
        await Cloud.CreateJobAsync("long", Thing, Documents.Command(
            "sh", "-c", $"touch {Scratch["begun"]}; until [ -e {Scratch["go"]} ]; do sleep 0.05; done"));
        await using ChildProcess agent = AgentBinary.Of(binary).Start(Run);
        await agent.WaitForFileAsync(Scratch["begun"]);
        ThingFiles other = await Cloud.CreateThingAsync("board-2");

        ChildResult result = await AgentBinary.X64.RunAsync(
            ["run", .. other.FlagsFor(Cloud.Mqtts), "--data_dir", Scratch["other"], "--once"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Scratch.Write("go", "");
        await Cloud.WaitForStatusAsync(Thing, "long", "SUCCEEDED");
    }

    [Fact]
    public async Task Returns_memory_while_it_waits()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(Run);
        int peak = 0;
        for (int i = 0; i < 5; i++)
        {
            await Cloud.CreateJobAsync($"job-{i}", Thing, Documents.Command("true"));
            await Cloud.WaitForStatusAsync(Thing, $"job-{i}", "SUCCEEDED");
            peak = Math.Max(peak, agent.Kilobytes("RssAnon"));
        }

        // Memory that no file can restore: the start and the jobs leave garbage and free memory of the C library.
        await agent.WaitUntilAsync(
            () => Task.FromResult(agent.Kilobytes("RssAnon") < peak - 100), $"private memory 100 kB below {peak} kB");

        // The agent still works afterwards.
        await Cloud.CreateJobAsync("after", Thing, Documents.Command("echo", "back"));
        ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, "after", "SUCCEEDED");
        Assert.Contains("back", end.Detail("stdout"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_at_SIGTERM()
    {
        await Cloud.CreateJobAsync("first", Thing, Documents.Command("true"));
        await using ChildProcess agent = AgentBinary.X64.Start(Run);
        await Cloud.WaitForStatusAsync(Thing, "first", "SUCCEEDED");

        agent.AskToEnd();

        ChildResult result = await agent.WaitForExitAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Theory]
    [InlineData("5", "0x87")]
    [InlineData("3", "iot:Connect")]
    public async Task A_policy_refusal_is_reported(string mqttVersion, string named)
    {
        // The cloud allows only the name of the thing as client id.
        ChildResult result = await AgentBinary.X64.RunAsync([.. Run, "--client_id", "somebody-else", "--mqtt_version", mqttVersion]);
        Assert.True(result.ExitCode == 4, result.ToString());
        Assert.Contains(named, result.Errors, StringComparison.Ordinal);
        Assert.Contains("somebody-else", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_without_a_pending_job_succeeds()
    {
        ChildResult result = await AgentBinary.X64.RunAsync([.. Run, "--once"]);

        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public async Task Once_returns_0_when_every_job_succeeds()
    {
        await Cloud.CreateJobAsync("a", Thing, Documents.Command("true"));
        await Cloud.CreateJobAsync("b", Thing, Documents.Command("true"));

        ChildResult result = await AgentBinary.X64.RunAsync([.. Run, "--once"]);

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("SUCCEEDED", (await Cloud.DescribeAsync(Thing, "a")).Status);
        Assert.Equal("SUCCEEDED", (await Cloud.DescribeAsync(Thing, "b")).Status);
    }

    [Theory]
    [InlineData("true", 0, "SUCCEEDED")]
    [InlineData("false", 1, "FAILED")]
    public async Task Job_id_runs_only_that_job(string command, int exitCode, string status)
    {
        await Cloud.CreateJobAsync("another", Thing, Documents.Command("true"));
        await Cloud.CreateJobAsync("this-one", Thing, Documents.Command(command));

        ChildResult result = await AgentBinary.X64.RunAsync([.. Run, "--job_id", "this-one"]);

        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Equal(status, (await Cloud.DescribeAsync(Thing, "this-one")).Status);
        Assert.Equal("QUEUED", (await Cloud.DescribeAsync(Thing, "another")).Status);
    }

    [Fact]
    public async Task Job_id_of_a_missing_job_returns_1()
    {
        ChildResult result = await AgentBinary.X64.RunAsync([.. Run, "--job_id", "nobody-made-it"]);

        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("nobody-made-it", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_come_from_a_file_the_environment_and_the_command_line()
    {
        await Cloud.CreateJobAsync("configured", Thing, Documents.Command("true"));
        string file = Scratch.Write("edgejobs.json", $$"""
            {
              "endpoint": "127.0.0.1:{{Cloud.Mqtts.Port}}", "thing_name": "not-{{Thing}}",
              "cert": "{{Files.Certificate}}", "key": "/nonexistent.key"
            }
            """);

        // The environment overrides the thing name, the command line overrides the key.
        ChildResult result = await AgentBinary.X64.RunAsync(
            ["run", "--config", file, "--key", Files.Key, "--once", "--data_dir", Scratch["agent"]],
            ("EDGEJOBS__THING_NAME", Thing),
            ("EDGEJOBS__CA_FILE", Files.CaFile));

        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("SUCCEEDED", (await Cloud.DescribeAsync(Thing, "configured")).Status);
    }
}
