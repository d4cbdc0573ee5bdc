using EdgeJobs.Runtime.Documents;

namespace EdgeJobs.Runtime.Processes;

/// <summary>Runs each step as a process of its own.</summary>
public sealed class ProcessStepRunner : IStepRunner
{
    private const string Shell = "/bin/sh";
    private readonly ProcessStepOptions _options;
    private readonly StepEnvironment _environment = new(Environment.GetEnvironmentVariables());
    private readonly IReadOnlyList<string> _self;
    private readonly StepProcessLimits _limits;

    /// <summary>Makes a runner.</summary>
    /// <param name="options">Where handlers are, and how long steps have to end.</param>
    public ProcessStepRunner(ProcessStepOptions options)
        : this(options, StepLauncher.Self())
    {
    }

    /// <summary>Makes a runner with another executable as launcher.</summary>
    internal ProcessStepRunner(ProcessStepOptions options, IReadOnlyList<string> self)
    {
        _options = options;
        _self = self;
        _limits = new StepProcessLimits { GraceMilliseconds = (int)options.Grace.TotalMilliseconds };
    }

    /// <inheritdoc/>
    public async Task<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        if (Prepare(step, out string fault) is not { } start)
        {
            return StepResult.NotStarted(fault);
        }

        if (Start(start, new StepRun(_options.Time, step.Step.Timeout), out int error) is not { } process)
        {
            return StepResult.NotStarted($"can't start {start.Program}: {ErrorText.Of(error)}");
        }

        await using (cancellationToken.UnsafeRegister(static state => ((StepProcess)state!).Cancel(), process).ConfigureAwait(false))
        {
            return await process.Completion.ConfigureAwait(false);
        }
    }

    private StepProcess? Start(ProcessStart start, StepRun run, out int error)
    {
        StepProcess? process = StepProcess.Start(start, _limits, run, out error);
        if (process is null && error == Libc.NotExecutable)
        {
            // A script without "#!": handlers written for execvp, which gives such a file to the shell, have to run here too.
            process = StepProcess.Start(
                start with { Program = Shell, Arguments = [Shell, start.Program, .. start.Arguments.Skip(1)] },
                _limits,
                run,
                out error);
        }

        return process;
    }

    private ProcessStart? Prepare(StepContext step, out string fault)
    {
        LocalUser? user = null;
        if (step.Step.RunAsUser is { } name && (user = LocalUser.Find(name)) is null)
        {
            fault = $"the user '{name}' does not exist on this board; create it, or take runAsUser out of the document";
            return null;
        }

        string directory = step.Step.WorkingDirectory ?? _options.WorkingDirectory;
        if (!ProgramFinder.CheckDirectory(directory, out fault))
        {
            return null;
        }

        switch (step.Step.Action)
        {
            case StepAction.RunCommand command:
                return ProgramFinder.Find(command.Arguments[0], _environment.SearchPath, out fault) is { } program
                    ? AsUser(user, program, command.Arguments, step, directory, out fault)
                    : null;

            case StepAction.RunHandler handler:
                if (FindHandler(handler, out fault) is not { } path)
                {
                    return null;
                }

                // A handler is told the user and changes to it itself, where its work needs it.
                IEnumerable<string> words = handler.PassesUser ? [path, user?.Name ?? string.Empty] : [path];
                return new ProcessStart(path, [.. words, .. handler.Arguments], _environment.For(step, null), directory);

            default:
                throw new InvalidOperationException($"no way to run {step.Step.Action.GetType().Name}");
        }
    }

    private string? FindHandler(StepAction.RunHandler handler, out string fault) => handler.Path switch
    {
        null => ProgramFinder.Find(handler.Handler, _environment.SearchPath, out fault),
        StepAction.RunHandler.DefaultPath => ProgramFinder.FindHandler(handler.Handler, _options.HandlerDirectory, mustBeProtected: true, out fault),
        string directory => ProgramFinder.FindHandler(handler.Handler, directory, mustBeProtected: false, out fault),
    };

    private ProcessStart? AsUser(
        LocalUser? user, string program, IReadOnlyList<string> arguments, StepContext step, string directory, out string fault)
    {
        fault = string.Empty;
        uint own = Libc.EffectiveUser();
        if (user is null || user.Id == own)
        {
            return new ProcessStart(program, arguments, _environment.For(step, null), directory);
        }

        IReadOnlyList<string> environment = _environment.For(step, user);
        if (own == 0)
        {
            return new ProcessStart(_self[0], StepLauncher.CommandLine(_self, user, program, arguments), environment, directory);
        }

        if (ProgramFinder.Find("sudo", _environment.SearchPath, out _) is not { } sudo)
        {
            fault = $"the agent can't run a step as user '{user.Name}': it does not run as root, and sudo is not installed";
            return null;
        }

        return new ProcessStart(sudo, ["sudo", "-u", user.Name, "-n", "--", program, .. arguments.Skip(1)], environment, directory);
    }
}
