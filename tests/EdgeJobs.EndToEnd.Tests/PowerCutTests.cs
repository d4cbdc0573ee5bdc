using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Cloud or agent is killed during a job: the job still ends, and the operator sees its outcome.</summary>
public sealed class PowerCutTests : IAsyncLifetime
{
    private const string Thing = "board-1";
    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;
    private ThingFiles _files = null!;

    public async Task InitializeAsync()
    {
        _cloud = await CloudProcess.StartAsync();
        _files = await _cloud.CreateThingAsync(Thing);
    }

    public async Task DisposeAsync()
    {
        LetStepsEnd();
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3")]
    public async Task A_cloud_killed_during_a_job_gets_the_outcome_after_its_restart(string mqttVersion)
    {
        await using ChildProcess agent = AgentBinary.X64.Start([.. Run(), "--mqtt_version", mqttVersion]);
        await _cloud.CreateJobAsync("long", Thing, Waiting());
        await agent.WaitForFileAsync(_directory["started"]);

        await _cloud.KillAsync();
        LetStepsEnd();
        await _cloud.StartAgainAsync();

        ExecutionStatus end = await _cloud.WaitForStatusAsync(Thing, "long", "SUCCEEDED");
        Assert.Contains("went on", end.Detail("stdout"), StringComparison.Ordinal);

        // It still gets notifications.
        await _cloud.CreateJobAsync("next", Thing, Documents.Command("true"));
        await _cloud.WaitForStatusAsync(Thing, "next", "SUCCEEDED");
    }

    [Fact]
    public async Task An_agent_killed_during_a_job_ends_the_job_after_its_restart()
    {
        await using (ChildProcess agent = AgentBinary.X64.Start(Run()))
        {
            await _cloud.CreateJobAsync("long", Thing, Waiting());
            await agent.WaitForFileAsync(_directory["started"]);
            await agent.KillAsync();
        }

        Assert.Equal("IN_PROGRESS", (await _cloud.DescribeAsync(Thing, "long")).Status);
        LetStepsEnd();
        await using ChildProcess again = AgentBinary.X64.Start(Run());

        await _cloud.WaitForStatusAsync(Thing, "long", "SUCCEEDED");
    }

    [Fact]
    public async Task An_agent_stopped_during_a_job_reruns_the_interrupted_step()
    {
        string steps = Documents.Steps(
            Documents.CommandStep("first", "sh", "-c", $"echo first >> {_directory["steps"]}"),
            Documents.CommandStep(
                "second",
                "sh",
                "-c",
                $"echo second >> {_directory["steps"]}; touch {_directory["started"]}; "
                    + $"while [ ! -e {_directory["go"]} ]; do sleep 0.05; done"));
        await using (ChildProcess agent = AgentBinary.X64.Start([.. Run(), "--stop_grace", "0"]))
        {
            await _cloud.CreateJobAsync("long", Thing, steps);
            await agent.WaitForFileAsync(_directory["started"]);
            agent.AskToEnd();
            ChildResult stopped = await agent.WaitForExitAsync();
            Assert.True(stopped.ExitCode == 0, stopped.ToString());
        }

        Assert.Equal("IN_PROGRESS", (await _cloud.DescribeAsync(Thing, "long")).Status);
        LetStepsEnd();
        await using ChildProcess again = AgentBinary.X64.Start(Run());
        ExecutionStatus end = await _cloud.WaitForStatusAsync(Thing, "long", "SUCCEEDED");
        Assert.Contains("was interrupted and ran again", end.Detail("reason"), StringComparison.Ordinal);
        Assert.Equal(["first", "second", "second"], await File.ReadAllLinesAsync(_directory["steps"]));
    }

    [Fact]
    public async Task A_second_agent_with_the_same_data_directory_does_not_start()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(Run());
        await _cloud.CreateJobAsync("first", Thing, Documents.Command("true"));
        await _cloud.WaitForStatusAsync(Thing, "first", "SUCCEEDED");
        ChildResult second = await AgentBinary.X64.RunAsync(Run());
        Assert.Equal(2, second.ExitCode);
        Assert.Contains($"is in use by another agent, process {agent.Id}", second.Errors, StringComparison.Ordinal);
    }

    private string[] Run() => ["run", .. _files.FlagsFor(_cloud.Mqtts), "--data_dir", _directory["agent"]];

    // A job that creates a file when it starts, and waits for the test.
    private string Waiting() => Documents.Command(
        "sh", "-c", $"touch {_directory["started"]}; while [ ! -e {_directory["go"]} ]; do sleep 0.05; done; echo went on");

    private void LetStepsEnd() => _directory.Write("go", "");
}
