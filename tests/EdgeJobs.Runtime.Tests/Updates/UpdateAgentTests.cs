using System.Collections;
using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Processes;
using EdgeJobs.Runtime.Updates;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Updates;

/// <summary>Updates of an agent of version 2.0.0 whose new versions are scripts.</summary>
[Collection(Alone.Name)]
public sealed class UpdateAgentTests : IAsyncLifetime
{
    private const string Own = "2.0.0";
    private readonly DownloadFixture _download = new();
    private FileServer _server = null!;
    private SelfUpdate _self = null!;

    private string Data => _download.PathOf("data");

    private string Slot => Path.Combine(Data, "agent/3.0.0/edgejobs");

    private AgentSlots Slots => new(Data);

    public Task InitializeAsync()
    {
        _server = FileServer.StartPlain(Script("echo 'edgejobs 3.0.0 (commit 1234, 2026-11-30)'"));
        _self = Start();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _download.DisposeAsync();
    }

    [Fact]
    public async Task A_new_version_is_checked_and_the_next_start_tries_it()
    {
        using CancellationTokenSource stop = new();
        _self.Stop = stop.Cancel;
        StepResult result = await RunAsync("3.0.0", stop.Token);
        Assert.True(result.WasCanceled, result.Describe());
        Assert.True(_self.WantsRestart);
        Assert.Equal(new SlotUpdate("3.0.0", "job-1", 3, 2, 60), Slots.Read()!.Update);
        Assert.Equal(_server.File, await File.ReadAllBytesAsync(Slot));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Slot));
        Assert.Null(Slots.FindFault("3.0.0"));
        Assert.Contains(_download.Progress, p => p.Message == "version 2.0.0 restarts as version 3.0.0");
    }

    [Fact]
    public async Task The_running_version_needs_no_update()
    {
        StepResult result = await RunAsync(Own);
        Assert.Equal((StepEnd.Returned, 0), (result.End, result.Code));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public Task There_is_no_way_back() => FailAsync(
        "the agent has version 2.0.0, which is higher than 1.9.9; the agent does not go back", "1.9.9");

    [Theory]
    [InlineData("echo edgejobs 3.0.1", "the new program is 'edgejobs 3.0.1' instead of edgejobs 3.0.0")]
    [InlineData("echo other 3.0.0", "the new program is 'other 3.0.0' instead of edgejobs 3.0.0")]
    [InlineData("", "the new program is '' instead of edgejobs 3.0.0")]
    [InlineData("echo libssl.so.9 >&2; exit 127", "the new program does not show its version: exit code 127: libssl.so.9")]
    [InlineData("kill -SEGV $$", "the new program does not show its version: ended by SIGSEGV")]
    public async Task A_program_that_does_not_show_its_version_is_not_tried(string script, string fault)
    {
        _server.File = Script(script);
        await FailAsync(fault);
    }

    [Fact]
    public async Task A_program_for_another_machine_is_not_tried()
    {
        byte[] program = await File.ReadAllBytesAsync("/proc/self/exe");
        program[18] = 8;
        _server.File = program;
        await FailAsync(
            $"the new program does not show its version: can't start {Slot}: it is a program for MIPS, and this board is x86-64");
    }

    [Fact]
    public async Task A_file_with_another_checksum_is_not_tried()
    {
        StepAction.UpdateAgent plan = Plan("3.0.0");
        _server.File = Script("echo edgejobs 3.0.0; exit 0");
        StepResult result = await RunAsync(plan);
        Assert.Contains("the file's SHA-256 is ", result.Fault, StringComparison.Ordinal);
        AssertNothingLeft();
    }

    [Fact]
    public async Task Nothing_is_tried_if_the_state_cannot_be_written()
    {
        Directory.CreateDirectory(Path.Combine(Data, "agent/state.new"));
        File.SetUnixFileMode(Path.Combine(Data, "agent"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        StepResult result = await RunAsync("3.0.0");
        Assert.Contains("agent/state: can't be written: ", result.Fault, StringComparison.Ordinal);
        Assert.False(_self.WantsRestart);
        Assert.Null(Slots.Read());
    }

    [Fact]
    public async Task A_failed_trial_fails_its_step_once()
    {
        WriteState(SlotPhase.Failed, "it crashed");
        _self = Start();
        await FailAsync("it crashed");
        Assert.Empty(_server.Requests);
        Assert.Equal(new SlotState { Confirmed = "1.0.0" }, Slots.Read());

        // The next attempt tries again.
        using CancellationTokenSource stop = new();
        _self.Stop = stop.Cancel;
        Assert.True((await RunAsync("3.0.0", stop.Token)).WasCanceled);
        Assert.Equal(SlotPhase.Ready, Slots.Read()!.Update!.Phase);
    }

    [Theory]
    [InlineData("job-2", 3, 2)]
    [InlineData("job-1", 4, 2)]
    [InlineData("job-1", 3, 1)]
    public async Task The_failure_of_another_step_does_not_count(string job, long execution, int number)
    {
        WriteState(SlotPhase.Failed, "it crashed", job, execution, number);
        _self = Start();
        using CancellationTokenSource stop = new();
        _self.Stop = stop.Cancel;
        Assert.True((await RunAsync("3.0.0", stop.Token)).WasCanceled);
    }

    [Fact]
    public void Without_a_job_a_failure_is_forgotten()
    {
        WriteState(SlotPhase.Failed, "it crashed");
        Start().DiscardLeftover();
        Assert.Equal(new SlotState { Confirmed = "1.0.0" }, Slots.Read());
        Assert.Equal(["1.0.0"], Directory.GetDirectories(Path.Combine(Data, "agent")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_step_in_the_new_version_ends_when_that_is_confirmed()
    {
        WriteState(SlotPhase.Started);
        _self = Start("3.0.0", isSlot: true);
        Task<StepResult> running = RunAsync("3.0.0");
        await Task.Yield();
        Assert.False(running.IsCompleted);
        Assert.Equal(SlotPhase.Started, Slots.Read()!.Update!.Phase);
        _self.Confirm();
        StepResult result = await running;
        Assert.Equal((StepEnd.Returned, 0), (result.End, result.Code));
        Assert.Equal(new SlotState { Confirmed = "3.0.0" }, Slots.Read());
        Assert.Equal(["3.0.0"], Directory.GetDirectories(Path.Combine(Data, "agent")).Select(Path.GetFileName));
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_trial_whose_confirmation_cannot_be_written_is_not_confirmed()
    {
        WriteState(SlotPhase.Started);
        Directory.CreateDirectory(Path.Combine(Data, "agent/state.new"));
        _self = Start("3.0.0", isSlot: true);
        using CancellationTokenSource stop = new();
        Task<StepResult> running = RunAsync("3.0.0", stop.Token);
        _self.Confirm();
        await stop.CancelAsync();
        Assert.True((await running).WasCanceled);
        Assert.Equal(SlotPhase.Started, Slots.Read()!.Update!.Phase);
    }

    [Fact]
    public void A_confirmed_version_that_reports_is_counted_anew()
    {
        WriteState(SlotPhase.Failed, "it crashed");
        Slots.Write(Slots.Read()! with { Starts = 4 });
        Start("1.0.0", isSlot: true).Confirm();
        Assert.Equal(0, Slots.Read()!.Starts);
        Assert.NotNull(Slots.Read()!.Update);

        // The packaged program is not the one that the state counts.
        Slots.Write(Slots.Read()! with { Starts = 4 });
        Start("1.0.0", isSlot: false).Confirm();
        Assert.Equal(4, Slots.Read()!.Starts);
    }

    [Fact]
    public async Task An_agent_that_cannot_change_its_version_says_so()
    {
        _self = null!;
        StepResult result = await RunAsync("3.0.0");
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.Equal("only the native program edgejobs can update itself, not a custom agent", result.Fault);
    }

    private static byte[] Script(string script) => Encoding.UTF8.GetBytes($"#!/bin/sh\n{script}\n");

    private StepAction.UpdateAgent Plan(string version) =>
        new(version, new([_server.Url], "") { Sha256 = DownloadFixture.Sum(_server.File) }) { ConfirmSeconds = 60 };

    private SelfUpdate Start(string version = Own, bool isSlot = false)
    {
        Hashtable environment = isSlot ? new() { [SelfUpdate.Variable] = "/usr/bin/edgejobs" } : [];
        return new SelfUpdate(
            Slots, new ProgramStart(version, [], environment, "/usr/bin/edgejobs"), Slots.Read() ?? new SlotState(), _download.Log);
    }

    /// <summary>Version 1.0.0 is confirmed, and 3.0.0 is its update.</summary>
    private void WriteState(SlotPhase phase, string reason = "", string job = "job-1", long execution = 3, int step = 2)
    {
        foreach (string version in (string[])["1.0.0", "3.0.0"])
        {
            Slots.Create(version);
            File.WriteAllText(Slots.ProgramOf(version), "");
        }

        SlotUpdate update = new("3.0.0", job, execution, step, 60) { Phase = phase, Reason = reason };
        Slots.Write(new SlotState { Confirmed = "1.0.0", Update = update });
    }

    private async Task FailAsync(string fault, string version = "3.0.0")
    {
        StepResult result = await RunAsync(version);
        Assert.Equal((StepEnd.Returned, 1, fault), (result.End, result.Code, result.Fault));
        AssertNothingLeft();
    }

    private void AssertNothingLeft()
    {
        Assert.False(_self.WantsRestart);
        Assert.Null(Slots.Read()?.Update);
        Assert.False(Directory.Exists(Path.GetDirectoryName(Slot)));
    }

    private Task<StepResult> RunAsync(string version, CancellationToken stop = default) => RunAsync(Plan(version), stop);

    private Task<StepResult> RunAsync(StepAction.UpdateAgent action, CancellationToken stop = default)
    {
        DownloadOptions options = _download.Options with { Policy = new ExecutionPolicy { AllowsHttp = true, Users = ["root"] } };
        ProcessStepRunner processes = new(
            new ProcessStepOptions
            {
                HandlerDirectory = "/nowhere",
                Grace = TimeSpan.FromSeconds(30),
                Policy = options.Policy,
            },
            StepRunnerFixture.Launcher);
        UpdateAgentStepRunner runner = new(processes, options, _self);
        StepContext context = new("pump-7", "job-1", 3, 2, 5, new StepPlan { Name = "update", Action = action });
        return Wait.ForAsync(runner.RunAsync(context, _download.Progress, stop).AsTask(), "the end of the step");
    }
}
