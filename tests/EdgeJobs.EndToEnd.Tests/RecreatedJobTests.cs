using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// A job is deleted and created again with the same id while the native agent runs it: the new job runs and gets its own
/// outcome.
/// </summary>
public sealed class RecreatedJobTests : LineTests
{
    private const int MaxAttempts = 20;

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task Recreated_while_the_connection_is_cut_and_the_step_ends(int exitCode)
    {
        await using ChildProcess agent = AgentBinary.X64.Start(RunViaLine);
        await Cloud.CreateJobAsync("x", Thing, Waits("first", exitCode));
        await agent.WaitForFileAsync(Scratch["first"]);

        Line.Cut();
        await Cloud.DeleteJobAsync("x");
        await Cloud.CreateJobAsync("x", Thing, Documents.Command("echo", "second"));
        await EndStepAsync(agent, exitCode);
        Line.Restore();

        await AssertSecondRanAsync("x");
        Assert.Contains("the service has another execution of the same name", agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recreated_while_the_connection_is_cut_and_the_agent_is_killed()
    {
        await using (ChildProcess agent = AgentBinary.X64.Start(RunViaLine))
        {
            await Cloud.CreateJobAsync("x", Thing, Waits("first", 0));
            await agent.WaitForFileAsync(Scratch["first"]);
            Line.Cut();
            await EndStepAsync(agent, 0);
            await agent.KillAsync();
        }

        await Cloud.DeleteJobAsync("x");
        await Cloud.CreateJobAsync("x", Thing, Documents.Command("echo", "second"));
        Line.Restore();
        await using ChildProcess next = AgentBinary.X64.Start(RunViaLine);
        await AssertSecondRanAsync("x");
    }

    [Fact]
    public async Task Recreated_while_the_agent_is_connected()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(RunViaLine);
        await Cloud.CreateJobAsync("x", Thing, Documents.Endless(Scratch["first"], Scratch["ended"]));
        await agent.WaitForFileAsync(Scratch["first"]);
        long queuedAt = await Cloud.QueuedAtAsync(Thing, "x");
        await agent.WaitUntilAsync(() => Task.FromResult(DateTimeOffset.UtcNow.ToUnixTimeSeconds() > queuedAt), "the next second");

        await Cloud.DeleteJobAsync("x");
        await Cloud.CreateJobAsync("x", Thing, Documents.Command("echo", "second"));

        await AssertSecondRanAsync("x");
        Assert.True(File.Exists(Scratch["ended"]), "the second job ran beside the first one");
    }

    [Fact]
    public async Task Recreated_within_the_same_second()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(RunViaLine);
        for (int i = 1; i <= MaxAttempts; i++)
        {
            string job = $"x-{i}";
            await Cloud.CreateJobAsync(job, Thing, Documents.Endless(Scratch[$"first-{i}"], Scratch[$"ended-{i}"]));
            await agent.WaitForFileAsync(Scratch[$"first-{i}"]);
            long queuedAt = await Cloud.QueuedAtAsync(Thing, job);
            await Cloud.DeleteJobAsync(job);
            await Cloud.CreateJobAsync(job, Thing, Documents.Command("echo", "second"));
            bool isWithin = await Cloud.QueuedAtAsync(Thing, job) == queuedAt;

            await AssertSecondRanAsync(job);
            if (isWithin)
            {
                return;
            }
        }

        Assert.Fail($"the machine is too slow: none of {MaxAttempts} jobs was started and replaced within a second");
    }

    private async Task AssertSecondRanAsync(string job)
    {
        ExecutionStatus second = await Cloud.WaitForStatusAsync(Thing, job, "SUCCEEDED");
        Assert.Equal("second", second.Detail("stdout"));
    }

    /// <summary>A step that creates a file when it starts, and waits for the test.</summary>
    private string Waits(string started, int exitCode) =>
        Documents.Command("sh", "-c", $"touch {Scratch[started]}; while [ ! -e {Scratch["go"]} ]; do sleep 0.05; done; exit {exitCode}");

    private async Task EndStepAsync(ChildProcess agent, int exitCode)
    {
        Task<string> ended = agent.WaitForLineAsync(
            l => l.Contains($"exit code {exitCode}", StringComparison.Ordinal),
            "the end of the step");
        await File.WriteAllTextAsync(Scratch["go"], "");
        await ended;
    }
}
