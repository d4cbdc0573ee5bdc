using System.Globalization;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Runtime.Tests.Engine;

public sealed class ServiceStatusTests : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceManager _manager;

    public ServiceStatusTests() => _manager = new ServiceManager(_directory["notify"]);

    public void Dispose()
    {
        _manager.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_service_manager_learns_when_the_agent_is_ready_reloads_and_stops()
    {
        using ServiceStatus status = new(ServiceNotifier.Open(_manager.Address, null, null), _time);
        status.Ready("mqtt.example.com:8883");
        status.Reload(() => status.Update(Idle(isConnected: true)));
        status.Stopping();

        Assert.Equal("READY=1\nSTATUS=Connecting to mqtt.example.com:8883", await _manager.ReceiveAsync());
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await _manager.ReceiveAsync(), StringComparison.Ordinal);
        Assert.Equal("STATUS=Waiting for jobs", await _manager.ReceiveAsync());
        Assert.Equal("READY=1", await _manager.ReceiveAsync());
        Assert.Equal("STOPPING=1\nSTATUS=Stopping", await _manager.ReceiveAsync());
    }

    [Fact]
    public async Task Each_step_is_shown_once()
    {
        using ServiceStatus status = new(ServiceNotifier.Open(_manager.Address, null, null), _time);
        status.Update(Idle(isConnected: false));
        status.Update(Running(0));
        status.Update(Running(0));
        status.Update(Running(1));
        Outcome outcome = new(JobExecutionUpdateStatus.Succeeded, "", ValueMap<string>.Empty);
        status.Update(Running(1) with
        {
            Job = Running(1).Job!.Value with
            {
                Journal = Running(
            1).Job!.Value.Journal with
                { Outcome = outcome }
            }
        });
        status.Update(Idle(isConnected: true) with { IsStopping = true });
        status.Alive();

        Assert.Equal("STATUS=Waiting for jobs (not connected)", await _manager.ReceiveAsync());
        Assert.Equal("STATUS=Running job update-7: step 1 of 2, Download", await _manager.ReceiveAsync());

        // A line break in a document must not begin a message of its own.
        string second = await _manager.ReceiveAsync();
        Assert.StartsWith("STATUS=Running job update-7: step 2 of 2, Check", second, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', second);
        Assert.Equal("STATUS=Reporting job update-7: SUCCEEDED", await _manager.ReceiveAsync());
        Assert.Equal("WATCHDOG=1", await _manager.ReceiveAsync());
    }

    [Fact]
    public async Task Before_the_loop_runs_the_timer_sends_signs_of_life_and_then_only_the_loop()
    {
        using ServiceStatus status = new(ServiceNotifier.Open(_manager.Address, "60000000", null), _time);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("WATCHDOG=1", await _manager.ReceiveAsync());

        int checks = 0;
        status.Watch(() => checks++);
        _time.Advance(TimeSpan.FromSeconds(90));
        status.Stopping();
        Assert.Equal(3, checks);
        Assert.Equal("STOPPING=1\nSTATUS=Stopping", await _manager.ReceiveAsync());
    }

    [Fact]
    public async Task An_abstract_name_works()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"@edgejobs-test-{Guid.NewGuid()}");
        using ServiceManager manager = new(name);
        using ServiceNotifier? notifier = ServiceNotifier.Open(name, null, null);
        notifier!.Send("READY=1");
        Assert.Equal("READY=1", await manager.ReceiveAsync());
    }

    [Theory]
    [InlineData("60000000", null, 60)]
    [InlineData("60000000", "1", null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void The_watchdog_may_be_for_another_process(string? time, string? process, int? seconds)
    {
        using ServiceNotifier? notifier = ServiceNotifier.Open(_manager.Address, time, process);
        Assert.Equal(seconds, (int?)notifier!.Watchdog?.TotalSeconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("relative")]
    [InlineData("vsock:2:1234")]
    public void Without_a_usable_socket_there_is_no_notifier(string? path)
    {
        Assert.Null(ServiceNotifier.Open(path, null, null));
        Assert.Null(ServiceNotifier.Open("/" + new string('x', 107), null, null));
    }

    [Fact]
    public void A_service_manager_that_is_gone_is_ignored()
    {
        using ServiceNotifier? notifier = ServiceNotifier.Open(_directory["nothing"], null, null);
        notifier!.Send("READY=1", mayWait: true);
    }

    private static JobState Idle(bool isConnected) => JobMachine.Start(RunMode.Forever) with { IsConnected = isConnected };

    private static JobState Running(int index)
    {
        StepPlan step = new() { Name = "Download", Action = new StepAction.RunCommand(["true"]) };
        JournalEntry.Claimed claim = new(new JobKey("update-7", 1), 1, 0, "board", default);
        return Idle(isConnected: true) with
        {
            Job = new ActiveJob(new JournalState { Claim = claim, Index = index })
            {
                Plan = new JobPlan { Steps = [step, step with { Name = "Check\nMAINPID=1" }] },
            },
        };
    }
}
