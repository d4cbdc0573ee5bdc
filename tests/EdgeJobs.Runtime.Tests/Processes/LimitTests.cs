using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

public sealed class LimitTests
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public async Task Step_gets_the_configured_limits()
    {
        using StepRunnerFixture steps = Limited(new StepLimits { MemoryBytes = 256 * Megabyte, CpuSeconds = 77, OpenFiles = 33 });
        StepResult result = await steps.CommandAsync(["grep", "-E", "cpu|address|open", "/proc/self/limits"]);
        string[] lines = result.StdOut.Split(" | ");
        Assert.Contains(lines, l => l.StartsWith("Max cpu time", StringComparison.Ordinal) && l.Contains(" 77 ", StringComparison.Ordinal));
        Assert.Contains(
            lines, l => l.StartsWith("Max address space", StringComparison.Ordinal) && l.Contains(" 268435456 ", StringComparison.Ordinal));
        Assert.Contains(
            lines, l => l.StartsWith("Max open files", StringComparison.Ordinal) && l.Contains(" 33 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Step_over_the_CPU_limit_is_ended_and_the_result_names_the_limit()
    {
        using StepRunnerFixture steps = Limited(new StepLimits { CpuSeconds = 1 });
        StepResult result = await steps.ShellAsync("while :; do :; done");
        Assert.Equal(
            (StepEnd.Signaled, "ended by SIGXCPU: it used more CPU time than limit_cpu_seconds allows, 1 s"),
            (result.End, result.Describe()));
    }

    [Fact]
    public async Task Step_can_not_map_more_memory_than_its_limit()
    {
        using StepRunnerFixture steps = Limited(new StepLimits { MemoryBytes = 64 * Megabyte });
        StepResult result = await steps.ShellAsync("head -c 200000000 /dev/zero | tail -c 200000000 | wc -c");
        Assert.Equal("0", result.StdOut);
        Assert.Contains("tail: ", result.StdErr, StringComparison.Ordinal);
    }

    [Fact]
    public void Out_of_memory_kill_of_a_cgroup_is_reported()
    {
        using TestDirectory directory = new();
        StepCgroup cgroup = new(directory["."], directory["daemons"]);
        Assert.False(cgroup.HasKilledForMemory);
        directory.Write("memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 0\noom_group_kill 0\n");
        Assert.False(cgroup.HasKilledForMemory);
        directory.Write("memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 1\noom_group_kill 1\n");
        Assert.True(cgroup.HasKilledForMemory);
        Assert.Equal(
            "it used more memory than limit_memory_mb allows, 64 MB",
            new StepLimits { MemoryBytes = 64 * Megabyte }.Explain(StepEnd.Signaled, 9, outOfMemory: true));
        Assert.True(File.Exists(directory["memory.events"]));
    }

    private static StepRunnerFixture Limited(StepLimits limits) => new(with: o => o with { Limits = limits });
}
