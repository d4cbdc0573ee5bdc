using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>How the state machine reports an outcome, for each kind of reply.</summary>
public sealed class StatusReportingTests
{
    private const string Outcome = "update j SUCCEEDED v3 (reason=the step succeeded)";
    private const string Done = "log JobSucceeded the step succeeded\nstart-next";

    [Theory]
    [InlineData(ReplyStatus.TimedOut)]
    [InlineData(ReplyStatus.NotConnected)]
    [InlineData(ReplyStatus.Refused)]
    public void An_outcome_without_a_reply_is_sent_again(ReplyStatus status)
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
    public void A_temporary_rejection_is_retried_later(RejectionCode code)
    {
        Script script = Reporting();
        Assert.Equal("retry 1", script.Updated(Script.Rejected(code)));
        Assert.Equal(Outcome, script.Elapsed());
    }

    [Theory]
    [InlineData(RejectionCode.VersionMismatch)]
    [InlineData(RejectionCode.InvalidStateTransition)]
    public void The_next_attempt_detects_a_lost_reply(RejectionCode code)
    {
        Script script = Reporting();
        script.Updated(Script.Without(ReplyStatus.TimedOut));
        script.Elapsed();
        Assert.Equal(Done, script.Updated(Script.Rejected(code), JobExecutionStatus.Succeeded, 4));
    }

    [Theory]
    [InlineData(RejectionCode.VersionMismatch)]
    [InlineData(RejectionCode.InvalidStateTransition)]
    public void An_execution_that_the_service_ended_is_finished(RejectionCode code)
    {
        Assert.Equal(
            "log JobLost the service set it to TIMED_OUT\nstart-next",
            Reporting().Updated(Script.Rejected(code), JobExecutionStatus.TimedOut, 4));
    }

    [Theory]
    [InlineData(RejectionCode.ResourceNotFound)]
    [InlineData(RejectionCode.TerminalStateReached)]
    public void A_deleted_execution_is_finished(RejectionCode code)
    {
        Assert.Equal($"log JobLost {code}\nstart-next", Reporting().Updated(Script.Rejected(code)));

        // Unless it was sent before: then it has probably ended the execution.
        Script told = Reporting();
        told.Updated(Script.Without(ReplyStatus.TimedOut));
        told.Elapsed();
        Assert.Equal(Done, told.Updated(Script.Rejected(code)));
    }

    [Fact]
    public void A_version_mismatch_is_verified_at_once_and_later_with_delays()
    {
        Script script = Reporting();
        for (int version = 8; version <= 10; version++)
        {
            Assert.Equal(
                "verify j 1",
                script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.InProgress, version));
            Assert.Equal(
                $"update j SUCCEEDED v{version} (reason=the step succeeded)",
                script.Verified(JobExecutionStatus.InProgress, version));
        }

        Assert.Equal("retry 5", script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.InProgress, 11));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal("update j SUCCEEDED v11 (reason=the step succeeded)", script.Verified(JobExecutionStatus.InProgress, 11));
    }

    [Fact]
    public void An_unreadable_reply_leads_to_a_verification()
    {
        Script script = Reporting();
        Assert.Equal("retry 1", script.Updated(Script.Without(ReplyStatus.Undecodable)));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal(Outcome, script.Verified(Script.Without(ReplyStatus.Undecodable)));

        // The reply does not even say how the execution ended: it has ended, and the queue continues.
        Assert.Equal("retry 2", script.Updated(Script.Without(ReplyStatus.Undecodable)));
        script.Elapsed();
        Assert.Equal(Outcome, script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal(Done, script.Updated(Script.Without(ReplyStatus.Undecodable)));
    }

    [Fact]
    public void How_an_execution_ended_is_requested_until_a_reply_says_it()
    {
        Script script = Reporting();
        script.Disconnect();
        script.Connect();

        // During the first description, a notification requests another one.
        script.Head(null);
        Assert.Equal(Outcome, script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        script.Head(null);
        Assert.Equal("retry 1", script.Updated(Script.Without(ReplyStatus.TimedOut)));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal(Outcome, script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal(
            "log JobLost the service set it to REMOVED\nstart-next",
            script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition), JobExecutionStatus.Removed, 4));
    }

    [Fact]
    public void A_mismatch_without_a_state_leads_to_a_verification()
    {
        Script script = Reporting();
        Assert.Equal("verify j 1", script.Updated(Script.Rejected(RejectionCode.VersionMismatch)));
        Assert.Equal("update j SUCCEEDED v6 (reason=the step succeeded)", script.Verified(JobExecutionStatus.InProgress, 6));
        Assert.Equal("verify j 1", script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition)));
        Assert.Equal(
            "update j SUCCEEDED v6 (reason=the step succeeded)",
            script.Verified(Script.Rejected(RejectionCode.TerminalStateReached)));
        Assert.Equal(
            "log JobLost the service set it to TIMED_OUT\nstart-next",
            script.Updated(Script.Rejected(RejectionCode.InvalidStateTransition), JobExecutionStatus.TimedOut, 7));
    }

    [Fact]
    public void After_a_reconnection_the_report_follows_the_verification()
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
    public void Details_that_the_service_rejects_are_omitted(RejectionCode code)
    {
        Script script = Reporting();
        Assert.Equal($"log ReportRefused {code}\nupdate j SUCCEEDED v3 (no details)", script.Updated(Script.Rejected(code)));
        Assert.Equal(Done, script.Accepted());
    }

    [Fact]
    public void An_outcome_that_the_service_always_rejects_is_retried_and_the_job_does_not_run_again()
    {
        Script script = Reporting();
        script.Updated(Script.Without(ReplyStatus.Invalid));
        Assert.Equal("log ReportRefused InvalidRequest\nretry 1", script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal("update j SUCCEEDED v5 (no details)", script.Verified(JobExecutionStatus.InProgress, 5));
        Assert.Equal("log ReportRefused InvalidRequest\nretry 2", script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal("update j SUCCEEDED v5 (no details)", script.Verified(JobExecutionStatus.InProgress, 5));
        Assert.Equal(Done, script.Accepted());
        Assert.StartsWith("log JobStarted", script.Offer(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_outcome_that_the_service_always_rejects_ends_the_agent_with_once_or_job_id()
    {
        Script script = new(RunMode.Once);
        script.Connect();
        script.Listed();
        script.Offer(1);
        script.Accepted();
        script.Step();
        script.Updated(Script.Rejected(RejectionCode.InvalidRequest));
        Assert.Equal(
            "log ReportRefused InvalidRequest\nexit 1 InvalidRequest",
            script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
    }

    [Fact]
    public void Rejected_progress_does_not_delay_the_job()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        Assert.Equal("log ReportRefused InvalidRequest", script.Updated(Script.Rejected(RejectionCode.InvalidRequest)));
        Assert.Equal("update j SUCCEEDED v2 (reason=the step succeeded)", script.Step());
    }

    [Fact]
    public void Progress_of_an_ended_execution_stops_the_step()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        Assert.Equal(
            "log JobLost the service set it to CANCELED\ncancel: the service set it to CANCELED",
            script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.Canceled, 3));
        Assert.Equal("start-next", script.Step());
    }

    [Fact]
    public void Progress_without_a_reply_does_not_delay_the_outcome()
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
    public void The_version_in_a_reply_wins_over_the_expected_one()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1);
        script.Updated(RequestResult.Accepted, JobExecutionStatus.InProgress, 17);
        Assert.Equal("update j SUCCEEDED v17 (reason=the step succeeded)", script.Step());
    }

    /// <summary>The only step has succeeded and the outcome is in flight, at version 3.</summary>
    private static Script Reporting()
    {
        Script script = Script.Running(1);
        Assert.Equal(Outcome, script.Step());
        return script;
    }
}
