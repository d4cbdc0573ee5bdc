using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

public sealed class ThingTests : IDisposable
{
    private readonly Cloud _cloud = new();

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public void Creating_a_thing_is_idempotent_and_rejects_other_settings()
    {
        Thing first = _cloud.Service.CreateThing("pump").Value!;
        Assert.Equal(first.Id, _cloud.Service.CreateThing("pump").Value!.Id);
        Assert.Equal(ServiceErrorKind.ResourceAlreadyExists, _cloud.Service.CreateThing("pump", "Pump").Error?.Kind);
        Assert.Equal(ServiceErrorKind.InvalidRequest, _cloud.Service.CreateThing("a b").Error?.Kind);
        Assert.Equal([Cloud.Thing, "pump"], _cloud.Service.ListThings().Items.Select(thing => thing.Name));
    }

    [Fact]
    public void Unfinished_executions_of_a_deleted_thing_are_removed()
    {
        _cloud.CreateJob("one");
        Assert.Null(_cloud.Service.DeleteThing(Cloud.Thing));
        Assert.Null(_cloud.Service.DeleteThing(Cloud.Thing));
        Assert.Equal(JobExecutionStatus.Removed, _cloud.Execution("one").Status);
        Assert.Equal(JobStatus.Completed, _cloud.JobOf("one").Status);
        Assert.Equal("get/rejected", _cloud.Send("get").Last().Kind);
    }

    [Fact]
    public void Continuous_job_follows_group_membership()
    {
        _cloud.Service.CreateThingGroup("pumps");
        Assert.Null(_cloud.Service.CreateJob(
            Cloud.Job("one") with { Targets = [JobTarget.Group("pumps")], TargetSelection = TargetSelection.Continuous }).Error);
        Assert.Empty(_cloud.Gateway.Drain());

        Assert.Null(_cloud.Service.AddThingToThingGroup("pumps", Cloud.Thing));
        Assert.Equal(["notify", "notify-next"], Cloud.Kinds(_cloud.Gateway.Drain()));
        Assert.Null(_cloud.Service.AddThingToThingGroup("pumps", Cloud.Thing));
        Assert.Empty(_cloud.Gateway.Drain());

        Assert.Null(_cloud.Service.RemoveThingFromThingGroup("pumps", Cloud.Thing));
        Assert.Equal(JobExecutionStatus.Removed, _cloud.Execution("one").Status);
        Assert.Equal(["notify", "notify-next"], Cloud.Kinds(_cloud.Gateway.Drain()));

        _cloud.Service.AddThingToThingGroup("pumps", Cloud.Thing);
        Assert.Equal((2L, JobExecutionStatus.Queued), (_cloud.Execution("one").Key.Number, _cloud.Execution("one").Status));
        Assert.Equal(JobExecutionStatus.Removed, _cloud.Execution("one", 1).Status);
    }

    [Fact]
    public void Snapshot_job_reaches_only_current_members()
    {
        _cloud.Service.CreateThing("late");
        _cloud.Service.CreateThingGroup("pumps");
        _cloud.Service.AddThingToThingGroup("pumps", Cloud.Thing);
        _cloud.Service.CreateJob(Cloud.Job("one") with { Targets = [JobTarget.Group("pumps"), JobTarget.Thing(Cloud.Thing)] });
        _cloud.Service.AddThingToThingGroup("pumps", "late");
        Assert.Equal(
            [Cloud.Thing], _cloud.Service.ListJobExecutionsForJob("one").Value!.Items.Select(execution => execution.Key.ThingName));
        _cloud.Service.RemoveThingFromThingGroup("pumps", Cloud.Thing);
        Assert.Equal(JobExecutionStatus.Queued, _cloud.Execution("one").Status);
    }

    [Fact]
    public void Unknown_members_and_groups_are_rejected()
    {
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.AddThingToThingGroup("none", Cloud.Thing)?.Kind);
        _cloud.Service.CreateThingGroup("pumps");
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.AddThingToThingGroup("pumps", "nobody")?.Kind);
        Assert.Equal(ServiceErrorKind.ResourceNotFound, _cloud.Service.DescribeThingGroup("none").Error?.Kind);
        Assert.Null(_cloud.Service.DeleteThingGroup("pumps"));
        Assert.Empty(_cloud.Service.ListThingGroups().Items);
    }

    [Fact]
    public void Unregistered_thing_is_unknown_without_auto_registration()
    {
        Received response = _cloud.Send("get", """{"clientToken":"t"}""", "stranger").Single();
        Assert.Equal("ResourceNotFound", (string?)response.Json["code"]);

        using Cloud open = new(options: new JobsServiceOptions { AutoRegisterThings = true });
        Assert.Equal("get/accepted", open.Send("get", "{}", "stranger").Single().Kind);
        Assert.Null(open.Service.DescribeThing("stranger").Error);
    }
}
