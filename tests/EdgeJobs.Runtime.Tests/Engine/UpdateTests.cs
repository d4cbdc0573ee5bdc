using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>The content of requests (execution number, expected version, step timer) and the consequences of their replies.</summary>
public sealed class UpdateTests
{
    [Theory]
    [InlineData(3, 3L)]
    [InlineData(1, 1L)]
    [InlineData(0, null)]
    public void Each_request_has_the_execution_number_if_it_is_known(long number, long? expected)
    {
        Script script = new(RunMode.SingleJob, "j");
        script.Connect();
        script.Listed();
        script.Offer(1, status: JobExecutionStatus.Queued, version: 1, number: number, startedAt: 0);
        Assert.Equal(expected, script.LastUpdate!.Report.ExecutionNumber);
        script.Accepted();
        script.Offer(1, number: number);
        Assert.Equal(expected, script.LastUpdate.Report.ExecutionNumber);
        script.Accepted();
        Assert.Equal($"verify j {expected}", script.Head("k"));
    }

    [Theory]
    [InlineData(2, null)]
    [InlineData(3, -1L)]
    public void A_step_timer_that_an_earlier_update_may_have_set_is_stopped(long version, long? expected)
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(version: version);
        Assert.Equal(expected, script.StepTimer);
    }

    [Fact]
    public void A_step_timer_covers_the_remaining_attempts()
    {
        Script script = Script.Running(
            Script.Plan(s => s with { Timeout = TimeSpan.FromMinutes(10), Attempts = 3, RetryDelay = TimeSpan.FromMinutes(1) }));
        Assert.Equal(34, script.StepTimer);
        script.Step(1);
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.DelayTimer));
        script.Play(new JobEvent.TimerElapsed(script.State.Job!.Value.ThrottleTimer));
        Assert.Equal(23, script.StepTimer);
    }

    [Fact]
    public void A_rejection_with_an_unknown_code_is_retried()
    {
        Assert.True(RejectedResponse.TryRead("""{"code":"Later","message":"not now","clientToken":"t"}"""u8.ToArray(),
            out RejectedResponse? rejected, out _));
        RequestResult result = RequestResult.Of(ReplyStatus.Rejected, rejected, "");
        Assert.Equal((RequestResultKind.Retryable, "a code that this agent does not know: not now"), (result.Kind, result.Reason));
    }

    [Fact]
    public void A_job_without_a_document_is_rejected()
    {
        Script script = Script.Idle();
        script.Head("j");
        Assert.Equal(
            "update j REJECTED v2 (reason=the job has no document)",
            script.Offer(new ExecutionOffer(new JobKey("j", 1), JobExecutionStatus.InProgress, 2, null)));
    }

    [Fact]
    public void Progress_with_a_version_mismatch_is_sent_again()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        Assert.Equal("verify j 1", script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.InProgress, 5));
        Assert.Equal("", script.Verified(JobExecutionStatus.InProgress, 5));
        Assert.Equal("update j IN_PROGRESS v5 (step=1/1, stepName=s1)\ntimer 1 s", script.Elapsed());
    }

    [Fact]
    public void Refused_progress_does_not_delay_the_outcome_that_waits_for_it()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        Assert.Equal("", script.Step());
        Assert.Equal(
            "log ReportRefused InvalidRequest\nupdate j SUCCEEDED v2 (reason=the step succeeded)",
            script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
    }

    [Fact]
    public void An_outcome_that_was_never_sent_can_not_have_ended_the_execution()
    {
        Script script = WaitingForConnection();
        Assert.Equal(
            "update j SUCCEEDED v3 (reason=the step succeeded)",
            script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal("log JobLost the service has ended the execution\nstart-next",
            script.Updated(Script.Rejected(RejectionCode.VersionMismatch)));
        Assert.Equal(
            "log JobLost the service reports: ResourceNotFound\nstart-next",
            WaitingForConnection().Verified(Script.Rejected(RejectionCode.ResourceNotFound)));
    }

    [Fact]
    public void An_execution_that_is_gone_after_its_outcome_was_sent_counts_as_acknowledged()
    {
        Script script = Script.Running(1);
        script.Step();
        script.Disconnect();
        script.Connect();
        Assert.Equal("log JobSucceeded the step succeeded\nstart-next", script.Verified(Script.Rejected(RejectionCode.ResourceNotFound)));

        // It is unknown whether an earlier run of the agent has sent it.
        Script resumed = Resumed();
        Assert.Equal(
            "log JobLost the service reports: ResourceNotFound\nlist",
            resumed.Verified(Script.Rejected(RejectionCode.ResourceNotFound)));
    }

    [Fact]
    public void An_outcome_of_an_earlier_run_is_logged_once()
    {
        Script script = Resumed();
        Assert.StartsWith(
            "update j SUCCEEDED",
            script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)),
            StringComparison.Ordinal);
        script.Head(null);
        script.Updated(Script.Without(ReplyStatus.TimedOut));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.StartsWith("update j SUCCEEDED", script.Verified(Script.Without(ReplyStatus.Undecodable)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_without_an_execution_ends_the_job()
    {
        Script script = Script.Running(1);
        script.Head("k");
        Assert.StartsWith(
            "log JobLost the service no longer has the execution\ncancel: ",
            script.Verified(RequestResult.Accepted),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_accepted_report_shows_that_the_policy_allows_requests()
    {
        Script script = Resumed();
        script.Verified(JobExecutionStatus.InProgress, 3);
        Assert.EndsWith("list", script.Accepted(), StringComparison.Ordinal);
        Assert.Equal("start-next", script.Listed(Script.Without(ReplyStatus.Refused)));
    }

    [Fact]
    public void Unsent_progress_is_sent_during_the_delay_before_the_next_attempt()
    {
        Script script = Script.Running(Script.Plan(s => s with { Attempts = 2, RetryDelay = TimeSpan.FromSeconds(5) }));
        script.Progress(new StepProgress { Percent = 1 });
        long throttle = script.State.Job!.Value.ThrottleTimer;
        script.DiskIsSlow = true;
        script.Step(1);
        Assert.Equal("", script.Play(new JobEvent.TimerElapsed(throttle)));
        Assert.Equal(
            "log StepRetried step 1 's1' failed 1 of 2 times; next attempt in 5 s\ntimer 5 s\nupdate j IN_PROGRESS v3 (step=1/1, stepName=s1, percent=1)\ntimer 1 s",
            script.DiskAnswers());
    }

    /// <summary>Connected again, with an outcome that was never sent.</summary>
    private static Script WaitingForConnection()
    {
        Script script = Script.Running(1);
        script.Disconnect();
        script.Step();
        script.Connect();
        return script;
    }

    /// <summary>Connected, with an outcome of an earlier run.</summary>
    private static Script Resumed()
    {
        JobPlan plan = Script.Plan(s => s);
        Script before = Script.Running(plan);
        before.Step();
        Script script = before.Restart(plan);
        Assert.Equal("verify j 1", script.Connect());
        return script;
    }
}
