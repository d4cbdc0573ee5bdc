using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>How the state machine runs a job's steps.</summary>
public sealed class StepProgressionTests
{
    [Fact]
    public void Steps_run_in_order_and_then_the_outcome_is_reported()
    {
        Script script = Script.Running();
        Assert.Equal("run j 2/2", script.Step());
        Assert.Equal("update j IN_PROGRESS v3 (step=2/2, stepName=s2)\ntimer 1 s", script.Elapsed());
        Assert.Equal("", script.Accepted());
        Assert.Equal("update j SUCCEEDED v4 (reason=all 2 steps succeeded)", script.Step());
        Assert.Equal("log JobSucceeded all 2 steps succeeded\nstart-next", script.Accepted());
    }

    [Fact]
    public void The_first_failure_ends_the_job()
    {
        Script script = Script.Running();
        Assert.Equal("update j FAILED v3 (reason=step 1 of 2 's1' failed: exit code 2, step=1/2, stepName=s1, exitCode=2)", script.Step(2));
    }

    [Fact]
    public void An_ignored_failure_does_not_end_the_job_and_is_reported()
    {
        Script script = Script.Running(3);
        script.Step();
        script.Step();
        Assert.Equal(
            "update j SUCCEEDED v3 (reason=finished; the document ignores the failures of some steps, ignored=step 3 's3': ended by SIGKILL)",
            script.Step(new StepResult { End = StepEnd.Signaled, Code = 9 }));
    }

    [Fact]
    public void A_signal_and_a_step_that_did_not_start_are_reported_as_such()
    {
        Assert.Equal(
            "update j FAILED v3 (reason=step 1 of 2 's1' failed: ended by SIGSEGV, step=1/2, stepName=s1, signal=SIGSEGV)",
            Script.Running().Step(new StepResult { End = StepEnd.Signaled, Code = 11 }));
        Assert.Equal(
            "update j FAILED v3 (reason=step 1 of 2 's1' failed: /x does not exist, step=1/2, stepName=s1)",
            Script.Running().Step(StepResult.NotStarted("/x does not exist")));
    }

    [Fact]
    public void Progress_of_a_step_is_combined_and_reported_once_a_second()
    {
        Script script = Script.Running();
        Assert.Equal("", script.Progress(new StepProgress { Percent = 10, Message = "fetching" }));
        Assert.Equal(
            "",
            script.Progress(new StepProgress { Percent = 20, Values = new ValueMap<string>([new("file", "a.bin"), new("step", "9")]) }));
        Assert.Equal(
            "update j IN_PROGRESS v3 (step=1/2, stepName=s1, percent=20, message=fetching, file=a.bin)\ntimer 1 s",
            script.Elapsed());
        script.Progress(new StepProgress { Values = new ValueMap<string>([new("file", "")]) });
        script.Accepted();
        Assert.Equal("update j IN_PROGRESS v4 (step=1/2, stepName=s1, percent=20, message=fetching)\ntimer 1 s", script.Elapsed());
        Assert.Equal("run j 2/2", script.Step());
        Assert.Equal("", script.Accepted());
        Assert.Equal("update j IN_PROGRESS v5 (step=2/2, stepName=s2)\ntimer 1 s", script.Elapsed());
    }

    [Fact]
    public void Progress_waits_for_its_timer_and_for_the_previous_reply()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(4);
        Assert.Equal("run j 2/4", script.Step());
        Assert.Equal("", script.Elapsed());
        Assert.Equal("update j IN_PROGRESS v3 (step=2/4, stepName=s2)\ntimer 1 s", script.Accepted());
        script.Accepted();
        Assert.Equal("", script.Elapsed());
        Assert.Equal("run j 3/4\nupdate j IN_PROGRESS v4 (step=3/4, stepName=s3)\ntimer 1 s", script.Step());
    }

    [Fact]
    public void The_outcome_waits_for_the_reply_to_the_progress_before_it()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        Assert.Equal("", script.Step());
        Assert.Equal("update j SUCCEEDED v3 (reason=the step succeeded)", script.Accepted());
    }

    [Fact]
    public void A_notification_of_the_running_job_changes_nothing()
    {
        Script script = Script.Running();
        Assert.Equal("", script.Head("j"));
        Assert.Equal("", script.Head("j", JobExecutionStatus.InProgress));
    }

    [Theory]
    [InlineData(JobExecutionStatus.Canceled, "CANCELED")]
    [InlineData(JobExecutionStatus.TimedOut, "TIMED_OUT")]
    [InlineData(JobExecutionStatus.Removed, "REMOVED")]
    [InlineData(JobExecutionStatus.Unknown, "a status that this agent does not know")]
    public void The_step_of_an_ended_execution_stops_before_the_next_job_starts(JobExecutionStatus status, string name)
    {
        Script script = Script.Running();
        Assert.Equal($"log JobLost the service set it to {name}\ncancel: the service set it to {name}", script.Head("j", status));
        Assert.Equal("", script.Head("k"));
        Assert.Equal("start-next", script.Step(new StepResult { End = StepEnd.Signaled, Code = 15, WasCanceled = true }));
    }

    [Theory]
    [InlineData("k")]
    [InlineData(null)]
    public void Another_head_is_verified_before_the_step_is_stopped(string? head)
    {
        Script stale = Script.Running();
        Assert.Equal("verify j 1", stale.Head(head));

        // The reply may be older than this notification: verify again.
        Assert.Equal("", stale.Head("l"));
        Assert.Equal("verify j 1", stale.Verified(JobExecutionStatus.InProgress, 3));
        Assert.Equal("", stale.Verified(JobExecutionStatus.InProgress, 3));

        Script running = Script.Running();
        running.Head(head);
        Assert.Equal("", running.Verified(JobExecutionStatus.InProgress, 3));

        Script ended = Script.Running();
        ended.Head(head);
        Assert.Equal(
            "log JobLost the service reports: TerminalStateReached\ncancel: the service reports: TerminalStateReached",
            ended.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal("start-next", ended.Step());

        Script other = Script.Running();
        other.Head(head);
        Assert.StartsWith(
            "log JobLost the service has another execution of the same name: execution 2 instead of 1\n",
            other.Verified(JobExecutionStatus.InProgress, 3, number: 2),
            StringComparison.Ordinal);

        Script canceled = Script.Running();
        canceled.Head(head);
        Assert.StartsWith(
            "log JobLost the service set it to CANCELED",
            canceled.Verified(JobExecutionStatus.Canceled, 4),
            StringComparison.Ordinal);

        Script unsure = Script.Running();
        unsure.Head(head);
        Assert.Equal("retry 1", unsure.Verified(Script.Without(ReplyStatus.TimedOut)));
        Assert.Equal("verify j 1", unsure.Elapsed());
    }

    [Fact]
    public void On_a_new_connection_it_verifies_the_job()
    {
        Script script = Script.Running();
        Assert.Equal("", script.Disconnect());
        Assert.Equal("run j 2/2", script.Step());
        Assert.Equal("verify j 1", script.Connect());
        Assert.Equal("", script.Verified(JobExecutionStatus.InProgress, 7));
        Assert.Equal("update j IN_PROGRESS v7 (step=2/2, stepName=s2)\ntimer 1 s", script.Elapsed());
    }

    [Fact]
    public void Late_replies_results_and_timers_change_nothing()
    {
        Script script = Script.Running();
        JobState before = script.State;
        Assert.Equal("", script.Accepted());
        Assert.Equal("", script.Offer(jobId: "k"));
        Assert.Equal("", script.Listed());
        Assert.Equal("", script.Play(new JobEvent.StepCompleted(999, new StepResult { End = StepEnd.Exited })));
        Assert.Equal("", script.Play(new JobEvent.TimerElapsed(999)));
        Assert.Equal("", script.Play(new JobEvent.StepCompleted(0, new StepResult { End = StepEnd.Exited })));
        Assert.Equal("", script.Play(new JobEvent.TimerElapsed(0)));
        Assert.Equal("", script.Play(new JobEvent.UpdateCompleted(0, RequestResult.Accepted, null)));
        Assert.Equal("", script.Play(new JobEvent.ExecutionFetched(0, RequestResult.Accepted, null)));
        Assert.Equal(before, script.State);
    }

    [Fact]
    public void Lines_on_stderr_fail_a_step_only_if_the_document_limits_them()
    {
        EdgeJobs.Runtime.Jobs.StepPlan step = new() { Name = "n", Action = new EdgeJobs.Runtime.Jobs.StepAction.RunCommand(["a"]) };
        StepResult result = new() { End = StepEnd.Exited, StdErrLines = 3 };
        Assert.True(StatusReport.IsSuccess(step, result));
        Assert.True(StatusReport.IsSuccess(step with { AllowStdErr = 3 }, result));
        Assert.False(StatusReport.IsSuccess(step with { AllowStdErr = 2 }, result));
        Assert.Equal("3 lines on stderr; allowed: 2", StatusReport.Fault(step with { AllowStdErr = 2 }, result));
        Assert.False(StatusReport.IsSuccess(step with { AllowStdErr = 9 }, result with { Code = 1 }));
        Assert.Equal("exit code 1", StatusReport.Fault(step with { AllowStdErr = 0 }, result with { Code = 1 }));
    }

    [Fact]
    public void Stop_lets_the_running_step_end_and_leaves_the_rest()
    {
        Script last = Script.Running(1);
        Assert.Equal("timer 10 s\nlog Stopping its step has 10 s to end", last.Stop());
        Assert.Equal("update j SUCCEEDED v3 (reason=the step succeeded)\ntimer 10 s", last.Step());
        Assert.Equal("log JobSucceeded the step succeeded\nexit 0", last.Accepted());

        Script more = Script.Running();
        more.Stop();
        Assert.Equal("log JobInterrupted it continues at the next start\nexit 0", more.Step());

        Script failed = Script.Running();
        failed.Stop();
        Assert.StartsWith("update j FAILED v3", failed.Step(1), StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_cancels_a_step_that_takes_too_long_and_leaves_the_job()
    {
        foreach (bool again in (bool[])[false, true])
        {
            Script script = Script.Running();
            script.Stop();
            Assert.StartsWith("cancel: ", again ? script.Stop() : script.Elapsed(), StringComparison.Ordinal);
            Assert.Equal("", script.Stop());
            Assert.Equal(
                "log JobInterrupted it continues at the next start\nexit 0",
                script.Step(new StepResult { End = StepEnd.Signaled, Code = 9, WasCanceled = true }));
        }
    }

    [Fact]
    public void A_step_that_the_service_manager_stopped_with_the_agent_has_not_failed()
    {
        Script script = Script.Running();
        script.Stop();
        Assert.Equal(
            "log JobInterrupted it continues at the next start\nexit 0",
            script.Step(new StepResult { End = StepEnd.Signaled, Code = 15 }));
    }

    [Theory]
    [InlineData(RunMode.Forever, 0)]
    [InlineData(RunMode.Once, 1)]
    public void Stop_without_a_job_ends_at_once(object mode, int code)
    {
        Script script = new((RunMode)mode);
        Assert.Equal($"exit {code}", script.Stop());
        Assert.Equal("", script.Connect());
        Assert.Equal("", script.Stop());
    }

    [Fact]
    public void Stop_without_a_connection_does_not_wait_for_one()
    {
        Script script = Script.Running(1);
        script.Disconnect();
        script.Stop();
        Assert.Equal("log JobInterrupted its outcome is reported at the next start\nexit 0", script.Step());
    }

    [Fact]
    public void A_slow_report_does_not_delay_a_stop()
    {
        Script script = Script.Running(1);
        script.Step();
        Assert.Equal("timer 10 s", script.Stop());
        Assert.Equal("log JobInterrupted its outcome is reported at the next start\nexit 0", script.Elapsed());
    }

    [Fact]
    public void A_failure_undoes_the_installations_that_ran_in_reverse_order()
    {
        JobPlan plan = WithRollbacks(Script.Plan(Install, Install, s => s, s => s with { AlwaysRuns = true }, Install));
        Script script = Script.Running(plan);
        script.Step();
        script.Step();
        Assert.Equal("run j 4/5", script.Step(2));
        Assert.Equal("run j 2/5", script.Step());
        Assert.Equal("run j 1/5", script.Step(Returned("/opt is 1 again")));
        Assert.Contains(
            "(reason=step 3 of 5 's3' failed: exit code 2; rolled back: /opt is 1 again; the rollback of step 1 failed: no, step=3/5, "
                + "stepName=s3, exitCode=2, rollback=failed)",
            script.Step(Returned("no", 1)),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_installation_that_fails_is_undone_and_one_that_works_is_not()
    {
        JobPlan plan = WithRollbacks(Script.Plan(Install));
        Script script = Script.Running(plan);
        Assert.Contains("SUCCEEDED v3 (reason=the step succeeded)", script.Step(), StringComparison.Ordinal);

        script = Script.Running(plan);
        Assert.Equal("run j 1/1", script.Step(Returned("no unit", 1)));
        Assert.Contains(
            "(reason=step 1 of 1 's1' failed: no unit; rolled back: /opt is 1 again, step=1/1, stepName=s1, rollback=done)",
            script.Step(Returned("/opt is 1 again")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_rollback_with_nothing_to_undo_is_not_reported()
    {
        Script script = Script.Running(WithRollbacks(Script.Plan(Install)));
        script.Step(Returned("no archive", 1));
        Assert.Contains(
            "(reason=step 1 of 1 's1' failed: no archive, step=1/1, stepName=s1)", script.Step(Returned("")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_interrupted_rollback_runs_again_after_a_restart()
    {
        JobPlan plan = WithRollbacks(Script.Plan(Install, s => s));
        Script before = Script.Running(plan);
        before.Step();
        Assert.Equal("run j 1/2", before.Step(2));
        Script after = before.Restart(plan);
        after.Connect();
        Assert.StartsWith(
            "log StepInterrupted step 1 of 2 'rollback of s1' was interrupted and runs again, as its onInterruption says\n"
                + "run j 1/2 attempt 2\n",
            after.Verified(JobExecutionStatus.InProgress, 3),
            StringComparison.Ordinal);
        after.Accepted();
        Assert.Contains(
            "(reason=step 2 of 2 's2' failed: exit code 2; rolled back: /opt is 1 again (step 1 of 2 'rollback of s1' was interrupted and "
                + "ran again), step=2/2, stepName=s2, exitCode=2, rollback=done)",
            after.Step(Returned("/opt is 1 again")),
            StringComparison.Ordinal);
    }

    private static StepPlan Install(StepPlan step) => step with { Action = new StepAction.Install("/a.tar", "/opt", "2") };

    private static StepResult Returned(string text, int code = 0) => new() { End = StepEnd.Returned, Code = code, Fault = text };

    private static JobPlan WithRollbacks(JobPlan plan) => plan with
    {
        Steps =
        [
            .. plan.Steps,
            .. plan.Steps.Index().Reverse().Where(s => s.Item.Action is StepAction.Install).Select(s => new StepPlan
            {
                Name = $"rollback of {s.Item.Name}",
                Action = new StepAction.Rollback((StepAction.Install)s.Item.Action, s.Index),
            }),
        ],
    };
}
