using System.Text.Json.Nodes;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Tests.Fixtures;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

/// <summary>When <c>notify</c> and <c>notify-next</c> are sent: one test per row of AWS's table.</summary>
public sealed class NotificationTests : IDisposable
{
    private readonly Cloud _cloud = new();

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public void First_execution_sends_both()
    {
        _cloud.Service.CreateJob(Cloud.Job("one", """{"a":1}"""));
        List<Received> told = _cloud.Gateway.Drain();
        Assert.Equal(["notify", "notify-next"], Cloud.Kinds(told));
        Assert.Equal("QUEUED", (string?)told[1].Json["execution"]!["status"]);
        Assert.Equal("""{"a":1}""", told[1].Json["execution"]!["jobDocument"]!.ToJsonString());
    }

    [Fact]
    public void Additional_execution_sends_only_notify()
    {
        _cloud.CreateJob("one");
        _cloud.Service.CreateJob(Cloud.Job("two"));
        Assert.Equal(["notify"], Cloud.Kinds(_cloud.Gateway.Drain()));
    }

    [Fact]
    public void Starting_the_first_execution_sends_nothing()
    {
        _cloud.CreateJob("one");
        _cloud.CreateJob("two");
        Assert.Equal(["start-next/accepted"], Cloud.Kinds(_cloud.Send("start-next")));
    }

    [Fact]
    public void Starting_the_first_execution_by_update_sends_nothing()
    {
        _cloud.CreateJob("one");
        Assert.Equal(["one/update/accepted"], _cloud.Update("one", "IN_PROGRESS"));
    }

    [Fact]
    public void Progress_sends_nothing()
    {
        _cloud.CreateJob("one");
        _cloud.Send("start-next");
        Assert.Equal(["one/update/accepted"], _cloud.Update("one", "IN_PROGRESS"));
    }

    [Fact]
    public void Execution_that_overtakes_the_first_sends_notify_next()
    {
        _cloud.CreateJob("one");
        _cloud.CreateJob("two");
        List<Received> told = _cloud.Send("two/update", """{"status":"IN_PROGRESS"}""");
        Assert.Equal(["two/update/accepted", "notify-next"], Cloud.Kinds(told));
        Assert.Equal("two", (string?)told[1].Json["execution"]!["jobId"]);
        Assert.Equal("IN_PROGRESS", (string?)told[1].Json["execution"]!["status"]);
    }

    [Fact]
    public void Second_execution_in_progress_sends_nothing()
    {
        _cloud.CreateJob("one");
        _cloud.Clock.Advance(TimeSpan.FromSeconds(1));
        _cloud.CreateJob("two");
        _cloud.Update("one", "IN_PROGRESS");
        Assert.Equal(["two/update/accepted"], _cloud.Update("two", "IN_PROGRESS"));
    }

    [Theory]
    [InlineData("SUCCEEDED")]
    [InlineData("FAILED")]
    [InlineData("REJECTED")]
    public void End_of_the_first_execution_sends_both_after_the_response(string status)
    {
        _cloud.CreateJob("one");
        _cloud.CreateJob("two");
        _cloud.Send("start-next");
        Assert.Equal(["one/update/accepted", "notify", "notify-next"], _cloud.Update("one", status));
    }

    [Fact]
    public void End_of_the_last_execution_sends_empty_lists()
    {
        _cloud.CreateJob("one");
        List<Received> told = _cloud.Send("one/update", """{"status":"SUCCEEDED"}""");
        Assert.Equal("""{"timestamp":1795400000,"jobs":{}}""", told[1].Json.ToJsonString());
        Assert.Equal("""{"timestamp":1795400000}""", told[2].Json.ToJsonString());
    }

    [Fact]
    public void End_of_a_later_execution_sends_only_notify()
    {
        _cloud.CreateJob("one");
        _cloud.CreateJob("two");
        Assert.Equal(["two/update/accepted", "notify"], _cloud.Update("two", "REJECTED"));
    }

    [Theory]
    [InlineData("one", "notify,notify-next")]
    [InlineData("two", "notify")]
    public void Cancellation_sends_notify_and_notify_next_if_the_first_changes(string jobId, string expected)
    {
        _cloud.CreateJob("one");
        _cloud.CreateJob("two");
        _cloud.Service.CancelJobExecution(Cloud.Thing, jobId);
        Assert.Equal(expected.Split(','), Cloud.Kinds(_cloud.Gateway.Drain()));
    }

    [Fact]
    public void Forced_deletion_of_the_first_execution_sends_both()
    {
        _cloud.CreateJob("one");
        _cloud.CreateJob("two");
        _cloud.Send("start-next");
        _cloud.Service.DeleteJobExecution(Cloud.Thing, "one", 1, force: true);
        Assert.Equal(["notify", "notify-next"], Cloud.Kinds(_cloud.Gateway.Drain()));
    }

    [Fact]
    public void Deletion_of_an_ended_execution_sends_nothing()
    {
        _cloud.CreateJob("one");
        _cloud.Update("one", "FAILED");
        Assert.Null(_cloud.Service.DeleteJobExecution(Cloud.Thing, "one", 1));
        Assert.Null(_cloud.Service.DeleteJob("one"));
        Assert.Empty(_cloud.Gateway.Drain());
    }

    [Fact]
    public void Rejection_sends_nothing()
    {
        _cloud.CreateJob("one");
        Assert.Equal(["none/update/rejected"], _cloud.Update("none", "SUCCEEDED"));
    }

    [Fact]
    public void List_has_at_most_ten_executions_in_progress_first()
    {
        for (int i = 0; i < 12; i++)
        {
            _cloud.CreateJob($"job-{i}");
        }

        _cloud.Update("job-11", "IN_PROGRESS");
        _cloud.Service.CreateJob(Cloud.Job("job-12"));
        JsonObject jobs = _cloud.Gateway.Drain().Single().Json["jobs"]!.AsObject();
        Assert.Equal(["job-11"], jobs["IN_PROGRESS"]!.AsArray().Select(job => (string?)job!["jobId"]));
        Assert.Equal(Enumerable.Range(0, 9).Select(i => $"job-{i}"), jobs["QUEUED"]!.AsArray().Select(job => (string?)job!["jobId"]));
    }

    [Fact]
    public void Each_thing_gets_only_its_own_notifications()
    {
        _cloud.Service.CreateThing("other");
        _cloud.CreateJob("mine");
        _cloud.Service.CreateJob(Cloud.Job("both") with { Targets = [JobTarget.Thing("other"), JobTarget.Thing(Cloud.Thing)] });
        Assert.Equal(
            [$"$aws/things/{Cloud.Thing}/jobs/notify", "$aws/things/other/jobs/notify", "$aws/things/other/jobs/notify-next"],
            _cloud.Gateway.Drain().Select(message => message.Topic));
        Assert.Equal(
            ["both/update/accepted", "notify", "notify-next"], Cloud.Kinds(_cloud.Send("both/update", """{"status":"FAILED"}""", "other")));
        Assert.Equal(EdgeJobs.Protocol.JobExecutionStatus.Queued, _cloud.Execution("both").Status);
    }
}
