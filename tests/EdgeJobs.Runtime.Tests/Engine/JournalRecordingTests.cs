using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>A job after the agent or the board stopped, and while the journal can't be written.</summary>
public sealed class JournalRecordingTests
{
    private static readonly Func<StepPlan, StepPlan> Plain = s => s;

    [Theory]
    [InlineData(
        InterruptedStep.Rerun,
        "log StepInterrupted step 2 of 3 's2' was interrupted and runs again, as its onInterruption says\nrun j 2/3 attempt 2\n*")]
    [InlineData(
        InterruptedStep.Skip,
        "log StepInterrupted step 2 of 3 's2' was interrupted and counts as succeeded, as its onInterruption says\nrun j 3/3\n*")]
    [InlineData(
        InterruptedStep.Fail,
        "log StepInterrupted step 2 of 3 's2' was interrupted and has failed, as its onInterruption says\nupdate j FAILED *")]
    public void An_interrupted_step_follows_its_document_and_no_ended_step_runs_again(InterruptedStep policy, string expected)
    {
        JobPlan plan = Script.Plan(Plain, s => s with { OnInterruption = policy }, Plain);
        Script before = Script.Running(plan);
        before.Step();

        Script script = before.Restart(plan);
        Assert.Equal("verify j 1", script.Connect());
        AssertLike(expected, script.Verified(JobExecutionStatus.InProgress, 4));
    }

    [Fact]
    public void A_step_that_brings_the_board_down_each_time_fails_eventually()
    {
        JobPlan plan = Script.Plan(Plain);
        Script script = Script.Running(plan);
        for (int i = 1; i < JournalRecording.MaxInterruptions; i++)
        {
            script = script.Restart(plan);
            script.Connect();
            Assert.Contains($"run j 1/1 attempt {i + 1}", script.Verified(JobExecutionStatus.InProgress, 3), StringComparison.Ordinal);
        }

        script = script.Restart(plan);
        script.Connect();
        AssertLike(
            "log StepInterrupted step 1 of 1 's1' was interrupted and has failed, because it was interrupted 10 times\nupdate j FAILED v3 (reason=*was interrupted 10 times*",
            script.Verified(JobExecutionStatus.InProgress, 3));
    }

    [Fact]
    public void The_outcome_mentions_an_interruption()
    {
        JobPlan plan = Script.Plan(Plain);
        Script script = Script.Running(plan).Restart(plan);
        script.Connect();
        script.Verified(JobExecutionStatus.InProgress, 3);
        script.Accepted();
        Assert.Equal("update j SUCCEEDED v4 (reason=the step succeeded (step 1 of 1 's1' was interrupted and ran again))", script.Step());
    }

    [Fact]
    public void An_execution_that_the_service_ended_in_the_meantime_is_dropped()
    {
        JobPlan plan = Script.Plan(Plain);
        Script script = Script.Running(plan).Restart(plan);
        script.Connect();
        AssertLike(
            "log JobLost the service reports: TerminalStateReached\nlist",
            script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Null(script.Disk);
    }

    [Fact]
    public void An_outcome_that_the_service_may_have_is_sent_again_only_if_it_does_not()
    {
        JobPlan plan = Script.Plan(Plain);
        Script before = Script.Running(plan);
        before.Step();
        Script script = before.Restart(plan);
        script.Connect();
        Assert.Equal(
            "log JobResumed its outcome has not been reported yet\nupdate j SUCCEEDED v3 (reason=the step succeeded)",
            script.Verified(JobExecutionStatus.InProgress, 3));
        script.Accepted();
        Assert.Null(script.Disk);
    }

    [Theory]
    [InlineData(JobExecutionStatus.Succeeded, "log JobSucceeded the step succeeded\nlist")]
    [InlineData(JobExecutionStatus.TimedOut, "log JobLost the service set it to TIMED_OUT\nlist")]
    public void The_rejection_of_an_update_says_how_an_execution_ended(JobExecutionStatus status, string expected)
    {
        JobPlan plan = Script.Plan(Plain);
        Script before = Script.Running(plan);
        before.Step();
        Script script = before.Restart(plan);
        script.Connect();
        Assert.StartsWith(
            "update j SUCCEEDED",
            script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)),
            StringComparison.Ordinal);
        Assert.Equal(expected, script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition), status, 9));
        Assert.Null(script.Disk);
    }

    [Fact]
    public void No_job_starts_while_the_journal_can_not_be_written()
    {
        Script script = new() { DiskFault = "no space" };
        script.Connect();
        Assert.Equal("log JournalFault no job is started: no space\nretry 1", script.Listed());
        Assert.Equal("log JournalFault no job is started: no space\nretry 2", script.Elapsed());
        script.DiskFault = null;
        Assert.Equal("start-next", script.Elapsed());
    }

    [Fact]
    public void A_job_that_can_not_be_journaled_does_not_start()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.DiskFault = "no space";
        Assert.Equal("log JournalFault job j is not started: no space\nretry 1", script.Offer());
        Assert.Null(script.State.Job);
    }

    [Fact]
    public void A_job_pauses_while_the_journal_can_not_be_written()
    {
        Script script = Script.Running();
        script.DiskFault = "no space";
        Assert.Equal("log JournalFault paused: no space\nretry 1", script.Step());
        script.DiskFault = null;
        Assert.Equal("run j 2/2", script.Elapsed());
    }

    [Fact]
    public void A_job_whose_progress_was_lost_with_the_journal_fails()
    {
        Script script = Script.Running().Restart(plan: null);
        script.Connect();
        AssertLike(
            "update j FAILED v3 (reason=the job was interrupted and can't continue: *",
            script.Verified(JobExecutionStatus.InProgress, 3));
    }

    [Fact]
    public void A_step_is_retried_after_its_delay_and_attempts_are_counted()
    {
        JobPlan plan = Script.Plan(s => s with { Attempts = 3, RetryDelay = TimeSpan.FromSeconds(5) });
        Script script = Script.Running(plan);
        AssertLike("log StepRetried step 1 's1' failed 1 of 3 times; next attempt in 5*s\ntimer 5 s*", script.Step(1));
        AssertLike("run j 1/1 attempt 2*", script.Elapsed());

        // A restart keeps attempts and failures, and an interruption is not a failure.
        script = script.Restart(plan);
        script.Connect();
        AssertLike("*run j 1/1 attempt 3*", script.Verified(JobExecutionStatus.InProgress, 4));
        AssertLike("log StepRetried step 1 's1' failed 2 of 3 times*", script.Step(1));
    }

    [Fact]
    public void The_last_attempt_decides()
    {
        Script script = Script.Running(Script.Plan(s => s with { Attempts = 2 }));
        AssertLike("*run j 1/1 attempt 2*", script.Step(1));
        AssertLike("update j FAILED *exitCode=4*", script.Step(4));
    }

    [Fact]
    public void Clean_up_runs_after_a_failure_and_the_first_failure_decides()
    {
        JobPlan plan = Script.Plan(
            Plain,
            Plain,
            s => s with { AlwaysRuns = true },
            Plain,
            s => s with { AlwaysRuns = true },
            s => s with { IsFinal = true });
        Script script = Script.Running(plan);
        AssertLike("run j 3/6*", script.Step(7));
        AssertLike("run j 5/6*", script.Step(2));
        AssertLike(
            "update j FAILED v3 (reason=step 1 of 6 's1' failed: exit code 7; then step 3 's3' failed too: exit code 2, step=1/6, stepName=s1, exitCode=7*",
            AfterThrottle(script));

        static string AfterThrottle(Script script) => script.Step();
    }

    [Fact]
    public void The_document_defines_the_exit_codes_of_success()
    {
        JobPlan plan = Script.Plan(s => s with { SuccessExitCodes = [0, 3] });
        AssertLike("update j SUCCEEDED*", Script.Running(plan).Step(3));
        AssertLike("update j FAILED*", Script.Running(plan).Step(2));
        AssertLike("update j FAILED*exitCode=0*", Script.Running(Script.Plan(s => s with { SuccessExitCodes = [3] })).Step(0));
    }

    [Theory]
    [InlineData(null, 1, 0, 0, null)]
    [InlineData(30, 1, 0, 0, 2L)]
    [InlineData(600, 3, 60, 0, 34L)]
    [InlineData(604_800, 100, 0, 0, 10_080L)]
    [InlineData(null, 1, 0, 15, 15L)]
    public void The_step_timer_covers_a_silent_board(int? timeout, int attempts, int delay, int setting, long? minutes)
    {
        JobPlan plan = Script.Plan(s => s with
        {
            Timeout = timeout is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Attempts = attempts,
            RetryDelay = TimeSpan.FromSeconds(delay),
        });
        Assert.Equal(minutes, Script.Running(plan, setting).StepTimer);
    }

    [Fact]
    public void A_step_timer_is_stopped_if_the_next_step_has_none()
    {
        Script script = Script.Running(Script.Plan(s => s with { Timeout = TimeSpan.FromMinutes(1) }, Plain));
        Assert.Equal(2, script.StepTimer);
        script.Step();
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        Assert.Equal(-1, script.StepTimer);
    }

    [Fact]
    public void A_step_timer_is_restarted_while_the_step_runs()
    {
        Script script = Script.Running(Script.Plan(Plain), stepTimer: 9);
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        AssertLike("*update j IN_PROGRESS v3*", script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.HeartbeatTimer)));
        Assert.NotEqual(0, script.State.Job!.Value.HeartbeatTimer);
    }

    [Fact]
    public void The_step_timer_of_a_long_step_ends_with_the_step()
    {
        // The first step may take a day; the second step has a timer of one minute from its first update on.
        Script script = Script.Running(Script.Plan(s => s with { Timeout = TimeSpan.FromDays(1) }, Plain), stepTimer: 1);
        Assert.Equal(1441, script.StepTimer);
        script.Step();
        AssertLike(
            "timer 20 s\nupdate j IN_PROGRESS v3 (step=2/2, stepName=s2)\n*",
            script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer)));
        Assert.Equal(1, script.StepTimer);
    }

    [Fact]
    public void Each_update_restarts_the_step_timer_on_both_sides()
    {
        Script script = Script.Running(Script.Plan(Plain), stepTimer: 9);
        long first = script.State.Job!.Value.HeartbeatTimer;
        script.Progress(new StepProgress { Percent = 1 });
        AssertLike("timer 180 s\nupdate j IN_PROGRESS v3*", script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer)));
        Assert.Equal("", script.Play(new JobEvent.TimerElapsed(first)));
    }

    [Fact]
    public void A_step_timer_is_restarted_in_time_even_if_updates_fail()
    {
        Script script = Script.Running(Script.Plan(Plain), stepTimer: 1);
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.HeartbeatTimer));
        Assert.Equal("retry 1", script.Updated(Script.Rejected(RejectionCode.RequestThrottled)));
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        AssertLike("timer 20 s\nupdate j IN_PROGRESS v3*", script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.HeartbeatTimer)));
    }

    [Fact]
    public void A_step_timer_is_restarted_without_details_that_the_service_rejects()
    {
        Script script = Script.Running(Script.Plan(Plain), stepTimer: 1);
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.HeartbeatTimer));
        AssertLike(
            "log ReportRefused InvalidRequest\ntimer 20 s\nupdate j IN_PROGRESS v3 (no details)*",
            script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
        script.Accepted();

        // The outcome has details of its own.
        Assert.Equal("update j SUCCEEDED v4 (reason=the step succeeded)", script.Step());
    }

    [Fact]
    public void Stopping_a_step_timer_is_repeated_until_the_service_accepts_it()
    {
        Script script = Script.Running(Script.Plan(s => s with { Timeout = TimeSpan.FromMinutes(1) }, Plain, Plain));
        script.Step();
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        Assert.Equal(-1, script.StepTimer);
        script.Updated(Script.Rejected(RejectionCode.RequestThrottled));
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.RetryTimer));
        Assert.Equal(-1, script.StepTimer);
        script.Accepted();
        script.Step();
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        Assert.Null(script.StepTimer);
    }

    [Fact]
    public void The_step_timer_of_an_earlier_run_is_stopped()
    {
        JobPlan plan = Script.Plan(s => s with { Timeout = TimeSpan.FromMinutes(1) }, Plain);
        Script before = Script.Running(plan);
        before.Step();
        Script script = before.Restart(plan);
        script.Connect();
        script.Verified(JobExecutionStatus.InProgress, 3);
        Assert.Equal(-1, script.StepTimer);
    }

    [Fact]
    public void A_retry_delay_of_progress_does_not_delay_the_outcome()
    {
        Script script = Script.Running(1);
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        script.Progress(new StepProgress { Percent = 1 });
        Assert.Equal("retry 1", script.Updated(Script.Without(ReplyStatus.TimedOut)));
        Assert.StartsWith("update j SUCCEEDED v3", script.Step(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RejectionCode.InvalidTopic, RequestResultKind.Invalid)]
    [InlineData(RejectionCode.InvalidJson, RequestResultKind.Invalid)]
    [InlineData(RejectionCode.InvalidRequest, RequestResultKind.Invalid)]
    [InlineData(RejectionCode.InvalidStateTransition, RequestResultKind.Conflict)]
    [InlineData(RejectionCode.ResourceNotFound, RequestResultKind.Ended)]
    [InlineData(RejectionCode.VersionMismatch, RequestResultKind.Conflict)]
    [InlineData(RejectionCode.InternalError, RequestResultKind.Retryable)]
    [InlineData(RejectionCode.RequestThrottled, RequestResultKind.Retryable)]
    [InlineData(RejectionCode.TerminalStateReached, RequestResultKind.Ended)]
    [InlineData(RejectionCode.Unknown, RequestResultKind.Retryable)]
    public void Each_rejection_code_has_a_meaning_and_none_stops_a_pending_job(RejectionCode code, object meaning)
    {
        Assert.Equal((RequestResultKind)meaning, Script.Rejected(code).Kind);

        Script script = Script.Running(1);
        script.Step();
        string next = script.Updated(Script.Rejected(code));
        string expected = (RequestResultKind)meaning switch
        {
            RequestResultKind.Retryable => "retry 1",
            RequestResultKind.Conflict => "verify j 1",
            RequestResultKind.Invalid => $"log ReportRefused {code}\nupdate j SUCCEEDED v3 (no details)",
            _ => $"log JobLost {code}\nstart-next",
        };
        Assert.Equal(expected, next);
    }

    [Fact]
    public void An_outcome_without_a_reply_is_sent_again_with_a_delay()
    {
        Script script = Script.Running(1);
        script.Step();
        Assert.Equal("retry 1", script.Updated(Script.Without(ReplyStatus.TimedOut)));
        Assert.StartsWith("update j SUCCEEDED v3", script.Elapsed(), StringComparison.Ordinal);
    }

    private static void AssertLike(string pattern, string text) => Assert.True(
        System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), text,
        ignoreCase: false), $"{pattern}\nis not like\n{text}");
}
