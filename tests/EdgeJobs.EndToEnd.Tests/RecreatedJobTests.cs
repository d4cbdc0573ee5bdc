using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>A job is deleted and created again with the same id while the native agent runs it: the new one runs, and gets no outcome but its own.</summary>
public sealed class RecreatedJobTests : IAsyncLifetime
{
    private const string Thing = "board-1";
    private const int MaxAttempts = 20;
    private readonly TestDirectory _directory = new();
    private CloudProcess _cloud = null!;
    private TcpProxy _line = null!;
    private string[] _run = [];

    public async Task InitializeAsync()
    {
        _cloud = await CloudProcess.StartAsync();
        ThingFiles files = await _cloud.CreateThingAsync(Thing);
        _line = TcpProxy.To(_cloud.Mqtts.Port);
        Uri endpoint = new($"mqtts://{_cloud.Mqtts.Host}:{_line.Port}");
        _run = ["run", .. files.FlagsFor(endpoint), "--data_dir", _directory["agent"]];
    }

    public async Task DisposeAsync()
    {
        await _line.DisposeAsync();
        await _cloud.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task While_the_line_is_cut_and_the_step_ends(int exitCode)
    {
        await using ChildProcess agent = AgentBinary.X64.Start(_run);
        await _cloud.CreateJobAsync("x", Thing, Waits("first", exitCode));
        await agent.WaitForFileAsync(_directory["first"]);

        _line.Cut();
        await _cloud.DeleteJobAsync("x");
        await _cloud.CreateJobAsync("x", Thing, Documents.Command("echo", "second"));
        await EndStepAsync(agent, exitCode);
        _line.Mend();

        await AssertSecondRanAsync("x");
        Assert.Contains("the service has another execution of the same name", agent.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_the_line_is_cut_and_the_agent_is_killed()
    {
        await using (ChildProcess agent = AgentBinary.X64.Start(_run))
        {
            await _cloud.CreateJobAsync("x", Thing, Waits("first", 0));
            await agent.WaitForFileAsync(_directory["first"]);
            _line.Cut();
            await EndStepAsync(agent, 0);
            await agent.KillAsync();
        }

        await _cloud.DeleteJobAsync("x");
        await _cloud.CreateJobAsync("x", Thing, Documents.Command("echo", "second"));
        _line.Mend();
        await using ChildProcess next = AgentBinary.X64.Start(_run);
        await AssertSecondRanAsync("x");
    }

    [Fact]
    public async Task While_the_agent_is_connected()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(_run);
        await _cloud.CreateJobAsync("x", Thing, Documents.Endless(_directory["first"], _directory["ended"]));
        await agent.WaitForFileAsync(_directory["first"]);
        long queuedAt = await _cloud.QueuedAtAsync(Thing, "x");
        await agent.WaitUntilAsync(() => Task.FromResult(DateTimeOffset.UtcNow.ToUnixTimeSeconds() > queuedAt), "the next second");

        await _cloud.DeleteJobAsync("x");
        await _cloud.CreateJobAsync("x", Thing, Documents.Command("echo", "second"));

        await AssertSecondRanAsync("x");
        Assert.True(File.Exists(_directory["ended"]), "the second job ran beside the first one");
    }

    [Fact]
    public async Task Within_the_second_in_which_it_was_queued()
    {
        await using ChildProcess agent = AgentBinary.X64.Start(_run);
        for (int i = 1; i <= MaxAttempts; i++)
        {
            string job = $"x-{i}";
            await _cloud.CreateJobAsync(job, Thing, Documents.Endless(_directory[$"first-{i}"], _directory[$"ended-{i}"]));
            await agent.WaitForFileAsync(_directory[$"first-{i}"]);
            long queuedAt = await _cloud.QueuedAtAsync(Thing, job);
            await _cloud.DeleteJobAsync(job);
            await _cloud.CreateJobAsync(job, Thing, Documents.Command("echo", "second"));
            bool isWithin = await _cloud.QueuedAtAsync(Thing, job) == queuedAt;

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
        ExecutionStatus second = await _cloud.WaitForStatusAsync(Thing, job, "SUCCEEDED");
        Assert.Equal("second", second.Detail("stdout"));
    }

    /// <summary>A step that reports that it runs, and ends when the test lets it.</summary>
    private string Waits(string started, int exitCode) =>
        Documents.Command("sh", "-c", $"touch {_directory[started]}; while [ ! -e {_directory["go"]} ]; do sleep 0.05; done; exit {exitCode}");

    private async Task EndStepAsync(ChildProcess agent, int exitCode)
    {
        Task<string> ended = agent.WaitForLineAsync(l => l.Contains($"exit code {exitCode}", StringComparison.Ordinal), "the end of the step");
        await File.WriteAllTextAsync(_directory["go"], "");
        await ended;
    }
}
