using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

public sealed class JobsControlPlaneTests : IDisposable
{
    private readonly Cloud _cloud = new();

    [Theory]
    [InlineData("""{"url":"${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}"}""", "${aws:iot:s3-presigned-url:…}")]
    [InlineData("""{"url":"a ${aws:iot:s3-presigned-url-v2:https://s3.amazonaws.com/b/k} b"}""", "${aws:iot:s3-presigned-url-v2:…}")]
    [InlineData("""{"a":[{"b":"${aws:iot:parameter:size}"}]}""", "${aws:iot:parameter:…}")]
    [InlineData("""{"a":"${aws:iot:package:p:version:v:artifact:s3-presigned-url}"}""", "${aws:iot:package:…}")]
    [InlineData("""{"a":"${aws:iot:code-sign-signature:s3://r/b/k}"}""", "${aws:iot:code-sign-signature:…}")]
    [InlineData("""{"${aws:iot:parameter:name}":1}""", "${aws:iot:parameter:…}")]
    [InlineData("""{"a":"\u0024{aws:iot:parameter:size}"}""", "${aws:iot:parameter:…}")]
    [InlineData("""{"a":"\ud800${aws:iot:parameter:size}"}""", "${aws:iot:parameter:…}")]
    [InlineData("""{"a":"${aws:iot:anything"}""", "${aws:iot:anything…}")]
    public void Unresolved_placeholder_is_rejected_by_name(string document, string name)
    {
        ServiceError? error = _cloud.Service.CreateJob(Cloud.Job("p", document)).Error;
        Assert.Equal((ServiceErrorKind.InvalidRequest, true), (error?.Kind, error?.Message.Contains(name, StringComparison.Ordinal)));
        Assert.NotNull(_cloud.Service.DescribeJob("p").Error);
    }

    public void Dispose() => _cloud.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("dev:1")]
    [InlineData("$next")]
    [InlineData("get")]
    [InlineData("start-next")]
    [InlineData("notify")]
    [InlineData("notify-next")]
    public void Invalid_or_reserved_id_is_rejected(string jobId) => AssertRejected(ServiceErrorKind.InvalidRequest, Cloud.Job(jobId));

    [Fact]
    public void Id_has_at_most_64_characters()
    {
        Assert.Null(_cloud.Service.CreateJob(Cloud.Job(new string('j', 64))).Error);
        AssertRejected(ServiceErrorKind.InvalidRequest, Cloud.Job(new string('j', 65)));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("")]
    public void Document_other_than_a_json_object_is_rejected(string document) =>
        AssertRejected(ServiceErrorKind.InvalidRequest, Cloud.Job("one", document));

    [Fact]
    public void Document_has_at_most_32768_bytes()
    {
        Assert.Null(_cloud.Service.CreateJob(Cloud.Job("one", $$"""{"a":"{{new string('x', 32768 - 8)}}"}""")).Error);
        AssertRejected(ServiceErrorKind.InvalidRequest, Cloud.Job("two", $$"""{"a":"{{new string('x', 32768 - 7)}}"}"""));
    }

    [Fact]
    public void Duplicate_id_is_rejected()
    {
        _cloud.CreateJob("one");
        AssertRejected(ServiceErrorKind.ResourceAlreadyExists, Cloud.Job("one"));
    }

    [Fact]
    public void Unknown_targets_are_rejected_and_nothing_is_created()
    {
        AssertRejected(
            ServiceErrorKind.ResourceNotFound,
            Cloud.Job("one") with { Targets = [JobTarget.Thing(Cloud.Thing), JobTarget.Thing("nobody")] });
        AssertRejected(ServiceErrorKind.ResourceNotFound, Cloud.Job("one") with { Targets = [JobTarget.Group("none")] });
        AssertRejected(ServiceErrorKind.InvalidRequest, Cloud.Job("one") with { Targets = [] });
        Assert.Empty(_cloud.Service.ListJobs().Items);
        Assert.Empty(_cloud.Gateway.Drain());
    }

    [Fact]
    public void Snapshot_job_completes_with_its_last_execution()
    {
        _cloud.Service.CreateThing("other");
        _cloud.Service.CreateJob(
            Cloud.Job("one") with { Targets = [JobTarget.Thing(Cloud.Thing), JobTarget.Thing("other"), JobTarget.Thing("other")] });
        _cloud.Update("one", "SUCCEEDED");
        Assert.Equal(JobStatus.InProgress, _cloud.JobOf("one").Status);
        _cloud.Clock.Advance(TimeSpan.FromSeconds(5));
        _cloud.Send("one/update", """{"status":"FAILED"}""", "other");
        Job job = _cloud.JobOf("one");
        Assert.Equal((JobStatus.Completed, _cloud.Clock.GetUtcNow()), (job.Status, job.CompletedAt));
        JobCounts counts = _cloud.Service.CountExecutions("one");
        Assert.Equal(
            (1, 1, 0), (counts[JobExecutionStatus.Succeeded], counts[JobExecutionStatus.Failed], counts[JobExecutionStatus.Queued]));
    }

    [Fact]
    public void Continuous_job_never_completes()
    {
        _cloud.Service.CreateJob(Cloud.Job("one") with { TargetSelection = TargetSelection.Continuous });
        _cloud.Update("one", "SUCCEEDED");
        Assert.Equal(JobStatus.InProgress, _cloud.JobOf("one").Status);
    }

    [Fact]
    public void Cancellation_reaches_queued_and_with_force_in_progress_executions()
    {
        _cloud.Service.CreateThing("other");
        _cloud.Service.CreateJob(Cloud.Job("one") with { Targets = [JobTarget.Thing(Cloud.Thing), JobTarget.Thing("other")] });
        _cloud.Send("start-next");
        Assert.Null(_cloud.Service.CancelJob("one", reasonCode: "WRONG_BUILD", comment: "see notes").Error);
        Assert.Equal(JobExecutionStatus.InProgress, _cloud.Execution("one").Status);
        Assert.Equal(JobExecutionStatus.Canceled, _cloud.Service.DescribeJobExecution("other", "one").Value!.Status);
        Job job = _cloud.JobOf("one");
        Assert.Equal((JobStatus.Canceled, "WRONG_BUILD", "see notes", false), (job.Status, job.ReasonCode, job.Comment, job.ForceCanceled));

        Assert.Equal(ServiceErrorKind.InvalidRequest, _cloud.Service.CancelJob("one").Error?.Kind);
        Assert.Null(_cloud.Service.CancelJob("one", force: true).Error);
        Assert.Equal((JobExecutionStatus.Canceled, true), (_cloud.Execution("one").Status, _cloud.Execution("one").ForceCanceled));
        Assert.Equal(ServiceErrorKind.InvalidRequest, _cloud.Service.CancelJob("one", force: true).Error?.Kind);
    }

    [Fact]
    public void Execution_of_a_canceled_job_can_still_succeed()
    {
        _cloud.CreateJob("one");
        _cloud.Send("start-next");
        _cloud.Service.CancelJob("one");
        Assert.Equal("one/update/accepted", _cloud.Update("one", "SUCCEEDED")[0]);
        Assert.Equal(JobStatus.Canceled, _cloud.JobOf("one").Status);
    }

    [Theory]
    [InlineData("lower", null)]
    [InlineData("WITH SPACE", null)]
    public void Invalid_reason_is_rejected(string reasonCode, string? comment)
    {
        _cloud.CreateJob("one");
        Assert.Equal(
            ServiceErrorKind.InvalidRequest, _cloud.Service.CancelJob("one", reasonCode: reasonCode, comment: comment).Error?.Kind);
    }

    [Fact]
    public void Canceling_an_execution_checks_version_and_state()
    {
        _cloud.CreateJob("one");
        Assert.Equal(
            ServiceErrorKind.VersionConflict, _cloud.Service.CancelJobExecution(Cloud.Thing, "one", expectedVersion: 7).Error?.Kind);
        _cloud.Send("start-next");
        Assert.Equal(ServiceErrorKind.InvalidStateTransition, _cloud.Service.CancelJobExecution(Cloud.Thing, "one").Error?.Kind);
        Execution canceled = _cloud.Service.CancelJobExecution(
            Cloud.Thing, "one", force: true, expectedVersion: 2, new ValueMap<string>(KeyValuePair.Create("by", "operator"))).Value!;
        Assert.Equal((JobExecutionStatus.Canceled, 3, "operator"), (canceled.Status, canceled.Version, canceled.StatusDetails["by"]));
        Assert.Equal(
            ServiceErrorKind.InvalidStateTransition, _cloud.Service.CancelJobExecution(Cloud.Thing, "one", force: true).Error?.Kind);
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.CancelJobExecution(Cloud.Thing, "none").Error?.Kind);
        Assert.Equal(JobStatus.Completed, _cloud.JobOf("one").Status);
    }

    [Fact]
    public void Deleting_a_job_in_progress_requires_force_and_frees_its_id()
    {
        _cloud.CreateJob("one");
        Assert.Equal(ServiceErrorKind.InvalidStateTransition, _cloud.Service.DeleteJob("one")?.Kind);
        Assert.Null(_cloud.Service.DeleteJob("one", force: true));
        Assert.Equal(["notify", "notify-next"], Cloud.Kinds(_cloud.Gateway.Drain()));
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.DescribeJobExecution(Cloud.Thing, "one").Error?.Kind);
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.DeleteJob("one")?.Kind);
        _cloud.CreateJob("one");
        Assert.Equal(1, _cloud.Execution("one").Key.Number);
    }

    [Fact]
    public void Deleting_an_execution_in_progress_requires_force()
    {
        _cloud.CreateJob("one");
        _cloud.Send("start-next");
        Assert.Equal(ServiceErrorKind.InvalidStateTransition, _cloud.Service.DeleteJobExecution(Cloud.Thing, "one", 1)?.Kind);
        Assert.Null(_cloud.Service.DeleteJobExecution(Cloud.Thing, "one", 1, force: true));
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.DeleteJobExecution(Cloud.Thing, "one", 1)?.Kind);
        Assert.Equal(JobStatus.Completed, _cloud.JobOf("one").Status);
    }

    [Fact]
    public void Lists_are_paged_newest_first()
    {
        for (int i = 0; i < 5; i++)
        {
            _cloud.CreateJob($"job-{i}");
        }

        Page<Job> first = _cloud.Service.ListJobs(maxResults: 3);
        Assert.Equal(["job-4", "job-3", "job-2"], first.Items.Select(job => job.Id));
        // Creating and deleting jobs between two pages moves no other job.
        _cloud.CreateJob("job-5");
        _cloud.Service.DeleteJob("job-2", force: true);
        Page<Job> second = _cloud.Service.ListJobs(maxResults: 3, nextToken: first.NextToken);
        Assert.Equal(["job-1", "job-0"], second.Items.Select(job => job.Id));
        Assert.Null(second.NextToken);
        Assert.Empty(_cloud.Service.ListJobs(JobStatus.Completed).Items);
        Assert.Equal(5, _cloud.Service.ListJobExecutionsForThing(Cloud.Thing).Value!.Items.Count);
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.ListJobExecutionsForThing("nobody").Error?.Kind);
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.ListJobExecutionsForJob("none").Error?.Kind);
    }

    private void AssertRejected(ServiceErrorKind kind, CreateJobRequest request) =>
        Assert.Equal(kind, _cloud.Service.CreateJob(request).Error?.Kind);
}
