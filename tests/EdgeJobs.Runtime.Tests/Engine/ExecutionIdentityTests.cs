using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>A job is deleted and created again with the same id: the new one never gets the outcome of the old one, and runs.</summary>
public sealed class ExecutionIdentityTests
{
    private const string Outcome = "update j SUCCEEDED v3 (reason=the step succeeded)";

    /// <summary>Descriptions of another execution: status, version, queuedAt, startedAt, executionNumber.</summary>
    public static TheoryData<JobExecutionStatus, long, long, long, long, string> Others => new()
    {
        { JobExecutionStatus.Queued, 1, Script.QueuedAt, 0, 1, "QUEUED after it was started" },
        { JobExecutionStatus.Queued, 9, Script.QueuedAt, Script.StartedAt, 1, "QUEUED after it was started" },
        { JobExecutionStatus.InProgress, 2, Script.QueuedAt, Script.StartedAt, 1, "version 2 after version 3" },
        { JobExecutionStatus.InProgress, 3, Script.QueuedAt + 1, Script.StartedAt, 1, "queued at another time" },
        { JobExecutionStatus.InProgress, 3, Script.QueuedAt - 1, Script.StartedAt, 1, "queued at another time" },
        { JobExecutionStatus.InProgress, 3, Script.QueuedAt, Script.StartedAt + 1, 1, "started at another time" },
        { JobExecutionStatus.InProgress, 3, Script.QueuedAt, Script.StartedAt, 2, "execution 2 instead of 1" },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void An_outcome_that_waited_for_the_connection_is_not_reported_for_another_execution(
        JobExecutionStatus status, long version, long queuedAt, long startedAt, long number, string difference)
    {
        Script script = Script.Running(1);
        script.Disconnect();
        script.Step();
        Assert.Equal("verify j 1", script.Connect());
        Assert.Equal(
            $"log JobLost the service has another execution of the same name: {difference}\nstart-next",
            script.Verified(status, version, number, queuedAt, startedAt));
        Assert.StartsWith("log JobStarted", script.Offer(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void An_outcome_of_an_earlier_run_is_not_reported_for_another_execution(
        JobExecutionStatus status, long version, long queuedAt, long startedAt, long number, string difference)
    {
        JobPlan plan = Script.Plan(s => s);
        Script before = Script.Running(plan);
        before.Step();
        Script script = before.Restart(plan);
        script.Connect();

        // The journal has the first version, 2.
        string expected = version == 2 ? "log JobResumed"
            : $"log JobLost the service has another execution of the same name: {difference}\nlist";
        Assert.StartsWith(expected, script.Verified(status, version, number, queuedAt, startedAt), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0, 0, 1)]
    [InlineData(3, Script.QueuedAt, Script.StartedAt, 0)]
    [InlineData(7, Script.QueuedAt, Script.StartedAt, 1)]
    public void Facts_that_the_service_omits_do_not_count_as_a_difference(long version, long queuedAt, long startedAt, long number)
    {
        Script script = Script.Running(1);
        script.Disconnect();
        script.Step();
        script.Connect();
        Assert.StartsWith(
            "update j SUCCEEDED",
            script.Verified(JobExecutionStatus.InProgress, version, number, queuedAt, startedAt),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(JobExecutionStatus.Queued, 1, "QUEUED after it was started")]
    [InlineData(JobExecutionStatus.Queued, 3, "QUEUED after it was started")]
    [InlineData(JobExecutionStatus.InProgress, 2, "version 2 after version 3")]
    [InlineData(JobExecutionStatus.Succeeded, 2, "version 2 after version 3")]
    public void A_rejection_of_another_execution_ends_the_report(JobExecutionStatus status, long version, string difference)
    {
        Script script = Script.Running(1);
        Assert.Equal(Outcome, script.Step());
        Assert.Equal(
            $"log JobLost the service has another execution of the same name: {difference}\nstart-next",
            script.Updated(Script.Rejected(RejectionCode.VersionMismatch), status, version));
    }

    [Theory]
    [InlineData(JobExecutionStatus.Queued, 100)]
    [InlineData(JobExecutionStatus.InProgress, 100)]
    [InlineData(JobExecutionStatus.Queued, 102)]
    [InlineData(JobExecutionStatus.Canceled, 102)]
    public void A_notification_of_another_execution_of_the_same_job_leads_to_a_verification(JobExecutionStatus status, long queuedAt)
    {
        // Started in the second in which it was queued: another one may have been queued in the same second.
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1, startedAt: Script.QueuedAt);
        script.Accepted();
        bool isSame = status == JobExecutionStatus.InProgress;
        Assert.Equal(isSame ? "" : "verify j 1", script.Head("j", status, queuedAt: queuedAt));
        if (!isSame)
        {
            Assert.Equal(
                "log JobLost the service has another execution of the same name: QUEUED after it was started\n"
                    + "cancel: the service has another execution of the same name: QUEUED after it was started",
                script.Verified(JobExecutionStatus.Queued, 1, startedAt: 0));
            Assert.Equal("start-next", script.Step());
        }
    }

    [Fact]
    public void A_notification_from_before_the_start_leads_to_no_request() => Assert.Equal(
        "",
        Script.Running(1).Head("j", JobExecutionStatus.Queued));

    [Fact]
    public void A_rejected_execution_is_verified_too()
    {
        Script script = Script.Idle();
        script.Head("j");
        Assert.StartsWith("update j REJECTED v2", script.Offer(0), StringComparison.Ordinal);
        script.Disconnect();
        Assert.Equal("verify j 1", script.Connect());
        Assert.StartsWith(
            "log JobLost the service has another execution",
            script.Verified(JobExecutionStatus.Queued, 1),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_outcome_that_the_service_refused_is_not_reported_for_another_execution()
    {
        Script script = Script.Running(1);
        script.Step();
        script.Updated(Script.Rejected(RejectionCode.InvalidRequest));
        script.Updated(Script.Rejected(RejectionCode.InvalidRequest));
        Assert.Equal("verify j 1", script.Elapsed());
        Assert.Equal(
            "log JobLost the service has another execution of the same name: QUEUED after it was started\nstart-next",
            script.Verified(JobExecutionStatus.Queued, 1));
        Assert.StartsWith("log JobStarted", script.Offer(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fact_that_was_unknown_at_first_is_learned_and_then_compared()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(1, startedAt: 0);
        script.Accepted();
        script.Head("k");
        script.Verified(JobExecutionStatus.InProgress, 3, startedAt: 105);
        script.Head("k");
        Assert.StartsWith("log JobLost", script.Verified(JobExecutionStatus.InProgress, 3, startedAt: 106), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 107, Script.StartedAt, Script.StartedAt, 108, Script.StartedAt)]
    [InlineData(Script.QueuedAt, 0, Script.StartedAt, Script.StartedAt, 107, Script.StartedAt)]
    [InlineData(Script.QueuedAt, Script.QueuedAt, 0, 107, Script.QueuedAt, 108)]
    [InlineData(Script.QueuedAt, Script.QueuedAt, Script.StartedAt, 0, Script.QueuedAt, 107)]
    public void A_known_time_is_kept(long queuedAtFirst, long queuedAtThen, long startedAtFirst, long startedAtThen, long queuedAt,
        long startedAt)
    {
        Script script = Script.Idle();
        script.Head("j");
        script.Offer(new ExecutionOffer(new JobKey("j", 1), JobExecutionStatus.InProgress, 2, new DocumentResult(Script.Plan(s => s)))
        {
            QueuedAt = queuedAtFirst,
            StartedAt = startedAtFirst,
        });
        script.Accepted();
        script.Head("k");
        Assert.Equal("", script.Verified(JobExecutionStatus.InProgress, 3, queuedAt: queuedAtThen, startedAt: startedAtThen));
        script.Head("k");
        Assert.StartsWith(
            "log JobLost",
            script.Verified(JobExecutionStatus.InProgress, 3, queuedAt: queuedAt, startedAt: startedAt),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_description_of_another_job_is_a_difference() => Assert.Equal(
        "another job",
        ExecutionIdentity.FindDifference(
            new ActiveJob(new JournalEntry.Claimed(new JobKey("j", 1), 2, 0, "", default)),
            new ExecutionOffer(new JobKey("k", 1), JobExecutionStatus.InProgress, 2, null)));

    [Theory]
    [InlineData("a", true)]
    [InlineData("Ab_9-z", true)]
    [InlineData("", false)]
    [InlineData("..", false)]
    [InlineData("../../../pwn/x", false)]
    [InlineData("a/b", false)]
    [InlineData("a+b", false)]
    [InlineData("$next", false)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("\u001b[2J", false)]
    [InlineData("é", false)]
    public void A_job_id_has_the_characters_that_AWS_IoT_allows(string jobId, bool isValid) => Assert.Equal(
        isValid,
        JobKey.IsValidId(jobId));

    [Fact]
    public void A_job_id_has_at_most_64_characters()
    {
        Assert.True(JobKey.IsValidId(new string('x', 64)));
        Assert.False(JobKey.IsValidId(new string('x', 65)));
    }
}
