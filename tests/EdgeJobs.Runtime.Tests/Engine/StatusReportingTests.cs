using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>How the state machine gets an outcome to the service, whatever the answer.</summary>
public sealed class StatusReportingTests
{
    private const string Outcome = "update j SUCCEEDED v3 (reason=the step succeeded)";
    private const string Done = "tell JobSucceeded the step succeeded\nstart-next";

    [Theory]
    [InlineData(ReplyStatus.TimedOut)]
    [InlineData(ReplyStatus.NotConnected)]
    [InlineData(ReplyStatus.Refused)]
    public void Without_an_answer_it_is_sent_again(ReplyStatus status)
    {
        Script script = Reporting();
        Assert.Equal("retry 1", script.Updated(Script.Without(status)));
        Assert.Equal(Outcome, script.Elapsed());
        Assert.Equal("retry 2", script.Updated(Script.Without(status)));
        Assert.Equal(Outcome, script.Elapsed());
        Assert.Equal(Done, script.Accepted());
    }

    [Theory]
    [InlineData(RejectionCode.RequestThrottled)]
    [InlineData(RejectionCode.InternalError)]
    [InlineData(RejectionCode.Unknown)]
    public void A_rejection_that_may_pass_is_waited_out(RejectionCode code)
    {
        Script script = Reporting();
        Assert.Equal("retry 1", script.Updated(Script.Rejected(code)));
        Assert.Equal(Outcome, script.Elapsed());
    }

    [Theory]
    [InlineData(RejectionCode.VersionMismatch)]
    [InlineData(RejectionCode.InvalidStateTransition)]
    public void An_answer_that_was_lost_is_recognised_at_the_next_attempt(RejectionCode code)
    {
        Script script = Reporting();
        script.Updated(Script.Without(ReplyStatus.TimedOut));
        script.Elapsed();
        Assert.Equal(Done, script.Updated(Script.Rejected(code), JobExecutionStatus.Succeeded, 4));
    }

    [Theory]
    [InlineData(RejectionCode.VersionMismatch)]
    [InlineData(RejectionCode.InvalidStateTransition)]
    public void An_execution_that_the_service_has_ended_is_over(RejectionCode code)
    {
        Assert.Equal(
            "tell JobLost the service has set it to TIMED_OUT\nstart-next",
            Reporting().Updated(Script.Rejected(code), JobExecutionStatus.TimedOut, 4));
    }

    [Theory]
    [InlineData(RejectionCode.ResourceNotFound)]
    [InlineData(RejectionCode.TerminalStateReached)]
    public void An_execution_that_is_gone_is_over(RejectionCode code)
    {
        Assert.Equal($"tell JobLost {code}\nstart-next", Reporting().Updated(Script.Rejected(code)));

        // Unless it was told before: then it is most likely that which has ended it.
        Script told = Reporting();
        told.Updated(Script.Without(ReplyStatus.TimedOut));
        told.Elapsed();
        Assert.Equal(Done, told.Updated(Script.Rejected(code)));
    }

    [Fact]
    public void Another_version_is_looked_into_at_once_and_then_with_patience()
    {
        Script script = Reporting();
        for (int version = 8; version <= 10; version++)
        {
            Assert.Equal("verify j 1", script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.InProgress, version));
            Assert.Equal($"update j SUCCEEDED v{version} (reason=the step succeeded)", script.Verified(JobExecutionStatus.InProgress, version));
        }

        Assert.Equal("retry 5", script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.InProgress, 11));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal("update j SUCCEEDED v11 (reason=the step succeeded)", script.Verified(JobExecutionStatus.InProgress, 11));
    }

    [Fact]
    public void An_answer_that_can_not_be_read_is_looked_into()
    {
        Script script = Reporting();
        Assert.Equal("retry 1", script.Updated(Script.Without(ReplyStatus.Undecodable)));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal(Outcome, script.Verified(Script.Without(ReplyStatus.Undecodable)));

        // Not even how the execution has ended can be read: it has ended, and the queue goes on.
        Assert.Equal("retry 2", script.Updated(Script.Without(ReplyStatus.Undecodable)));
        script.Elapsed();
        Assert.Equal(Outcome, script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal(Done, script.Updated(Script.Without(ReplyStatus.Undecodable)));
    }

    [Fact]
    public void How_an_execution_has_ended_is_asked_however_often_a_description_does_not_say()
    {
        Script script = Reporting();
        script.Disconnect();
        script.Connect();

        // While the first description is under way, a notification asks for another one.
        script.Head(null);
        Assert.Equal(Outcome, script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        script.Head(null);
        Assert.Equal("retry 1", script.Updated(Script.Without(ReplyStatus.TimedOut)));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal(Outcome, script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal(
            "tell JobLost the service has set it to REMOVED\nstart-next",
            script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition), JobExecutionStatus.Removed, 4));
    }

    [Fact]
    public void A_mismatch_without_state_is_looked_into()
    {
        Script script = Reporting();
        Assert.Equal("verify j 1", script.Updated(Script.Rejected(RejectionCode.VersionMismatch)));
        Assert.Equal("update j SUCCEEDED v6 (reason=the step succeeded)", script.Verified(JobExecutionStatus.InProgress, 6));
        Assert.Equal("verify j 1", script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition)));
        Assert.Equal("update j SUCCEEDED v6 (reason=the step succeeded)", script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal(
            "tell JobLost the service has set it to TIMED_OUT\nstart-next",
            script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition), JobExecutionStatus.TimedOut, 7));
    }

    [Fact]
    public void A_connection_that_comes_back_brings_the_report_once_the_execution_is_known_to_be_the_same()
    {
        Script script = Reporting();
        Assert.Equal("", script.Disconnect());
        Assert.Equal("", script.Accepted());
        Assert.Equal("verify j 1", script.Connect());
        Assert.Equal(Outcome, script.Verified(JobExecutionStatus.InProgress, 3));
        script.Updated(Script.Without(ReplyStatus.TimedOut));
        script.Disconnect();
        Assert.Equal("verify j 1", script.Connect());
        Assert.Equal(Outcome, script.Verified(JobExecutionStatus.InProgress, 3));
        Assert.Equal(Done, script.Accepted());
    }

    [Fact]
    public void An_outcome_that_was_lost_with_the_connection_may_be_known()
    {
        Script script = Reporting();
        script.Disconnect();
        script.Connect();
        Assert.Equal(Outcome, script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal(Done, script.Updated(Script.Rejected(RejectionCode.TerminalStateReached)));
    }

    [Theory]
    [InlineData(RejectionCode.InvalidRequest)]
    [InlineData(RejectionCode.InvalidJson)]
    [InlineData(RejectionCode.InvalidTopic)]
    public void Details_that_the_service_does_not_take_are_left_out(RejectionCode code)
    {
        Script script = Reporting();
        Assert.Equal($"tell ReportRefused {code}\nupdate j SUCCEEDED v3 (no details)", script.Updated(Script.Rejected(code)));
        Assert.Equal(Done, script.Accepted());
    }

    [Fact]
    public void An_outcome_that_the_service_never_takes_is_told_again_and_the_job_not_run_again()
    {
        Script script = Reporting();
        script.Updated(Script.Without(ReplyStatus.Invalid));
        Assert.Equal("tell ReportRefused InvalidRequest\nretry 1", script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal("update j SUCCEEDED v5 (no details)", script.Verified(JobExecutionStatus.InProgress, 5));
        Assert.Equal("tell ReportRefused InvalidRequest\nretry 2", script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal("update j SUCCEEDED v5 (no details)", script.Verified(JobExecutionStatus.InProgress, 5));
        Assert.Equal(Done, script.Accepted());
        Assert.StartsWith("tell JobStarted", script.Offer(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_outcome_that_the_service_never_takes_ends_an_agent_that_is_to_end()
    {
        Script script = new(RunMode.Once);
        script.Connect();
        script.Listed();
        script.Offer(1);
        script.Accepted();
        script.Step();
        script.Updated(Script.Rejected(RejectionCode.InvalidRequest));
        Assert.Equal("tell ReportRefused InvalidRequest\nexit 1 InvalidRequest", script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
    }

    [Fact]
    public void Progress_that_is_rejected_does_not_hold_the_job()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        Assert.Equal("tell ReportRefused InvalidRequest", script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
        Assert.Equal("update j SUCCEEDED v2 (reason=the step succeeded)", script.Step());
    }

    [Fact]
    public void Progress_that_meets_an_ended_execution_stops_the_step()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        Assert.Equal(
            "tell JobLost the service has set it to CANCELED\ncancel: the service has set it to CANCELED",
            script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.Canceled, 3));
        Assert.Equal("start-next", script.Step());
    }

    [Fact]
    public void Progress_without_an_answer_does_not_hold_the_outcome()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        script.Step();
        Assert.Equal("retry 1", script.Updated(Script.Without(ReplyStatus.TimedOut)));
        Assert.Equal("update j SUCCEEDED v2 (reason=the step succeeded)", script.Elapsed());
        Assert.Equal("verify j 1", script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.InProgress, 3));
        Assert.Equal(Outcome, script.Verified(JobExecutionStatus.InProgress, 3));
    }

    [Fact]
    public void A_version_in_the_answer_counts_more_than_counting()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        script.Updated(StateMachineAnswer(), JobExecutionStatus.InProgress, 17);
        Assert.Equal("update j SUCCEEDED v17 (reason=the step succeeded)", script.Step());
    }

    private static EdgeJobs.Runtime.Engine.Answer StateMachineAnswer() => EdgeJobs.Runtime.Engine.Answer.Accepted;

    /// <summary>The one step has succeeded and the outcome is under way, at version 3.</summary>
    private static Script Reporting()
    {
        Script script = Script.Running(1);
        Assert.Equal(Outcome, script.Step());
        return script;
    }
}
