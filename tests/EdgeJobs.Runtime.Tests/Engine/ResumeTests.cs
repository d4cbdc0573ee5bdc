using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>Where a job continues after a restart, its log, and interruptions in its outcome.</summary>
public sealed class ResumeTests
{
    private static readonly Func<StepPlan, StepPlan> Plain = s => s;
    private static readonly StepResult Canceled = new() { End = StepEnd.Returned, Code = 1, WasCanceled = true };

    [Fact]
    public void A_job_left_between_two_steps_continues_with_the_next()
    {
        JobPlan plan = Script.Plan(Plain, Plain);
        Script before = Script.Running(plan);
        before.Stop();
        before.Step();
        Assert.StartsWith("log JobResumed 1 of 2 steps are done\nrun j 2/2\n", Resumed(before, plan), StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_left_between_two_attempts_waits_for_the_next()
    {
        JobPlan plan = Script.Plan(s => s with { Attempts = 3, RetryDelay = TimeSpan.FromSeconds(5) });
        Script before = Script.Running(plan);
        before.Step(1);
        Assert.StartsWith(
            "log JobResumed 0 of 1 steps are done\nlog StepRetried step 1 's1' failed 1 of 3 times; next attempt in 5 s\ntimer 5 s\n",
            Resumed(before, plan),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_is_resumed_once()
    {
        JobPlan plan = Script.Plan(Plain);
        Script script = Script.Running(plan).Restart(plan);
        script.Connect();
        Assert.Contains("run j 1/1 attempt 2", script.Verified(JobExecutionStatus.InProgress, 3), StringComparison.Ordinal);
        script.Accepted();
        Assert.Equal("verify j 1", script.Head("k"));
        Assert.Equal("", script.Verified(JobExecutionStatus.InProgress, 4));
    }

    [Fact]
    public void Failed_attempts_are_not_interruptions()
    {
        JobPlan plan = Script.Plan(s => s with { Attempts = 20 });
        Script before = Script.Running(plan);
        for (int i = 0; i < 6; i++)
        {
            before.Step(1);
        }

        Assert.StartsWith(
            "log StepInterrupted step 1 of 1 's1' was interrupted and runs again, as its",
            Resumed(before, plan),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_reboot_is_no_interruption()
    {
        JobPlan plan = Script.Plan(s => s with { Action = new StepAction.Reboot() }, Plain);
        Script before = Script.Running(plan);
        Assert.Equal("cancel: the agent is stopping", before.Stop());
        Assert.Equal("log JobInterrupted it continues at the next start\nexit 0", before.Step(Canceled));
        Script after = before.Restart(plan);
        after.Connect();
        Assert.StartsWith(
            "log JobResumed step 1 of 2 's1' finds out whether the board has rebooted\nrun j 1/2 attempt 2\n",
            after.Verified(JobExecutionStatus.InProgress, 3),
            StringComparison.Ordinal);
        after.Accepted();
        after.Step(new StepResult { End = StepEnd.Returned });
        after.Accepted();
        Assert.Contains("(reason=all 2 steps succeeded)", after.Step(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_of_the_agent_is_no_interruption()
    {
        JobPlan plan = Script.Plan(s => s with { Action = new StepAction.UpdateAgent("1.4.0", new(["https://a/"], "")) });
        Script before = Script.Running(plan);
        Assert.Equal("cancel: the agent is stopping", before.Stop());
        Assert.Equal("log JobInterrupted it continues at the next start\nexit 0", before.Step(Canceled));
        Script after = before.Restart(plan);
        after.Connect();
        Assert.StartsWith(
            "log JobResumed step 1 of 1 's1' finds out which version of the agent runs\nrun j 1/1 attempt 2\n",
            after.Verified(JobExecutionStatus.InProgress, 3),
            StringComparison.Ordinal);
        after.Accepted();
        Assert.Contains("(reason=the step succeeded)", after.Step(new StepResult { End = StepEnd.Returned }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_board_that_ends_the_agent_before_each_reboot_fails_the_job()
    {
        JobPlan plan = Script.Plan(s => s with { Action = new StepAction.Reboot() });
        Script script = Script.Running(plan);
        string last = "";
        for (int i = 0; i < JournalRecording.MaxInterruptions; i++)
        {
            script = script.Restart(plan);
            script.Connect();
            last = script.Verified(JobExecutionStatus.InProgress, 3);
        }

        Assert.Contains("update j FAILED", last, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_that_fails_because_of_an_interruption_says_so()
    {
        JobPlan plan = Script.Plan(s => s with { OnInterruption = InterruptedStep.Fail });
        Assert.Equal(
            "log StepInterrupted step 1 of 1 's1' was interrupted and has failed, as its onInterruption says\n"
                + "update j FAILED v3 (reason=step 1 of 1 's1' failed: it was interrupted when the agent or the board stopped, step=1/1, stepName=s1)",
            Resumed(Script.Running(plan), plan));
    }

    [Fact]
    public void A_step_that_counts_as_succeeded_has_an_exit_code_of_success()
    {
        JobPlan plan = Script.Plan(s => s with { OnInterruption = InterruptedStep.Skip, SuccessExitCodes = [3, 0] });
        Assert.EndsWith(
            "update j SUCCEEDED v3 (reason=the step succeeded (step 1 of 1 's1' was interrupted and counts as succeeded))",
            Resumed(Script.Running(plan), plan),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_outcome_mentions_each_interruption()
    {
        JobPlan plan = Script.Plan(Plain, Plain);
        Script first = Script.Running(plan).Restart(plan);
        first.Connect();
        first.Verified(JobExecutionStatus.InProgress, 3);
        first.Step();
        Script second = first.Restart(plan);
        second.Connect();
        second.Verified(JobExecutionStatus.InProgress, 3);
        second.Accepted();
        Assert.Equal(
            "update j SUCCEEDED v4 (reason=all 2 steps succeeded (step 1 of 2 's1' was interrupted and ran again; step 2 of 2 's2' was interrupted and ran again))",
            second.Step());
    }

    [Fact]
    public void The_outcome_says_why_a_job_can_not_continue()
    {
        JobPlan plan = Script.Plan(Plain);
        Script script = Script.Running(plan).Restart(plan, broken: "the journal was damaged");
        script.Connect();
        const string Expected = "update j FAILED v3 (reason=the job was interrupted and can't continue: the journal was damaged)";
        Assert.Equal(Expected, script.Verified(JobExecutionStatus.InProgress, 3));

        Script without = Script.Running(plan).Restart(null, broken: "the journal was damaged");
        without.Connect();
        Assert.Equal(Expected, without.Verified(JobExecutionStatus.InProgress, 3));
    }

    [Fact]
    public void Only_an_outcome_of_an_earlier_run_may_be_known_to_the_service()
    {
        JobPlan plan = Script.Plan(Plain);
        Script decided = Script.Running(plan);
        decided.Step();
        decided = decided.Restart(plan);
        decided.Connect();
        decided.Verified(JobExecutionStatus.InProgress, 3);
        Assert.StartsWith(
            "log JobSucceeded",
            decided.Updated(Script.Rejected(RejectionCode.TerminalStateReached)),
            StringComparison.Ordinal);

        Script running = Script.Running(plan).Restart(plan);
        running.Connect();
        running.Verified(JobExecutionStatus.InProgress, 3);
        running.Accepted();
        running.Step();
        Assert.StartsWith(
            "log JobLost TerminalStateReached",
            running.Updated(Script.Rejected(RejectionCode.TerminalStateReached)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, JobExecutionStatus.Failed, "log JobFailed step 1 of 1 's1' failed: exit code 1\nstart-next")]
    [InlineData(1, JobExecutionStatus.Rejected, "log JobLost the service set it to REJECTED\nstart-next")]
    [InlineData(0, JobExecutionStatus.Failed, "log JobLost the service set it to FAILED\nstart-next")]
    public void The_same_status_in_the_service_acknowledges_the_outcome(int exitCode, JobExecutionStatus status, string expected)
    {
        Script script = Script.Running(1);
        script.Step(exitCode);
        Assert.Equal(expected, script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition), status, 4));
    }

    [Fact]
    public void A_rejection_that_the_service_already_has_is_acknowledged()
    {
        Script script = Script.Idle();
        script.Head("j");
        script.Offer(0);
        Assert.Equal(
            "log JobRejected invalid job document: steps: missing\nstart-next",
            script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition), JobExecutionStatus.Rejected, 3));
    }

    [Fact]
    public void A_new_connection_asks_again_how_an_execution_ended()
    {
        Script script = Script.Running(1);
        script.Step();
        script.Disconnect();
        script.Connect();
        script.Verified(JobExecutionStatus.InProgress, 3);
        Assert.Equal("verify j 1", script.Updated(Script.Rejected(RejectionCode.VersionMismatch)));
    }

    [Fact]
    public void A_claim_is_journaled_completely()
    {
        Script script = Script.Running(1);
        JournalEntry.Claimed taken = script.Written.Select(e => e.Claim).OfType<JournalEntry.Claimed>().Single();
        Assert.Equal(
            (new JobKey("j", 1), 2, Script.QueuedAt, Script.StartedAt, ""),
            (taken.Key, taken.Version, taken.QueuedAt, taken.StartedAt, taken.ThingName));
    }

    /// <summary>What another run of the agent does if the service still has the same execution.</summary>
    private static string Resumed(Script before, JobPlan plan)
    {
        Script script = before.Restart(plan);
        Assert.Equal("verify j 1", script.Connect());
        return script.Verified(JobExecutionStatus.InProgress, 3);
    }
}
