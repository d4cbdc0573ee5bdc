using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Runtime.Updates;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Reboots of a board whose systemctl is a script.</summary>
public sealed class RebootTests : IDisposable
{
    private readonly StepBoard _board = new();
    private string _boot = "boot-1";

    public RebootTests() => WriteSystemctl("");

    public void Dispose() => _board.Dispose();

    [Fact]
    public async Task A_reboot_succeeds_when_the_agent_runs_in_another_boot()
    {
        await GoDownAsync();
        _boot = "boot-2";
        StepBoard.AssertGood(await RunAsync());
        Assert.Equal(["--no-ask-password reboot"], _board.Calls);
        Assert.Contains(_board.Progress, p => p.Message == "rebooting");
    }

    [Fact]
    public async Task A_board_that_is_back_does_not_reboot_again()
    {
        // The agent ended before the journal had the result.
        await GoDownAsync();
        _boot = "boot-2";
        StepBoard.AssertGood(await RunAsync());
        StepBoard.AssertGood(await RunAsync());
        Assert.Single(_board.Calls);
    }

    [Fact]
    public async Task An_agent_that_starts_again_in_the_same_boot_reboots_again()
    {
        await GoDownAsync();
        await GoDownAsync();
        Assert.Equal(2, _board.Calls.Length);
        _boot = "boot-2";
        StepBoard.AssertGood(await RunAsync());
    }

    [Fact]
    public async Task A_board_that_does_not_reboot_fails_the_step()
    {
        Task<StepResult> running = RunAsync();
        await Until.TrueAsync(() => _board.Calls.Length == 1, "the call of systemctl");
        _board.Time.Advance(StepAction.Reboot.UsualTimeout);
        StepResult result = await running;
        Assert.Equal("timed out after 600 s (the board did not reboot)", result.Describe());
        Assert.Single(_board.Calls);

        // A reboot after the failure is not the one of the next attempt.
        _boot = "boot-2";
        await GoDownAsync();
        Assert.Equal(2, _board.Calls.Length);
    }

    [Theory]
    [InlineData(2, 1, 1)]
    [InlineData(1, 4, 1)]
    [InlineData(1, 1, 2)]
    public async Task The_reboot_of_another_step_does_not_count(int job, long execution, int step)
    {
        await GoDownAsync();
        _boot = "boot-2";
        await GoDownAsync($"job-{job}", execution, step);
        Assert.Equal(2, _board.Calls.Length);
    }

    [Fact]
    public async Task The_reboot_of_an_earlier_job_with_the_same_id_does_not_count()
    {
        await GoDownAsync(attempt: 1);
        _boot = "boot-2";
        StepBoard.AssertGood(await RunAsync());
        await GoDownAsync(attempt: 1);
        Assert.Equal(2, _board.Calls.Length);
    }

    [Fact]
    public async Task A_refused_reboot_fails_with_the_message_of_systemctl()
    {
        WriteSystemctl("echo 'Call to Reboot failed: Access denied' >&2; exit 1");
        StepResult result = await RunAsync();
        Assert.Equal("systemctl failed: exit code 1: Call to Reboot failed: Access denied", result.Describe());
        Assert.False(File.Exists(_board["data/reboot"]));
    }

    [Fact]
    public async Task Nothing_reboots_without_a_boot_id()
    {
        _boot = "";
        StepResult result = await RunAsync();
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.Equal("the board's boot id, by which the agent knows that it is back, can't be read; mount /proc", result.Fault);
        Assert.Empty(_board.Calls);
    }

    [Fact]
    public async Task Nothing_reboots_without_its_record()
    {
        Directory.Delete(_board["data"]);
        StepResult result = await RunAsync();
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.Contains("data/reboot: can't be written: ", result.Fault, StringComparison.Ordinal);
        Assert.Empty(_board.Calls);
    }

    [Fact]
    public async Task A_policy_without_reboot_forbids_it()
    {
        _board.Policy = new ExecutionPolicy { Operations = ["runCommand"], Users = ["root"] };
        StepResult result = await RunAsync();
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.StartsWith("the operation reboot is not allowed on this board", result.Fault, StringComparison.Ordinal);
        Assert.Empty(_board.Calls);

        _board.Policy = new ExecutionPolicy { Operations = ["reboot"], Commands = [], Users = ["root"] };
        await GoDownAsync();
        Assert.Single(_board.Calls);
    }

    /// <summary>Runs the step until the system stops the agent.</summary>
    private async Task GoDownAsync(string job = "job-1", long execution = 1, int step = 1, int attempt = 2)
    {
        int before = _board.Calls.Length;
        using CancellationTokenSource stop = new();
        Task<StepResult> running = RunAsync(job, execution, step, attempt, stop.Token);
        while (_board.Calls.Length == before)
        {
            Assert.False(running.IsCompleted, running.IsCompleted ? (await running).Describe() : "");
            await Task.Delay(1, CancellationToken.None);
        }

        await stop.CancelAsync();
        StepResult result = await running;
        Assert.True(result.WasCanceled, result.Describe());
    }

    private void WriteSystemctl(string script) => _board.WriteSystemctl($"{script}\necho \"$*\" >> {_board["calls"]}");

    private Task<StepResult> RunAsync(
        string job = "job-1", long execution = 1, int number = 1, int attempt = 2, CancellationToken stop = default)
    {
        RebootOptions options = new() { DataDirectory = _board["data"], BootOf = () => _boot, Time = _board.Time };
        StepPlan plan = new() { Name = "reboot", Action = new StepAction.Reboot() };
        StepContext context = new("pump-7", job, execution, number, 5, plan, attempt);
        return _board.RunAsync(new RebootStepRunner(_board.Processes(), options), context, stop);
    }
}
