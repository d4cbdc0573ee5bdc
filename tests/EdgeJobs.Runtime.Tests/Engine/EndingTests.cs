using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>The end of a job and of the agent: the log, the exit code and the journal.</summary>
public sealed class EndingTests
{
    private static readonly StepResult Terminated = new() { End = StepEnd.Signaled, Code = 15 };

    [Fact]
    public void A_lost_job_is_logged_once_and_counts_as_failed()
    {
        Script script = Begun(new Script(RunMode.Once), 1);
        script.Accepted();
        Assert.StartsWith(
            "log JobLost the service set it to CANCELED\ncancel: ",
            script.Head("j", JobExecutionStatus.Canceled),
            StringComparison.Ordinal);
        Assert.Equal("", script.Head("j", JobExecutionStatus.Canceled));
        Assert.Equal("start-next", script.Step(Terminated));
        Assert.Equal("exit 1", script.Nothing());

        Script reported = Begun(new Script(RunMode.Once), 1);
        reported.Accepted();
        reported.Step();
        Assert.Equal("log JobLost TerminalStateReached\nstart-next", reported.Updated(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal("exit 1", reported.Nothing());
    }

    [Fact]
    public void After_a_job_ends_offline_the_next_request_waits_for_a_connection()
    {
        Script script = Script.Running(1);
        script.Head("j", JobExecutionStatus.Canceled);
        script.Disconnect();
        Assert.Equal("", script.Step(Terminated));
        Assert.IsType<JournalEntry.Closed>(script.Written[^1]);
        Assert.Equal("start-next", script.Connect());
    }

    [Fact]
    public void Only_the_closing_of_a_replaced_job_is_flushed()
    {
        Script reported = Script.Running(1);
        reported.Step();
        reported.Accepted();
        Assert.False(reported.Written.OfType<JournalEntry.Closed>().Single().MustLast);

        Script replaced = Script.Running(1);
        replaced.Head("j", JobExecutionStatus.Canceled);
        replaced.Step(Terminated);
        Assert.True(replaced.Written.OfType<JournalEntry.Closed>().Single().MustLast);
    }

    [Theory]
    [InlineData(0, "log JobSucceeded the step succeeded\nexit 0")]
    [InlineData(1, "log JobFailed step 1 of 1 's1' failed: exit code 1\nexit 1")]
    public void With_job_id_the_exit_code_is_the_result_of_the_job(int exitCode, string expected)
    {
        Script script = Begun(new Script(RunMode.SingleJob, "j"), 1);
        script.Accepted();
        script.Step(exitCode);
        Assert.Equal(expected, script.Accepted());
    }

    [Fact]
    public void A_job_of_an_earlier_run_finishes_before_the_job_of_job_id()
    {
        JobPlan plan = Script.Plan(s => s);
        Script before = Script.Running(plan);
        before.Step();
        Script script = before.Restart(plan, mode: RunMode.SingleJob, jobId: "named");
        script.Connect();
        script.Verified(JobExecutionStatus.InProgress, 3);
        Assert.Equal("log JobSucceeded the step succeeded\nlist", script.Accepted());
        Assert.Equal("describe named", script.Listed());
    }

    [Fact]
    public void With_once_or_job_id_the_agent_exits_if_the_journal_can_not_be_written()
    {
        Script asked = new(RunMode.Once) { DiskFault = "no space" };
        asked.Connect();
        Assert.Equal("exit 1 no job is started: no space", asked.Listed());

        Script offered = new(RunMode.Once);
        offered.Connect();
        offered.Listed();
        offered.DiskFault = "no space";
        Assert.Equal("exit 1 job j is not started: no space", offered.Offer());
    }

    [Fact]
    public void A_job_that_could_not_be_journaled_is_requested_again_on_the_next_connection()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.DiskIsSlow = true;
        Assert.Equal("", script.Offer());
        script.Disconnect();
        Assert.Equal("log JournalFault job j is not started: no space", script.DiskAnswers("no space"));
        script.DiskIsSlow = false;
        Assert.Equal("start-next", script.Connect());
    }

    [Fact]
    public void Stop_without_a_connection_lets_the_running_step_end()
    {
        Script script = Script.Running(1);
        script.Stop();
        Assert.Equal("", script.Disconnect());
        Assert.Equal("log JobInterrupted its outcome is reported at the next start\nexit 0", script.Step());
    }

    [Fact]
    public void A_lost_connection_ends_the_wait_of_a_stop_for_the_reply()
    {
        Script script = Script.Running(1);
        script.Step();
        Assert.Equal("timer 10 s", script.Stop());
        Assert.Equal("log JobInterrupted its outcome is reported at the next start\nexit 0", script.Disconnect());
    }

    [Fact]
    public void Stop_does_not_wait_for_a_journal_that_can_not_be_written()
    {
        Script script = Script.Running(1);
        script.Stop();
        script.DiskFault = "no space";
        Assert.Equal("log JobInterrupted it continues at the next start\nexit 0", script.Step());
    }

    [Fact]
    public void An_installation_that_fails_while_the_agent_stops_was_interrupted()
    {
        StepAction install = new StepAction.Install("/a.tar", "/opt/pump", "1");
        StepResult broken = new() { End = StepEnd.Returned, Code = 1, Fault = "systemctl failed" };
        Script stops = Script.Running(Script.Plan(s => s with { Action = install }));
        stops.Stop();
        Assert.Equal("log JobInterrupted it continues at the next start\nexit 0", stops.Step(broken));
        Assert.IsNotType<JournalEntry.StepEnded>(stops.Written[^1]);

        Script goesOn = Script.Running(Script.Plan(s => s with { Action = install }));
        Assert.Contains("FAILED", goesOn.Step(broken), StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_a_step_has_a_reason()
    {
        Script late = Script.Running(1);
        late.Stop();
        Assert.Equal("cancel: the agent is stopping", late.Elapsed());
        Script again = Script.Running(1);
        again.Stop();
        Assert.Equal("cancel: the agent received a second stop request", again.Stop());
    }

    [Fact]
    public void After_a_stop_the_next_attempt_runs_at_the_next_start()
    {
        Script script = Script.Running(Script.Plan(s => s with { Attempts = 2 }));
        script.Stop();
        Assert.Equal(
            "log StepRetried step 1 's1' failed 1 of 2 times; next attempt in 0 s\nlog JobInterrupted it continues at the next start\nexit 0", script.Step(1));
        Assert.Equal(new JournalEntry.AttemptFailed(0, 1), script.Written[^1]);
    }

    [Fact]
    public void The_end_of_a_step_and_what_follows_are_one_record_unless_the_agent_stops()
    {
        Script goesOn = Script.Running(2);
        goesOn.Step();
        Assert.Equal(new JournalEntry.AttemptStarted(1, 1), Assert.IsType<JournalEntry.Pair>(goesOn.Written[^1]).Second);

        Script stops = Script.Running(2);
        stops.Stop();
        stops.Step();
        Assert.IsType<JournalEntry.StepEnded>(stops.Written[^1]);

        Script ends = Script.Running(1);
        ends.Stop();
        ends.Step();
        Assert.IsType<JournalEntry.OutcomeDecided>(Assert.IsType<JournalEntry.Pair>(ends.Written[^1]).Second);
    }

    [Fact]
    public void The_journal_reserves_space_once_for_each_job()
    {
        Script script = new(RunMode.SingleJob, "j");
        script.Connect();
        script.Listed();
        script.Offer(1, status: JobExecutionStatus.Queued, version: 1, startedAt: 0);
        script.Accepted();
        Assert.Equal([new JournalEntry.Reserve()], script.Written);
    }

    private static Script Begun(Script script, int steps)
    {
        script.Connect();
        script.Listed();
        script.Offer(steps);
        return script;
    }
}
