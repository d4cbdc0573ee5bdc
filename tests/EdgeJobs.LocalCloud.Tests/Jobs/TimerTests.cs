using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Tests.Jobs;

/// <summary>The job's time limit and the step timer, on a manual clock.</summary>
public sealed class TimerTests : IDisposable
{
    private readonly Cloud _cloud = new();

    public void Dispose() => _cloud.Dispose();

    [Fact]
    public void Queued_execution_never_times_out()
    {
        _cloud.CreateJob("one", timeoutInMinutes: 1);
        _cloud.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(JobExecutionStatus.Queued, _cloud.Execution("one").Status);
    }

    [Fact]
    public void Time_limit_ends_an_execution_and_completes_the_job()
    {
        _cloud.CreateJob("one", timeoutInMinutes: 20);
        _cloud.Send("start-next");
        _cloud.Clock.Advance(TimeSpan.FromMinutes(20) - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_cloud.Gateway.Drain());
        _cloud.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["notify", "notify-next"], Cloud.Kinds(_cloud.Gateway.Drain()));
        Execution ended = _cloud.Execution("one");
        Assert.Equal((JobExecutionStatus.TimedOut, 3), (ended.Status, ended.Version));
        Assert.Equal(JobStatus.Completed, _cloud.JobOf("one").Status);
    }

    [Fact]
    public void Documented_example_of_a_step_timer()
    {
        // In progress at 12:00 with 20 minutes; 7 at 12:05, 5 at 12:10, 9 at 12:13, which the time limit cuts to 12:20.
        DateTimeOffset noon = _cloud.Clock.GetUtcNow();
        _cloud.CreateJob("one", timeoutInMinutes: 20);
        _cloud.Send("start-next");
        Assert.Equal(noon.AddMinutes(20), _cloud.Execution("one").Deadline);
        StepAt(5, 7, expectedEnd: 12);
        StepAt(10, 5, expectedEnd: 15);
        StepAt(13, 9, expectedEnd: 20);
        _cloud.Clock.SetTo(noon.AddMinutes(20));
        Assert.Equal(JobExecutionStatus.TimedOut, _cloud.Execution("one").Status);

        void StepAt(int minute, int timer, int expectedEnd)
        {
            _cloud.Clock.SetTo(noon.AddMinutes(minute));
            List<Received> response = _cloud.Send("one/update", $$"""{"status":"IN_PROGRESS","stepTimeoutInMinutes":{{timer}}}""");
            Assert.Equal("one/update/accepted", response.Single().Kind);
            Assert.Equal(noon.AddMinutes(expectedEnd), _cloud.Execution("one").Deadline);
        }
    }

    [Fact]
    public void Update_without_a_timer_keeps_it_running()
    {
        _cloud.CreateJob("one");
        _cloud.Send("start-next", """{"stepTimeoutInMinutes":10}""");
        _cloud.Clock.Advance(TimeSpan.FromMinutes(9));
        _cloud.Update("one", "IN_PROGRESS");
        _cloud.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(JobExecutionStatus.TimedOut, _cloud.Execution("one").Status);
    }

    [Fact]
    public void Minus_one_stops_the_step_timer_but_not_the_time_limit()
    {
        _cloud.CreateJob("one", timeoutInMinutes: 60);
        _cloud.Send("start-next", """{"stepTimeoutInMinutes":10}""");
        _cloud.Send("one/update", """{"status":"IN_PROGRESS","stepTimeoutInMinutes":-1}""");
        _cloud.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(JobExecutionStatus.InProgress, _cloud.Execution("one").Status);
        _cloud.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(JobExecutionStatus.TimedOut, _cloud.Execution("one").Status);
    }

    [Fact]
    public void Repeated_start_next_changes_only_the_timer()
    {
        _cloud.CreateJob("one");
        _cloud.Send("start-next", """{"statusDetails":{"a":"b"}}""");
        Execution before = _cloud.Execution("one");
        _cloud.Clock.Advance(TimeSpan.FromMinutes(1));
        Received response = _cloud.Send("start-next", """{"statusDetails":{"c":"d"},"stepTimeoutInMinutes":5}""").Single();
        Assert.Equal(300, (long)response.Json["execution"]!["approximateSecondsBeforeTimedOut"]!);
        Assert.Equal(before with { StepDeadline = _cloud.Clock.GetUtcNow().AddMinutes(5) }, _cloud.Execution("one"));
    }

    [Fact]
    public void End_of_the_execution_stops_the_timers()
    {
        _cloud.CreateJob("one", timeoutInMinutes: 10);
        _cloud.Send("start-next", """{"stepTimeoutInMinutes":5}""");
        _cloud.Update("one", "SUCCEEDED");
        _cloud.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(JobExecutionStatus.Succeeded, _cloud.Execution("one").Status);
        Assert.Empty(_cloud.Gateway.Drain());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(10080, true)]
    [InlineData(0, false)]
    [InlineData(10081, false)]
    [InlineData(-1, false)]
    public void Time_limit_is_one_minute_to_seven_days(int minutes, bool allowed) =>
        Assert.Equal(allowed ? null : ServiceErrorKind.InvalidRequest, _cloud.Service.CreateJob(
            Cloud.Job("one", timeoutInMinutes: minutes)).Error?.Kind);

    [Fact]
    public void Deadlines_fire_in_order()
    {
        _cloud.CreateJob("one", timeoutInMinutes: 20);
        _cloud.CreateJob("two", timeoutInMinutes: 10);
        _cloud.Update("one", "IN_PROGRESS");
        _cloud.Update("two", "IN_PROGRESS");
        _cloud.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["notify"], Cloud.Kinds(_cloud.Gateway.Drain()));
        _cloud.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["notify", "notify-next"], Cloud.Kinds(_cloud.Gateway.Drain()));
    }

    [Fact]
    public void Without_a_timer_there_is_no_estimate()
    {
        _cloud.CreateJob("one");
        Assert.False(_cloud.Send("start-next").Single().Json["execution"]!.AsObject().ContainsKey("approximateSecondsBeforeTimedOut"));
    }
}
