using System.Globalization;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

public sealed class CancellationTests
{
    [Fact]
    public async Task Cancelled_step_gets_SIGTERM_and_can_clean_up()
    {
        using StepRunnerFixture steps = new();
        string ready = steps.Directory["ready"];
        using CancellationTokenSource cancel = new();
        Task<StepResult> running = steps.ShellAsync($"trap 'echo cleaning up; exit 7' TERM; : > {ready}; while :; do sleep 0.02; done",
            cancel.Token);
        await Until.TrueAsync(() => File.Exists(ready), "the step's beginning");
        await cancel.CancelAsync();
        StepResult result = await running;
        Assert.Equal((StepEnd.Exited, 7, true, "cleaning up"), (result.End, result.Code, result.WasCanceled, result.StdOut));
    }

    [Fact]
    public async Task Cancelled_step_that_ignores_SIGTERM_is_killed_with_all_its_children()
    {
        using StepRunnerFixture steps = new(grace: TimeSpan.FromMilliseconds(100));
        string ready = steps.Directory["ready"];
        using CancellationTokenSource cancel = new();
        Task<StepResult> running = steps.ShellAsync(
            $"trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > {ready}.part; mv {ready}.part {ready}; while :; do sleep 0.02; done' & wait; while :; do sleep 0.02; done",
            cancel.Token);
        await Until.TrueAsync(() => File.Exists(ready), "the grandchild's beginning");
        int grandchild = int.Parse(await File.ReadAllTextAsync(ready), CultureInfo.InvariantCulture);
        await cancel.CancelAsync();
        StepResult result = await running;
        Assert.Equal((StepEnd.Signaled, 9, true), (result.End, result.Code, result.WasCanceled));
        await Until.TrueAsync(() => Until.IsGone(grandchild), "the end of the grandchild");
    }

    [Fact]
    public async Task Grandchild_that_survives_its_cancelled_parent_is_killed_before_the_step_ends()
    {
        using StepRunnerFixture steps = new(grace: TimeSpan.FromMilliseconds(100));
        string ready = steps.Directory["ready"];
        using CancellationTokenSource cancel = new();

        // The parent ends at SIGTERM; the child ignores it and has no open pipe.
        Task<StepResult> running = steps.ShellAsync(
            $"(trap '' TERM; exec > /dev/null 2>&1; sh -c 'echo $PPID' > {ready}.part; mv {ready}.part {ready}; while :; do sleep 0.02; done) & wait",
            cancel.Token);
        await Until.TrueAsync(() => File.Exists(ready), "the child's beginning");
        int child = int.Parse(await File.ReadAllTextAsync(ready), CultureInfo.InvariantCulture);
        await cancel.CancelAsync();
        StepResult result = await running;
        Assert.Equal((StepEnd.Signaled, 15, true), (result.End, result.Code, result.WasCanceled));
        await Until.TrueAsync(() => Until.IsGone(child), "the end of the child");
    }

    [Fact]
    public async Task Repeated_or_late_cancellation_has_no_effect()
    {
        using TestStart start = new(["sh", "-c", "exit 5"]);
        StepProcess process = start.Start(new StepProcessLimits { GraceMilliseconds = 10_000 });
        StepResult result = await Wait.ForAsync(process.Ended.AsTask(), "the end of the process");
        process.Cancel();
        process.Cancel();
        Assert.Equal((StepEnd.Exited, 5, false), (result.End, result.Code, result.WasCanceled));
    }

    [Fact]
    public async Task Step_with_a_cancelled_token_ends_at_once()
    {
        using StepRunnerFixture steps = new();
        StepResult result = await steps.CommandAsync(["sleep", "1000"], new CancellationToken(true));
        Assert.Equal((StepEnd.Signaled, 15, true), (result.End, result.Code, result.WasCanceled));
    }
}
