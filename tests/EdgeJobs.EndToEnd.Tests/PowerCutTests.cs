using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>Cloud or agent is killed during a job: the job still ends, and the operator sees its outcome.</summary>
public sealed class PowerCutTests : CloudTests
{
    public override Task DisposeAsync()
    {
        LetStepsEnd();
        return base.DisposeAsync();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3")]
    public async Task ACloud_killed_during_a_job_gets_the_outcome_after_its_restart(string mqttVersion)
    {
        await using ChildProcess agent = AgentBinary.X64.Start([.. Run, "--mqtt_version", mqttVersion]);
        await Cloud.CreateJobAsync("long", Thing, Waiting());
        await agent.WaitForFileAsync(Scratch["started"]);

        await Cloud.KillAsync();
        LetStepsEnd();
        await Cloud.StartAgainAsync();

        ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, "long", "SUCCEEDED");
        Assert.Contains("went on", end.Detail("stdout"), StringComparison.Ordinal);

        // It still gets notifications.
        await Cloud.CreateJobAsync("next", Thing, Documents.Command("true"));
        await Cloud.WaitForStatusAsync(Thing, "next", "SUCCEEDED");
    }

    [Fact]
    public async Task An_agent_killed_during_a_job_ends_the_job_after_its_restart()
    {
        await using (ChildProcess agent = AgentBinary.X64.Start(Run))
        {
            await Cloud.CreateJobAsync("long", Thing, Waiting());
            await agent.WaitForFileAsync(Scratch["started"]);
            await agent.KillAsync();
        }

        Assert.Equal("IN_PROGRESS", (await Cloud.DescribeAsync(Thing, "long")).Status);
        LetStepsEnd();
        await using ChildProcess again = AgentBinary.X64.Start(Run);

        await Cloud.WaitForStatusAsync(Thing, "long", "SUCCEEDED");
    }

    [Fact]
    public async Task An_agent_stopped_during_a_job_reruns_the_interrupted_step()
    {
        string steps = Documents.Steps(
            Documents.CommandStep("first", "sh", "-c", $"echo first >> {Scratch["steps"]}"),
            Documents.CommandStep(
                "second",
                "sh",
                "-c",
                $"echo second >> {Scratch["steps"]}; touch {Scratch["started"]}; "
                    + $"while [ ! -e {Scratch["go"]} ]; do sleep 0.05; done"));
        await using (ChildProcess agent = AgentBinary.X64.Start([.. Run, "--stop_grace", "0"]))
        {
            await Cloud.CreateJobAsync("long", Thing, steps);
            await agent.WaitForFileAsync(Scratch["started"]);
            agent.AskToEnd();
            ChildResult stopped = await agent.WaitForExitAsync();
            Assert.True(stopped.ExitCode == 0, stopped.ToString());
        }

        Assert.Equal("IN_PROGRESS", (await Cloud.DescribeAsync(Thing, "long")).Status);
        LetStepsEnd();
        await using ChildProcess again = AgentBinary.X64.Start(Run);
        ExecutionStatus end = await Cloud.WaitForStatusAsync(Thing, "long", "SUCCEEDED");
        Assert.Contains("was interrupted and ran again", end.Detail("reason"), StringComparison.Ordinal);
        Assert.Equal(["first", "second", "second"], await File.ReadAllLinesAsync(Scratch["steps"]));
    }

    [Fact]
    public async Task A_second_agent_with_the_same_dataScratch_does_not_start()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(Run);
        await Cloud.CreateJobAsync("first", Thing, Documents.Command("true"));
        await Cloud.WaitForStatusAsync(Thing, "first", "SUCCEEDED");
        ChildResult second = await AgentBinary.X64.RunAsync(Run);
        Assert.Equal(2, second.ExitCode);
        Assert.Contains($"is in use by another agent, process {agent.Id}", second.Errors, StringComparison.Ordinal);
    }

    // A job that creates a file when it starts, and waits for the test.
    private string Waiting() => Documents.Command(
        "sh", "-c", $"touch {Scratch["started"]}; while [ ! -e {Scratch["go"]} ]; do sleep 0.05; done; echo went on");

    private void LetStepsEnd() => Scratch.Write("go", "");
}
