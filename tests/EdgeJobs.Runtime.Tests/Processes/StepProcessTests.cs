using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Tests.Processes;

public sealed class StepProcessTests : IDisposable
{
    private readonly StepRunnerFixture _steps = new();

    public void Dispose() => _steps.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(130)]
    [InlineData(137)]
    [InlineData(255)]
    public async Task Exit_code_is_reported_unchanged(int code)
    {
        StepResult result = await _steps.ShellAsync($"exit {code}");
        Assert.Equal((StepEnd.Exited, code, $"exit code {code}"), (result.End, result.Code, result.Describe()));
    }

    [Theory]
    [InlineData(6, "SIGABRT")]
    [InlineData(9, "SIGKILL")]
    [InlineData(11, "SIGSEGV")]
    [InlineData(13, "SIGPIPE")]
    [InlineData(15, "SIGTERM")]
    public async Task A_signal_is_reported_as_it_is(int signal, string name)
    {
        StepResult result = await _steps.ShellAsync($"ulimit -c 0; kill -{signal} $$");
        Assert.Equal(
            (StepEnd.Signaled, signal, $"ended by {name}", false), (result.End, result.Code, result.Describe(), result.WasCanceled));
    }

    [Fact]
    public async Task A_step_is_waited_for_on_an_old_kernel_too()
    {
        using TestStart start = new(["sh", "-c", "echo out; exit 4"]);
        StepResult result = await start.RunAsync(new StepProcessLimits { GraceMilliseconds = 10_000, UsePidfd = false });
        Assert.Equal((StepEnd.Exited, 4, "out"), (result.End, result.Code, result.StdOut));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Step_inherits_no_descriptors_signals_or_session(bool useNativeSpawn)
    {
        using StepRunnerFixture steps = new(useNativeSpawn: useNativeSpawn);

        // stdin, stdout, stderr, the progress pipe, and the directory that ls has open.
        StepResult descriptors = await steps.CommandAsync(["ls", "/proc/self/fd"]);
        Assert.Equal("0 | 1 | 2 | 3 | 4", descriptors.StdOut);

        StepResult signals = await steps.CommandAsync(["sed", "-n", "s/^Sig\\(Blk\\|Ign\\):[[:space:]]*//p", "/proc/self/status"]);
        Assert.Equal("0000000000000000 | 0000000000000000", signals.StdOut);

        // Group and session are the shell's process id, and there is no terminal.
        StepResult group = await steps.ShellAsync(
            "set -- $(cat /proc/self/stat) $$; eval \"self=\\${$#}\"; echo $(($5 - self)) $(($6 - self)) $7; pwd");
        Assert.Equal("0 0 0 | /", group.StdOut);
        StepResult terminal = await steps.ShellAsync("exec 2>&1; : < /dev/tty");
        Assert.NotEqual(0, terminal.Code);
        Assert.Contains("/dev/tty", terminal.StdOut, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relative_program_is_resolved_in_the_working_directory()
    {
        Directory.CreateDirectory(_steps.Directory["bin"]);
        File.Move(_steps.Handler("tool", "#!/bin/sh\necho \"$0\" \"$1\"\n"), _steps.Directory["bin/tool"]);
        StepPlan step = new()
        {
            Name = "n",
            Action = new StepAction.RunCommand(["bin/tool", "a"]),
            WorkingDirectory = _steps.Directory.Path
        };
        Assert.Equal($"{_steps.Directory["bin/tool"]} a", (await _steps.RunAsync(step)).StdOut);
        StepResult missing = await _steps.RunAsync(step with { WorkingDirectory = "/" });
        Assert.Equal((StepEnd.NotStarted, "/bin/tool does not exist"), (missing.End, missing.Fault));
        StepAction.RunHandler handler = new("tool", ["a"], "bin", PassesUser: false);
        Assert.Equal($"{_steps.Directory["bin/tool"]} a", (await _steps.RunAsync(step with { Action = handler })).StdOut);
        StepAction.RunHandler path = new("bin/tool", ["a"], null, PassesUser: false);
        Assert.Equal($"{_steps.Directory["bin/tool"]} a", (await _steps.RunAsync(step with { Action = path })).StdOut);
    }

    [Fact]
    public async Task Descriptor_without_close_on_exec_does_not_reach_a_step()
    {
        // Without close-on-exec, and above the numbers of the child's descriptors.
        int forgotten = Libc.FileControl(0, 0, 500);
        Assert.True(forgotten >= 500);
        StepResult result = await _steps.CommandAsync(["ls", "/proc/self/fd"]);
        _ = Libc.Close(forgotten);
        Assert.Equal("0 | 1 | 2 | 3 | 4", result.StdOut);
    }

    [Fact]
    public async Task Step_sees_the_job_and_only_listed_variables_of_the_agent()
    {
        Environment.SetEnvironmentVariable("EDGEJOBS_TEST_SECRET", "secret");
        Environment.SetEnvironmentVariable("LC_TIME", "de_DE.UTF-8");
        using StepRunnerFixture steps = new();
        StepResult result = await steps.CommandAsync(["env"]);
        Environment.SetEnvironmentVariable("EDGEJOBS_TEST_SECRET", null);
        Environment.SetEnvironmentVariable("LC_TIME", null);
        string[] variables = result.StdOut.Split(" | ");
        Assert.Contains("EDGEJOBS_THING_NAME=pump-7", variables);
        Assert.Contains("EDGEJOBS_JOB_ID=job-1", variables);
        Assert.Contains("EDGEJOBS_EXECUTION_NUMBER=3", variables);
        Assert.Contains("EDGEJOBS_STEP=2", variables);
        Assert.Contains("EDGEJOBS_STEP_NAME=test", variables);
        Assert.Contains("LC_TIME=de_DE.UTF-8", variables);
        Assert.Contains(variables, v => v.StartsWith("PATH=/", StringComparison.Ordinal));
        Assert.DoesNotContain(
            variables, v => v.Contains("secret", StringComparison.Ordinal) || v.StartsWith("DOTNET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_shell_sees_a_command()
    {
        StepResult result = await _steps.CommandAsync(["echo", "$HOME", "`id`", "a  b", "*", "; exit 1"]);
        Assert.Equal("$HOME `id` a  b * ; exit 1", result.StdOut);
    }

    [Theory]
    [InlineData("no-such-program", "there is no program 'no-such-program' in PATH (")]
    [InlineData("/no/such/program", "/no/such/program does not exist")]
    [InlineData("/etc/passwd", "/etc/passwd is not executable by the agent's user; chmod 700 it")]
    [InlineData("/etc/", "/etc/ is a directory, not a program")]
    public async Task Program_that_can_not_start_reports_why(string program, string fault)
    {
        StepResult result = await _steps.CommandAsync([program]);
        Assert.Equal(StepEnd.NotStarted, result.End);
        Assert.StartsWith(fault, result.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Program_of_another_machine_is_reported(bool useNativeSpawn)
    {
        using StepRunnerFixture steps = new(useNativeSpawn: useNativeSpawn);
        string binary = steps.Handler("foreign", "\u007fELF no such machine");
        StepResult missing = await steps.CommandAsync([steps.Handler("script", "#!/no/such/interpreter\n")]);
        Assert.Contains("the interpreter that its first line names is missing", missing.Describe(), StringComparison.Ordinal);

        // execvp would run it in the shell, which would read it as a script.
        StepResult foreign = await steps.CommandAsync([binary]);
        Assert.Equal(StepEnd.NotStarted, foreign.End);
        Assert.StartsWith($"can't start {binary}: it is a program for another machine", foreign.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Script_without_interpreter_runs_like_with_execvp(bool useNativeSpawn)
    {
        using StepRunnerFixture steps = new(useNativeSpawn: useNativeSpawn);
        StepResult result = await steps.CommandAsync([steps.Handler("plain", "echo \"plain $1\"\n"), "argument"]);
        Assert.Equal((StepEnd.Exited, 0, "plain argument"), (result.End, result.Code, result.StdOut));
    }

    [Fact]
    public async Task Unknown_user_fails_the_step_and_nothing_runs()
    {
        string proof = _steps.Directory["proof"];
        StepPlan command = new() { Name = "n", Action = new StepAction.RunCommand(["touch", proof]), RunAsUser = "no-such-user" };
        StepPlan handler = new()
        {
            Name = "n",
            Action = new StepAction.RunHandler("touch", [proof], null, true),
            RunAsUser = "no-such-user"
        };
        foreach (StepPlan step in (StepPlan[])[command, handler])
        {
            StepResult result = await _steps.RunAsync(step);
            Assert.Equal(StepEnd.NotStarted, result.End);
            Assert.Equal(
                "the user 'no-such-user' does not exist on this board; create it, or remove runAsUser from the document", result.Fault);
            Assert.False(File.Exists(proof));
        }
    }

    [Fact]
    public async Task A_thousand_processes_leave_no_descriptor_and_no_zombie_behind()
    {
        await _steps.CommandAsync(["true"]);
        int before = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(0, (await _steps.CommandAsync(["true"])).Code);
        }

        // Tests that run in parallel may have some open.
        await Until.TrueAsync(() => Directory.GetFileSystemEntries("/proc/self/fd").Length < before + 100, "the end of the descriptors");
    }
}
