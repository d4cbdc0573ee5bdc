using System.Collections;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Tests.Processes;

/// <summary>Starts a process without the runner, with other time limits.</summary>
internal sealed class TestStart(string[] arguments) : IDisposable
{
    public TestDirectory Directory { get; } = new();

    public StepProcess Start(StepProcessLimits limits)
    {
        StepEnvironment environment = new((IDictionary)Environment.GetEnvironmentVariables());
        StepPlan step = new() { Name = "test", Action = new StepAction.RunCommand(arguments) };
        string program = ProgramFinder.Find(arguments[0], environment.SearchPath, "/", out string fault)
            ?? throw new InvalidOperationException(fault);
        StepContext context = new("t", "j", 1, 1, 1, step);
        RunId id = new("run");
        ProcessStart start = new(program, arguments, environment.For(context, id, null), "/");
        StepRun run = new()
        {
            Time = TimeProvider.System,
            Step = context,
            Logger = NullLogger.Instance,
            Processes = new StepProcessTree(id, null, new ChildReaper(false))
        };
        return StepProcess.Start(start, limits, run, out int error) ?? throw new InvalidOperationException(ErrorText.Of(error));
    }

    public Task<StepResult> RunAsync(StepProcessLimits limits) =>
        Wait.ForAsync(Start(limits).Ended.AsTask(), "the end of the process");

    public void Dispose() => Directory.Dispose();
}
