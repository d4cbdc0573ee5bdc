using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Runs real processes as steps.</summary>
internal sealed class StepRunnerFixture : IDisposable
{
    private readonly ProcessStepRunner _runner;

    public StepRunnerFixture(TimeSpan? grace = null, TimeProvider? time = null, Func<ProcessStepOptions, ProcessStepOptions>? with = null,
        IReadOnlyList<string>? launcher = null, bool useNativeSpawn = true)
    {
        ProcessStepOptions options = new()
        {
            HandlerDirectory = Directory["handlers"],
            Grace = grace ?? TimeSpan.FromSeconds(30),
            Time = time ?? TimeProvider.System,
        };
        options = with?.Invoke(options) ?? options;
        StepProcessLimits limits = new()
        {
            GraceMilliseconds = (int)options.Grace.TotalMilliseconds,
            UseNativeSpawn = useNativeSpawn && NativeSpawn.IsLinked,
        };
        _runner = new ProcessStepRunner(options, launcher ?? Launcher, limits);
        System.IO.Directory.CreateDirectory(
            Directory["handlers"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>The launcher: the test process can't be one.</summary>
    public static IReadOnlyList<string> Launcher { get; } = ["/proc/self/exe", Path.Combine(AppContext.BaseDirectory, "edgejobs.dll")];

    public TestDirectory Directory { get; } = new();

    /// <summary>The progress of all steps.</summary>
    public ProgressList Progress { get; } = new();

    public Task<StepResult> ShellAsync(string script, CancellationToken cancellationToken = default) =>
        CommandAsync(["sh", "-c", script], cancellationToken);

    public Task<StepResult> CommandAsync(string[] arguments, CancellationToken cancellationToken = default) =>
        RunAsync(new StepPlan { Name = "test", Action = new StepAction.RunCommand(arguments) }, cancellationToken);

    public static StepPlan Shell(string script) => new() { Name = "test", Action = new StepAction.RunCommand(["sh", "-c", script]) };

    public Task<StepResult> RunAsync(StepPlan step, CancellationToken cancellationToken = default) =>
        Wait.ForAsync(
            _runner.RunAsync(new StepContext("pump-7", "job-1", 3, 2, 5, step), Progress, cancellationToken).AsTask(),
            "the end of the step");

    /// <summary>Writes a handler with mode 700.</summary>
    public string Handler(string name, string script,
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        string path = Directory.Write(Path.Combine("handlers", name), script);
        File.SetUnixFileMode(path, mode);
        return path;
    }

    public void Dispose() => Directory.Dispose();
}
