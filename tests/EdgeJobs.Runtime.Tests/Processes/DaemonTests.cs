using System.Diagnostics;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Processes that leave the process group and the session of their step.</summary>
[Collection(Alone.Name)]
public sealed class DaemonTests : IDisposable
{
    private readonly StepRunnerFixture _adopting = new(TimeSpan.FromMilliseconds(100), with: o => o with { AdoptOrphans = true });

    public void Dispose() => _adopting.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("env -i")]
    public async Task No_daemon_survives_the_cancellation_of_its_step(string environment)
    {
        string ready = _adopting.Directory["ready"];
        using CancellationTokenSource cancel = new();
        Task<StepResult> running = _adopting.ShellAsync($"{Daemon(ready, environment)}; sleep 1000", cancel.Token);
        int daemon = await Until.ProcessIdAsync(ready);
        await cancel.CancelAsync();
        StepResult result = await running;
        Assert.Equal((StepEnd.Signaled, 15, true, 0), (result.End, result.Code, result.WasCanceled, result.Survivors));

        // It is gone before the step ends, and not a zombie.
        Assert.False(ProcessEntry.TryRead(daemon, out _));
    }

    [Fact]
    public async Task No_daemon_survives_the_timeout_of_its_step()
    {
        string ready = _adopting.Directory["ready"];
        StepResult result = await _adopting.RunAsync(
            StepRunnerFixture.Shell(
            $"{Daemon(ready, "")}; while [ ! -e {ready} ]; do sleep 0.02; done; sleep 1000") with
            { Timeout = TimeSpan.FromSeconds(2) });
        Assert.Equal("timed out after 2 s (ended by SIGTERM)", result.Describe());
        Assert.True(Until.IsGone(await Until.ProcessIdAsync(ready)));
    }

    [Fact]
    public async Task Daemon_of_an_ended_step_survives_the_cancellation_of_another_step()
    {
        string first = _adopting.Directory["first"];
        string second = _adopting.Directory["second"];
        StepResult installed = await _adopting.ShellAsync($"{Daemon(first, "env -i")}; while [ ! -e {first} ]; do sleep 0.02; done");
        Assert.Equal((StepEnd.Exited, 0), (installed.End, installed.Code));
        int service = await Until.ProcessIdAsync(first);

        using CancellationTokenSource cancel = new();
        Task<StepResult> running = _adopting.ShellAsync($"{Daemon(second, "")}; sleep 1000", cancel.Token);
        int daemon = await Until.ProcessIdAsync(second);
        await cancel.CancelAsync();
        await running;
        Assert.True(Until.IsGone(daemon));
        Assert.False(Until.IsGone(service));

        // The agent reaps it when it ends later.
        _ = Libc.Kill(service, Libc.SigKill);
        await Until.TrueAsync(() => Until.IsGone(service), "the end of the service");
        await _adopting.CommandAsync(["true"]);
        await _adopting.CommandAsync(["true"]);
        Assert.False(ProcessEntry.TryRead(service, out _));
    }

    [CgroupTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_a_cgroup_no_daemon_survives_the_cancellation_of_its_step(bool useNativeSpawn)
    {
        using StepRunnerFixture steps = new(
            TimeSpan.FromMilliseconds(100), with: o => o with { UseCgroups = true }, useNativeSpawn: useNativeSpawn);
        string ready = steps.Directory["ready"];
        using CancellationTokenSource cancel = new();
        Task<StepResult> running = steps.ShellAsync($"grep ^0:: /proc/self/cgroup; {Daemon(ready, "env -i")}; sleep 1000", cancel.Token);
        int daemon = await Until.ProcessIdAsync(ready);
        await cancel.CancelAsync();
        StepResult result = await running;
        Assert.Equal((StepEnd.Signaled, 15, true, 0), (result.End, result.Code, result.WasCanceled, result.Survivors));
        Assert.True(Until.IsGone(daemon));
        Assert.Contains($"edgejobs-step-{CgroupTree.Owner()}-", result.StdOut, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(CgroupFactAttribute.Directory!, Path.GetFileName(result.StdOut))));
    }

    [CgroupTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Daemon_of_an_ended_step_survives_in_a_cgroup(bool useNativeSpawn)
    {
        using StepRunnerFixture steps = new(with: o => o with { UseCgroups = true }, useNativeSpawn: useNativeSpawn);
        string ready = steps.Directory["ready"];
        StepResult result = await steps.ShellAsync($"{Daemon(ready, "env -i")}; while [ ! -e {ready} ]; do sleep 0.02; done; exit 4");
        Assert.Equal((StepEnd.Exited, 4), (result.End, result.Code));
        int daemon = await Until.ProcessIdAsync(ready);
        Assert.False(Until.IsGone(daemon));
        Assert.EndsWith("/edgejobs-daemons\n", await File.ReadAllTextAsync($"/proc/{daemon}/cgroup"), StringComparison.Ordinal);
        _ = Libc.Kill(daemon, Libc.SigKill);
        await Until.TrueAsync(() => Until.IsGone(daemon), "the end of the daemon");
        Assert.Empty(Directory.GetDirectories(CgroupFactAttribute.Directory!, $"edgejobs-step-{CgroupTree.Owner()}-*"));
    }

    [CgroupFact]
    public async Task Step_of_a_killed_agent_is_killed_by_the_next_agent()
    {
        // No process has the number 0.
        string forsaken = Path.Combine(CgroupFactAttribute.Directory!, "edgejobs-step-0-1-1");
        Directory.CreateDirectory(forsaken);
        using StepRunnerFixture steps = new();
        string ready = steps.Directory["ready"];
        await steps.ShellAsync($"{Daemon(ready, "")}; while [ ! -e {ready} ]; do sleep 0.02; done");
        int daemon = await Until.ProcessIdAsync(ready);
        await File.WriteAllTextAsync(Path.Combine(forsaken, "cgroup.procs"), $"{daemon}");
        Assert.NotNull(CgroupTree.Find(memory: false));
        Assert.True(Until.IsGone(daemon));
        Assert.False(Directory.Exists(forsaken));
    }

    [Fact]
    public async Task Step_of_a_killed_agent_is_killed_by_the_next_agent_without_cgroups()
    {
        string note = _adopting.Directory["running-step"];
        string ready = _adopting.Directory["ready"];
        string proof = _adopting.Directory["proof"];
        using StepRunnerFixture first = new(with: o => o with { RunningStepFile = note });
        Task<StepResult> running = first.ShellAsync($"cat {note} > {proof}; {Daemon(ready, "")}; sleep 1000");
        int daemon = await Until.ProcessIdAsync(ready);
        string[] noted = (await File.ReadAllTextAsync(proof)).Split(' ');
        Assert.Equal(CgroupTree.Owner(), noted[0]);

        // The step of another running agent is not killed.
        using StepRunnerFixture second = new(with: o => o with { RunningStepFile = note });
        Assert.False(Until.IsGone(daemon));

        // No process has the number 0.
        await File.WriteAllTextAsync(note, $"0-1 {noted[1]}");
        using StepRunnerFixture third = new(with: o => o with { RunningStepFile = note });
        Assert.True(Until.IsGone(daemon));
        Assert.Equal((StepEnd.Signaled, 9), ((await running).End, (await running).Code));
        Assert.Equal(string.Empty, (await File.ReadAllTextAsync(note)).Trim());
    }

    [Fact]
    public async Task Children_from_before_the_agent_started_survive()
    {
        // Without a run id, like a child of the shell that then executes the agent.
        string ready = _adopting.Directory["ready"];
        using Process child = Process.Start(new ProcessStartInfo("env", ["-i", "/bin/sh", "-c", $": > {ready}; exec sleep 1000"]))!;
        await Until.TrueAsync(() => File.Exists(ready), "the child");
        string note = _adopting.Directory["running-step"];
        await File.WriteAllTextAsync(note, "0-1 0-1-7");
        using StepRunnerFixture next = new(with: o => o with { AdoptOrphans = true, RunningStepFile = note });
        Assert.Equal(string.Empty, (await File.ReadAllTextAsync(note)).Trim());
        Assert.False(Until.IsGone(child.Id));
        child.Kill();
    }

    [CgroupFact]
    public async Task Without_a_launcher_a_step_runs_without_a_cgroup()
    {
        foreach (string launcher in (string[])["/no/such/agent", "/bin/true"])
        {
            using StepRunnerFixture steps = new(with: o => o with { UseCgroups = true }, launcher: [launcher], useNativeSpawn: false);
            StepResult result = await steps.ShellAsync("grep ^0:: /proc/self/cgroup");
            Assert.Equal(StepEnd.Exited, result.End);
            Assert.DoesNotContain("edgejobs-step", result.StdOut, StringComparison.Ordinal);
        }
    }

    [NativeSpawnFact]
    public async Task Linked_spawn_needs_no_launcher_for_a_cgroup()
    {
        using StepRunnerFixture steps = new(with: o => o with { UseCgroups = true }, launcher: ["/no/such/agent"]);
        StepResult result = await steps.CommandAsync(["grep", "^0::", "/proc/self/cgroup"]);
        Assert.Contains($"edgejobs-step-{CgroupTree.Owner()}-", result.StdOut, StringComparison.Ordinal);

        // A program that can't start is no fault of the cgroup: the next step has one, too.
        StepResult foreign = await steps.CommandAsync([steps.Handler("foreign", "\u007fELF no such machine")]);
        Assert.Contains("it is a program for another machine", foreign.Fault, StringComparison.Ordinal);
        StepResult next = await steps.CommandAsync(["grep", "^0::", "/proc/self/cgroup"]);
        Assert.Contains($"edgejobs-step-{CgroupTree.Owner()}-", next.StdOut, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(CgroupFactAttribute.Directory!, $"edgejobs-step-{CgroupTree.Owner()}-*"));
    }

    [NativeSpawnFact]
    public void Process_that_can_not_join_its_cgroup_does_not_start()
    {
        string proof = _adopting.Directory["proof"];
        ProcessStart start = new("/bin/touch", ["touch", proof], [], "/") { Cgroup = "/no/such/cgroup.procs" };
        Assert.Null(ChildProcess.Start(start, useNativeSpawn: true, out int error));
        Assert.Equal(-Libc.NoEntry, error);
        Assert.False(File.Exists(proof));
        Assert.Equal("can't join the cgroup of the step (/x): No such file or directory (error 2)", StepCgroup.ExplainJoin("/x", -error));
    }

    /// <summary>A shell command that leaves an orphan in a separate session that ignores SIGTERM.</summary>
    private static string Daemon(string ready, string environment) =>
        $"({environment} setsid sh -c 'trap \"\" TERM HUP; exec > /dev/null 2>&1 3>&-; echo $$ > {ready}.part; mv {ready}.part {ready}; while :; do sleep 0.05; done' &)";
}
