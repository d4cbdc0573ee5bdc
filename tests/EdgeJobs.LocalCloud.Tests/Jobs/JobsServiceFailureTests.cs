using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

/// <summary>A store that fails: nothing changes, and the requester gets an error.</summary>
public sealed class JobsServiceFailureTests : IDisposable
{
    private readonly FailingStore _store = new();
    private readonly Cloud _cloud;

    public JobsServiceFailureTests() => _cloud = new Cloud(_store);

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public void Change_that_is_not_stored_has_no_effect()
    {
        _cloud.CreateJob("one");
        _store.Fails = true;
        Received response = _cloud.Send("one/update", """{"clientToken":"t","status":"SUCCEEDED"}""").Single();
        Assert.Equal(("one/update/rejected", "InternalError", "t"), (
            response.Kind, (string?)response.Json["code"], (string?)response.Json["clientToken"]));
        Assert.Equal(JobExecutionStatus.Queued, _cloud.Execution("one").Status);
        Assert.Equal(ServiceErrorKind.InternalFailure, _cloud.Service.CreateJob(Cloud.Job("two")).Error?.Kind);
        Assert.Equal(ServiceErrorKind.InternalFailure, _cloud.Service.DeleteJob("one", force: true)?.Kind);

        _store.Fails = false;
        Assert.Equal(["one/update/accepted", "notify", "notify-next"], _cloud.Update("one", "SUCCEEDED"));
    }

    [Fact]
    public void Time_out_that_could_not_be_stored_is_retried()
    {
        _cloud.CreateJob("one", timeoutInMinutes: 1);
        _cloud.Send("start-next");
        _store.Fails = true;
        _cloud.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(_cloud.Gateway.Drain());
        _store.Fails = false;
        _cloud.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["notify", "notify-next"], Cloud.Kinds(_cloud.Gateway.Drain()));
    }

    private sealed class FailingStore : IJobStore
    {
        public bool Fails { get; set; }

        public IEnumerable<StateChange> Load() => [];

        public void Save(IReadOnlyList<StateChange> changes)
        {
            if (Fails)
            {
                throw new StoreException("the disk is full");
            }
        }
    }
}
