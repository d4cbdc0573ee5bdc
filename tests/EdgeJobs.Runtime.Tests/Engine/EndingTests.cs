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
    public void A_job_that_is_lost_is_lost_once_and_counts_as_failed()
    {
        Script script = Begun(new Script(RunMode.Once), 1);
        script.Accepted();
        Assert.StartsWith("tell JobLost the service has set it to CANCELED\ncancel: ", script.Head("j", JobExecutionStatus.Canceled), StringComparison.Ordinal);
        Assert.Equal("", script.Head("j", JobExecutionStatus.Canceled));
        Assert.Equal("start-next", script.Step(Terminated));
        Assert.Equal("exit 1", script.Nothing());

        Script reported = Begun(new Script(RunMode.Once), 1);
        reported.Accepted();
        reported.Step();
        Assert.Equal("tell JobLost TerminalStateReached\nstart-next", reported.Updated(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal("exit 1", reported.Nothing());
    }

    [Fact]
    public void A_job_that_ends_without_a_connection_leaves_the_next_question_to_the_next_connection()
    {
        Script script = Script.Running(1);
        script.Head("j", JobExecutionStatus.Canceled);
        script.Disconnect();
        Assert.Equal("", script.Step(Terminated));
        Assert.IsType<JournalEntry.Closed>(script.Written[^1]);
        Assert.Equal("start-next", script.Connect());
    }

    [Fact]
    public void Only_the_end_of_a_job_that_was_replaced_must_be_on_the_disk()
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
    [InlineData(0, "tell JobSucceeded the step succeeded\nexit 0")]
    [InlineData(1, "tell JobFailed step 1 of 1 's1' failed: exit code 1\nexit 1")]
    public void The_exit_code_of_one_job_says_how_it_ended(int exitCode, string expected)
    {
        Script script = Begun(new Script(RunMode.SingleJob, "j"), 1);
        script.Accepted();
        script.Step(exitCode);
        Assert.Equal(expected, script.Accepted());
    }

    [Fact]
    public void A_job_of_an_earlier_run_comes_before_the_one_that_is_named()
    {
        JobPlan plan = Script.Plan(s => s);
        Script before = Script.Running(plan);
        before.Step();
        Script script = before.Restart(plan, mode: RunMode.SingleJob, jobId: "named");
        script.Connect();
        script.Verified(JobExecutionStatus.InProgress, 3);
        Assert.Equal("tell JobSucceeded the step succeeded\nlist", script.Accepted());
        Assert.Equal("describe named", script.Listed());
    }

    [Fact]
    public void An_agent_that_is_to_end_does_so_when_the_journal_can_not_be_written()
    {
        Script asked = new(RunMode.Once) { DiskFault = "no space" };
        asked.Connect();
        Assert.Equal("exit 1 no job is taken on: no space", asked.Listed());

        Script offered = new(RunMode.Once);
        offered.Connect();
        offered.Listed();
        offered.DiskFault = "no space";
        Assert.Equal("exit 1 job j is not begun: no space", offered.Offer());
    }

    [Fact]
    public void A_job_that_the_journal_does_not_take_is_asked_for_again_at_the_next_connection()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.DiskIsSlow = true;
        Assert.Equal("", script.Offer());
        script.Disconnect();
        Assert.Equal("tell JournalFault job j is not begun: no space", script.DiskAnswers("no space"));
        script.DiskIsSlow = false;
        Assert.Equal("start-next", script.Connect());
    }

    [Fact]
    public void Stop_without_a_connection_lets_the_running_step_end()
    {
        Script script = Script.Running(1);
        script.Stop();
        Assert.Equal("", script.Disconnect());
        Assert.Equal("tell JobInterrupted its outcome is reported at the next start\nexit 0", script.Step());
    }

    [Fact]
    public void A_report_that_waits_for_its_answer_holds_a_stop_no_longer_than_the_connection()
    {
        Script script = Script.Running(1);
        script.Step();
        Assert.Equal("timer 10 s", script.Stop());
        Assert.Equal("tell JobInterrupted its outcome is reported at the next start\nexit 0", script.Disconnect());
    }

    [Fact]
    public void Stop_does_not_wait_for_a_journal_that_can_not_be_written()
    {
        Script script = Script.Running(1);
        script.Stop();
        script.DiskFault = "no space";
        Assert.Equal("tell JobInterrupted it goes on at the next start\nexit 0", script.Step());
    }

    [Fact]
    public void Why_a_step_is_cancelled_is_said()
    {
        Script late = Script.Running(1);
        late.Stop();
        Assert.Equal("cancel: the agent stops", late.Elapsed());
        Script again = Script.Running(1);
        again.Stop();
        Assert.Equal("cancel: the agent was asked to stop once more", again.Stop());
    }

    [Fact]
    public void Stop_leaves_the_next_attempt_to_the_next_start()
    {
        Script script = Script.Running(Script.Plan(s => s with { Attempts = 2 }));
        script.Stop();
        Assert.Equal(
            "tell StepRetried step 1 's1' failed 1 of 2 times; next attempt in 0 s\ntell JobInterrupted it goes on at the next start\nexit 0", script.Step(1));
        Assert.Equal(new JournalEntry.AttemptFailed(0, 1), script.Written[^1]);
    }

    [Fact]
    public void What_follows_a_step_is_one_record_with_its_end_unless_it_does_not_happen()
    {
        Script goesOn = Script.Running(2);
        goesOn.Step();
        Assert.Equal(new JournalEntry.Began(1, 1), Assert.IsType<JournalEntry.Both>(goesOn.Written[^1]).Second);

        Script stops = Script.Running(2);
        stops.Stop();
        stops.Step();
        Assert.IsType<JournalEntry.Ended>(stops.Written[^1]);

        Script ends = Script.Running(1);
        ends.Stop();
        ends.Step();
        Assert.IsType<JournalEntry.Decided>(Assert.IsType<JournalEntry.Both>(ends.Written[^1]).Second);
    }

    [Fact]
    public void Room_in_the_journal_is_made_once_for_each_job()
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
