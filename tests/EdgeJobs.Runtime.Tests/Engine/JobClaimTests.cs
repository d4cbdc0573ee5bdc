using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>How the state machine gets the next execution.</summary>
public sealed class JobClaimTests
{
    [Fact]
    public void On_a_connection_it_lists_the_pending_jobs_and_starts_the_next()
    {
        Script script = new();
        Assert.Equal("list", script.Connect());
        Assert.Equal("start-next", script.Listed());
        Assert.Equal("log Idle", script.Nothing());
        Assert.Equal("start-next", script.Head("j"));
        Assert.Equal(
            """
            log JobStarted 2 steps
            run j 1/2
            update j IN_PROGRESS v2 (step=1/2, stepName=s1)
            timer 1 s
            """,
            script.Offer());
    }

    [Theory]
    [InlineData(RejectionCode.InternalError)]
    [InlineData(RejectionCode.RequestThrottled)]
    [InlineData(RejectionCode.ResourceNotFound)]
    [InlineData(RejectionCode.InvalidRequest)]
    [InlineData(RejectionCode.Unknown)]
    public void The_list_is_only_for_the_log(RejectionCode code)
    {
        Script script = new();
        script.Connect();
        Assert.Equal("start-next", script.Listed(Script.Rejected(code)));
    }

    [Theory]
    [InlineData(ReplyStatus.TimedOut)]
    [InlineData(ReplyStatus.Undecodable)]
    [InlineData(ReplyStatus.NotConnected)]
    public void A_request_without_a_reply_is_repeated_later(ReplyStatus status)
    {
        Script script = new();
        script.Connect();
        script.Listed();
        Assert.Equal("retry 1", script.Nothing(Script.Without(status)));
        Assert.Equal("start-next", script.Elapsed());
        Assert.Equal("retry 2", script.Nothing(Script.Without(status)));
        Assert.Equal("start-next", script.Elapsed());
        Assert.Equal("log Idle", script.Nothing());
        script.Head("j");
        Assert.Equal("retry 1", script.Nothing(Script.Without(status)));
    }

    [Theory]
    [InlineData(RejectionCode.InternalError, RunMode.Forever, "retry 1")]
    [InlineData(RejectionCode.RequestThrottled, RunMode.Once, "retry 1")]
    [InlineData(RejectionCode.Unknown, RunMode.Once, "retry 1")]
    [InlineData(RejectionCode.ResourceNotFound, RunMode.Forever, "retry 1")]
    [InlineData(RejectionCode.InvalidRequest, RunMode.Forever, "retry 1")]
    [InlineData(RejectionCode.ResourceNotFound, RunMode.Once, "exit 1 the service rejects the request for work: ResourceNotFound")]
    [InlineData(RejectionCode.InvalidRequest, RunMode.Once, "exit 1 the service rejects the request for work: InvalidRequest")]
    [InlineData(RejectionCode.InvalidTopic, RunMode.Once, "exit 1 the service rejects the request for work: InvalidTopic")]
    public void A_rejected_request_for_work(RejectionCode code, object mode, string command)
    {
        Script script = new((RunMode)mode);
        script.Connect();
        script.Listed();
        Assert.Equal(command, script.Nothing(Script.Rejected(code)));
    }

    [Fact]
    public void A_policy_that_denies_the_first_request_ends_the_agent()
    {
        Script list = new();
        list.Connect();
        Assert.Equal("exit 4 Refused", list.Listed(Script.Without(ReplyStatus.Refused)));

        Script start = new();
        start.Connect();
        start.Listed(Script.Rejected(RejectionCode.InternalError));
        Assert.Equal("exit 4 Refused", start.Nothing(Script.Without(ReplyStatus.Refused)));

        Script listed = new();
        listed.Connect();
        listed.Listed();
        Assert.Equal("retry 1", listed.Nothing(Script.Without(ReplyStatus.Refused)));

        Script later = Script.Idle();
        later.Head("j");
        Assert.Equal("retry 1", later.Nothing(Script.Without(ReplyStatus.Refused)));
    }

    [Fact]
    public void A_notification_during_a_request_makes_an_empty_reply_out_of_date()
    {
        Script script = Script.Idle();
        Assert.Equal("start-next", script.Head("a"));
        Assert.Equal("", script.Head("b"));
        Assert.Equal("start-next", script.Nothing());
        Assert.Equal("log Idle", script.Nothing());
    }

    [Fact]
    public void A_notification_of_an_empty_queue_leads_to_no_request() => Assert.Equal("", Script.Idle().Head(null));

    [Fact]
    public void A_notification_does_not_shorten_a_retry_delay()
    {
        Script script = Script.Idle();
        script.Head("a");
        Assert.Equal("retry 1", script.Nothing(Script.Rejected(RejectionCode.RequestThrottled)));
        Assert.Equal("", script.Head("b"));
        Assert.Equal("start-next", script.Elapsed());
    }

    [Fact]
    public void On_a_new_connection_it_requests_work_again_without_listing()
    {
        Script script = Script.Idle();
        Assert.Equal("", script.Disconnect());
        Assert.Equal("start-next", script.Connect());
        Assert.Equal("", script.Disconnect());
        Assert.Equal("", script.Nothing());
        Assert.Equal("start-next", script.Connect());
    }

    [Fact]
    public void A_connection_lost_while_listing_lists_again()
    {
        Script script = new();
        script.Connect();
        script.Disconnect();
        Assert.Equal("list", script.Connect());
    }

    [Fact]
    public void A_list_that_could_not_be_requested_is_requested_again()
    {
        Script script = new();
        script.Connect();
        Assert.Equal("retry 1", script.Listed(Script.Without(ReplyStatus.NotConnected)));
        Assert.Equal("list", script.Elapsed());
    }

    [Fact]
    public void Once_ends_when_nothing_is_pending()
    {
        Script good = new(RunMode.Once);
        good.Connect();
        good.Listed();
        Assert.Equal("exit 0", good.Nothing());

        Script bad = new(RunMode.Once);
        bad.Connect();
        bad.Listed();
        bad.Offer(0);
        Assert.Equal("log JobRejected invalid job document: steps: missing\nstart-next", bad.Accepted());
        Assert.Equal("exit 1", bad.Nothing());
    }

    [Fact]
    public void An_invalid_document_is_rejected_and_nothing_runs()
    {
        Script script = Script.Idle();
        script.Head("j");
        Assert.Equal("update j REJECTED v2 (reason=invalid job document: steps: missing)", script.Offer(0));
        Assert.Equal("log JobRejected invalid job document: steps: missing\nstart-next", script.Accepted());
    }

    [Fact]
    public void With_job_id_the_job_is_described_claimed_and_run_alone()
    {
        Script script = new(RunMode.SingleJob, "j");
        script.Connect();
        Assert.Equal("describe j", script.Listed());
        Assert.Equal("update j IN_PROGRESS v1 (no details)", script.Offer(1, status: JobExecutionStatus.Queued, version: 1, startedAt: 0));
        Assert.Equal("", script.Head("another"));

        // The document of the claimed execution runs, even if it differs from the first description.
        Assert.Equal("describe j", script.Accepted());
        Assert.StartsWith("log JobStarted 1 step\nrun j 1/1\nupdate j IN_PROGRESS v2", script.Offer(1), StringComparison.Ordinal);
        script.Accepted();
        Assert.StartsWith("update j SUCCEEDED v3", script.Step(), StringComparison.Ordinal);
        Assert.Equal("log JobSucceeded the step succeeded\nexit 0", script.Accepted());
    }

    [Theory]
    [InlineData(RejectionCode.ResourceNotFound, "exit 1 job 'j' is not known for this thing; check --job_id and --thing_name")]
    [InlineData(RejectionCode.TerminalStateReached, "exit 1 job 'j' has already ended on this thing; create a new job to run it again")]
    [InlineData(RejectionCode.InvalidRequest, "exit 1 the service rejects the request for work: InvalidRequest")]
    [InlineData(RejectionCode.InternalError, "retry 1")]
    public void With_job_id_a_job_that_can_not_be_described(RejectionCode code, string command)
    {
        Script script = new(RunMode.SingleJob, "j");
        script.Connect();
        script.Listed();
        Assert.Equal(command, script.Nothing(Script.Rejected(code)));
    }

    [Fact]
    public void With_job_id_a_job_that_has_ended_or_does_not_exist_ends_the_agent()
    {
        Script ended = new(RunMode.SingleJob, "j");
        ended.Connect();
        ended.Listed();
        Assert.Equal("exit 1 job 'j' has already ended on this thing: SUCCEEDED", ended.Offer(status: JobExecutionStatus.Succeeded));

        Script none = new(RunMode.SingleJob, "j");
        none.Connect();
        none.Listed();
        Assert.Equal("exit 1 job 'j' is not pending for this thing", none.Nothing());
    }

    [Fact]
    public void With_job_id_a_job_that_is_cancelled_during_its_claim_does_not_run()
    {
        Script script = new(RunMode.SingleJob, "j");
        script.Connect();
        script.Listed();
        script.Offer(status: JobExecutionStatus.Queued, version: 1);
        Assert.Equal("describe j", script.Updated(Script.Rejected(RejectionCode.VersionMismatch), JobExecutionStatus.Canceled, 2));
        Assert.Equal(
            "exit 1 job 'j' has already ended on this thing; create a new job to run it again",
            script.Nothing(Script.Rejected(RejectionCode.TerminalStateReached)));
    }

    [Theory]
    [InlineData(RejectionCode.InvalidRequest, RunMode.SingleJob, "exit 1 the service rejects the request for work: InvalidRequest")]
    [InlineData(
        RejectionCode.ResourceNotFound,
        RunMode.SingleJob,
        "exit 1 job 'j' is not known for this thing; check --job_id and --thing_name")]
    [InlineData(RejectionCode.RequestThrottled, RunMode.SingleJob, "retry 1")]
    [InlineData(RejectionCode.InvalidRequest, RunMode.Forever, "retry 1")]
    public void With_job_id_a_job_that_can_not_be_claimed(RejectionCode code, object mode, string command)
    {
        Script script = new((RunMode)mode, "j");
        script.Connect();
        script.Listed();
        script.Offer(1, status: JobExecutionStatus.Queued, version: 1, startedAt: 0);
        Assert.Equal(command, script.Updated(Script.Rejected(code)).Replace("retry 2", "retry 1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_claimed_job_that_stays_QUEUED_is_requested_with_a_delay()
    {
        Script script = new(RunMode.SingleJob, "j");
        script.Connect();
        script.Listed();
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal(
                "update j IN_PROGRESS v1 (no details)",
                script.Offer(1, status: JobExecutionStatus.Queued, version: 1, startedAt: 0));
            Assert.Equal("describe j", script.Accepted());
        }

        script.Offer(1, status: JobExecutionStatus.Queued, version: 1, startedAt: 0);
        Assert.Equal("retry 4", script.Accepted());
        Assert.Equal("the service keeps describing the execution as QUEUED", script.RetryReason);
        Assert.Equal("describe j", script.Elapsed());
    }

    [Fact]
    public void After_the_poll_interval_it_requests_work()
    {
        Script script = new(pollInterval: TimeSpan.FromMinutes(60));
        Assert.Equal("poll 60 min\nlist", script.Connect());
        long poll = script.State.PollTimer;
        script.Listed();
        script.Nothing();
        Assert.Equal("poll 60 min\nstart-next", script.Play(new JobEvent.TimerElapsed(poll)));
        Assert.Equal("log Idle", script.Nothing());
        Assert.NotEqual(poll, script.State.PollTimer);

        // A poll also verifies a running job, but does not shorten a retry delay.
        script.Head("j");
        script.Offer(1);
        script.Accepted();
        Assert.Equal("poll 60 min\nverify j 1", script.Play(new JobEvent.TimerElapsed(script.State.PollTimer)));
        script.Disconnect();
        Assert.Equal("", script.Play(new JobEvent.TimerElapsed(script.State.PollTimer)));
    }

    [Fact]
    public void A_poll_does_not_shorten_a_retry_delay()
    {
        Script script = new(pollInterval: TimeSpan.FromMinutes(60));
        script.Connect();
        script.Listed();
        Assert.Equal("retry 1", script.Nothing(Script.Rejected(RejectionCode.RequestThrottled)));
        Assert.Equal("poll 60 min", script.Play(new JobEvent.TimerElapsed(script.State.PollTimer)));
    }

    [Fact]
    public void Without_a_poll_interval_only_events_lead_to_requests() => Assert.Equal(0, Script.Idle().State.PollTimer);
}
