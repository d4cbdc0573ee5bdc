using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Steps that run as the user nobody through the launcher. Needs root.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly StepRunnerFixture _steps = new();

    public void Dispose() => _steps.Dispose();

    [RootFact]
    public async Task Step_has_the_ids_groups_and_variables_of_its_user_only()
    {
        LocalUser nobody = LocalUser.Find("nobody")!;
        StepResult result = await AsNobodyAsync(
            "id -u; id -g; id -G; echo $HOME $USER $LOGNAME; grep -E '^(Uid|Gid|Groups|CapEff):' /proc/self/status");
        string[] lines = result.StdOut.Split(" | ");
        Assert.Equal((StepEnd.Exited, 0, ""), (result.End, result.Code, result.StdErr));
        Assert.Equal([$"{nobody.Id}", $"{nobody.GroupId}", $"{nobody.GroupId}", $"{nobody.HomeDirectory} nobody nobody"], lines[..4]);
        Assert.Equal($"Uid: {nobody.Id} {nobody.Id} {nobody.Id} {nobody.Id}", lines[4]);
        Assert.Equal($"Gid: {nobody.GroupId} {nobody.GroupId} {nobody.GroupId} {nobody.GroupId}", lines[5]);
        Assert.Equal($"Groups: {nobody.GroupId}", lines[6].Trim());
        Assert.Equal("CapEff: 0000000000000000", lines[7]);
    }

    [RootFact]
    public async Task Launched_step_inherits_no_descriptors_signals_or_session()
    {
        // stdin, stdout, stderr, the progress pipe, and the directory that ls has open.
        StepResult descriptors = await RunAsync(["ls", "/proc/self/fd"]);
        Assert.Equal("0 | 1 | 2 | 3 | 4", descriptors.StdOut);
        StepResult signals = await RunAsync(["sed", "-n", "s/^Sig\\(Blk\\|Ign\\):[[:space:]]*//p", "/proc/self/status"]);
        Assert.Equal("0000000000000000 | 0000000000000000", signals.StdOut);
        StepResult session = await AsNobodyAsync(
            "set -- $(cat /proc/self/stat) $$; eval \"self=\\${$#}\"; echo $(($5 - self)) $(($6 - self)) $7");
        Assert.Equal("0 0 0", session.StdOut);
        StepResult environment = await RunAsync(["env"]);
        Assert.DoesNotContain("DOTNET", environment.StdOut, StringComparison.Ordinal);
        Assert.Contains("EDGEJOBS_JOB_ID=job-1", environment.StdOut, StringComparison.Ordinal);
        StepResult arguments = await RunAsync(["printf", "[%s]", "", "$HOME", "a b", "ü"]);
        Assert.Equal("[][$HOME][a b][ü]", arguments.StdOut);
    }

    [RootFact]
    public async Task Exit_of_a_launched_step_is_reported_unchanged()
    {
        foreach (int code in (int[])[0, 1, 2, 125, 126, 127, 128, 130, 137, 255])
        {
            StepResult exited = await AsNobodyAsync($"exit {code}");
            Assert.Equal((StepEnd.Exited, code), (exited.End, exited.Code));
        }

        StepResult killed = await AsNobodyAsync("kill -9 $$");
        Assert.Equal((StepEnd.Signaled, 9), (killed.End, killed.Code));
    }

    [RootFact]
    public async Task Program_or_directory_without_permission_for_the_user_is_reported()
    {
        string program = _steps.Handler("mine", "#!/bin/sh\n");
        StepResult forbidden = await RunAsync([program]);
        Assert.Equal((StepEnd.NotStarted, $"can't run {program} as user 'nobody': permission denied"), (forbidden.End, forbidden.Fault));
        StepResult closed = await _steps.RunAsync(Plan(["pwd"]) with { WorkingDirectory = _steps.Directory["handlers"] });
        Assert.Equal(
            (StepEnd.NotStarted, $"user 'nobody' can't enter the working directory {_steps.Directory["handlers"]}: permission denied"),
            (closed.End, closed.Fault));
    }

    [RootFact]
    public async Task User_who_can_not_enter_the_default_directory_starts_in_the_root_directory()
    {
        using StepRunnerFixture closed = new(with: o => o with { WorkingDirectory = o.HandlerDirectory });
        StepResult result = await closed.RunAsync(Plan(["pwd"]));
        Assert.Equal((StepEnd.Exited, "/"), (result.End, result.StdOut));
        Assert.Equal(closed.Directory["handlers"], (await closed.CommandAsync(["pwd"])).StdOut);
    }

    [RootFact]
    public async Task Environment_of_the_document_does_not_reach_the_launcher()
    {
        StepPlan step = Plan(["env"]) with
        {
            Environment = [new("LD_PRELOAD", "/no/such/library.so"),
            new("DOTNET_STARTUP_HOOKS", "/no/such/hook.dll")]
        };
        StepResult result = await _steps.RunAsync(step);
        Assert.Equal((StepEnd.Exited, 0), (result.End, result.Code));
        Assert.Contains("DOTNET_STARTUP_HOOKS=/no/such/hook.dll", result.StdOut, StringComparison.Ordinal);

        // The dynamic loader reports the missing library for env, not for the launcher.
        Assert.Equal(1, result.StdErrLines);
    }

    [RootFact]
    public async Task Without_a_launcher_no_step_runs_as_the_wrong_user()
    {
        using StepRunnerFixture steps = new(launcher: ["/bin/true"]);
        StepResult result = await steps.RunAsync(Plan(["id"]));
        Assert.Equal((StepEnd.NotStarted, ""), (result.End, result.StdOut));
        Assert.StartsWith("the agent's executable, which launches this step, could not be started", result.Fault, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Launched_step_that_is_cancelled_at_once_reports_the_cancellation()
    {
        StepResult result = await _steps.RunAsync(Plan(["sleep", "1000"]), new CancellationToken(true));
        Assert.Equal((StepEnd.Signaled, 15, true), (result.End, result.Code, result.WasCanceled));
    }

    private static StepPlan Plan(string[] arguments) =>
        new() { Name = "test", Action = new StepAction.RunCommand(arguments), RunAsUser = "nobody" };

    private Task<StepResult> RunAsync(string[] arguments) => _steps.RunAsync(Plan(arguments));

    private Task<StepResult> AsNobodyAsync(string script) => RunAsync(["sh", "-c", script]);
}
