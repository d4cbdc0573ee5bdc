using EdgeJobs.Runtime.Jobs;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>The options of a step: time-out, working directory and environment.</summary>
public sealed class StepOptionsTests
{
    [Fact]
    public async Task Step_that_times_out_gets_SIGTERM_and_the_result_reports_it()
    {
        FakeTimeProvider time = new();
        using StepRunnerFixture steps = new(time: time);
        string ready = steps.Directory["ready"];
        Task<StepResult> running = steps.RunAsync(
            StepRunnerFixture.Shell($"trap 'exit 0' TERM; : > {ready}; while :; do sleep 0.02; done") with
            {
                Timeout = TimeSpan.FromSeconds(
            90)
            });
        await Until.TrueAsync(() => File.Exists(ready), "the step's beginning");
        time.Advance(TimeSpan.FromSeconds(89.9));
        Assert.False(running.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        StepResult result = await running;
        Assert.Equal(
            (StepEnd.Exited, 0, TimeSpan.FromSeconds(90), false), (result.End, result.Code, result.TimedOutAfter, result.WasCanceled));
        Assert.Equal("timed out after 90 s (exit code 0)", result.Describe());
        Assert.Equal(TimeSpan.FromSeconds(90), result.Duration);
    }

    [Fact]
    public async Task Step_that_times_out_and_ignores_SIGTERM_is_killed()
    {
        using StepRunnerFixture steps = new(grace: TimeSpan.FromMilliseconds(50));
        StepResult result = await steps.RunAsync(
            StepRunnerFixture.Shell("trap '' TERM; while :; do sleep 0.02; done") with { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal((StepEnd.Signaled, 9, "timed out after 1 s (ended by SIGKILL)"), (result.End, result.Code, result.Describe()));
        Assert.InRange(result.Duration.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task Step_that_ends_in_time_has_its_duration_and_no_timeout()
    {
        FakeTimeProvider time = new();
        using StepRunnerFixture steps = new(time: time);
        string ready = steps.Directory["ready"];
        string fifo = steps.Directory["fifo"];
        Task<StepResult> running = steps.RunAsync(
            StepRunnerFixture.Shell($"mkfifo {fifo}; : > {ready}; read line < {fifo}; exit 3") with { Timeout = TimeSpan.FromSeconds(90) });
        await Until.TrueAsync(() => File.Exists(ready), "the step's beginning");
        time.Advance(TimeSpan.FromSeconds(12.5));
        await File.WriteAllTextAsync(fifo, "go on\n");
        StepResult result = await running;
        Assert.Equal((StepEnd.Exited, 3, null, 12.5), (result.End, result.Code, result.TimedOutAfter, result.Duration.TotalSeconds));
    }

    [Fact]
    public async Task Step_starts_in_the_working_directory_of_the_document()
    {
        using StepRunnerFixture steps = new();
        StepResult result = await steps.RunAsync(StepRunnerFixture.Shell("pwd") with { WorkingDirectory = steps.Directory["handlers"] });
        Assert.Equal(steps.Directory["handlers"], result.StdOut);
    }

    [Fact]
    public async Task Invalid_working_directory_fails_the_step_and_names_the_fix()
    {
        using StepRunnerFixture steps = new();
        string file = steps.Directory.Write("file", "");
        StepResult missing = await steps.RunAsync(StepRunnerFixture.Shell("pwd") with { WorkingDirectory = "/no/such/place" });
        StepResult notOne = await steps.RunAsync(StepRunnerFixture.Shell("pwd") with { WorkingDirectory = file });
        Assert.Equal(
            (StepEnd.NotStarted, "the working directory /no/such/place does not exist; create it, or change workingDirectory in the document"),
            (missing.End, missing.Fault));
        Assert.Equal((StepEnd.NotStarted, $"the working directory {file} is a file; give a directory"), (notOne.End, notOne.Fault));
    }

    [Fact]
    public async Task Environment_of_the_document_is_added_without_EDGEJOBS_variables()
    {
        using StepRunnerFixture steps = new();
        StepResult result = await steps.RunAsync(StepRunnerFixture.Shell("env") with
        {
            Environment = [new("GREETING", "hello = you"), new("PATH", "/usr/bin:/bin"), new("EDGEJOBS_JOB_ID", "another"),
                new("EDGEJOBS_OTHER", "x")],
        });
        string[] variables = result.StdOut.Split(" | ");
        Assert.Contains("GREETING=hello = you", variables);
        Assert.Contains("PATH=/usr/bin:/bin", variables);
        Assert.Contains("EDGEJOBS_JOB_ID=job-1", variables);
        Assert.DoesNotContain(variables, v => v.StartsWith("EDGEJOBS_OTHER", StringComparison.Ordinal));
        Assert.Single(variables, v => v.StartsWith("PATH=", StringComparison.Ordinal));
    }
}
