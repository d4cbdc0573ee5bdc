using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>Runs each step as a process of its own.</summary>
internal sealed class ProcessStepRunner : IStepRunner
{
    private const string Shell = "/bin/sh";
    private const string LauncherDirectory = "/";
    private readonly ProcessStepOptions _options;
    private readonly StepEnvironment _environment = new(Environment.GetEnvironmentVariables());
    private readonly string _owner = CgroupTree.Owner();
    private readonly IReadOnlyList<string> _self;
    private readonly StepProcessLimits _limits;
    private readonly ChildReaper _orphans;
    private readonly RunningStepFile? _running;
    private CgroupTree? _cgroups;

    // Not from 0: another runner of this process must not have the same numbers.
    private long _runs = Stopwatch.GetTimestamp();

    /// <summary>Makes a runner.</summary>
    /// <param name="options">Where handlers are, and how long steps have to end.</param>
    public ProcessStepRunner(ProcessStepOptions options)
        : this(options, StepLauncher.Self())
    {
    }

    /// <summary>Makes a runner with another executable as launcher.</summary>
    internal ProcessStepRunner(ProcessStepOptions options, IReadOnlyList<string> self, StepProcessLimits? limits = null)
    {
        _options = options;
        _self = self;
        _limits = limits ?? new StepProcessLimits { GraceMilliseconds = (int)options.Grace.TotalMilliseconds };
        _orphans = new ChildReaper(options.AdoptOrphans);
        if (options.RunningStepFile is { } file)
        {
            _running = new RunningStepFile(file, _owner);
            _running.EndForsaken(_orphans, options.IsJobUnderWay);
        }

        _cgroups = options.UseCgroups ? CgroupTree.Find(options.Limits.MemoryBytes > 0) : null;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        // One method, where three would read better: what it keeps while the process runs is given back in another thread than it was
        // taken in, so that one in three would be made anew.
        string? lost = null;
        using StepArchive? archive = _options.Archive?.Begin(step, out lost);
        StepResult result;
        StepProcess? process;
        do
        {
            process = Begin(step, archive, progress, out string fault);
            if (process is null)
            {
                result = StepResult.NotStarted(fault);
                break;
            }

            CancellationTokenRegistration canceling = process.CancelBy(cancellationToken);
            result = await process.Completion.ConfigureAwait(false);
            canceling.Unregister();
        }
        while (!IsOver(process));

        lost ??= archive?.Finish(result);
        if (lost is not null)
        {
            AgentLog.OutputNotSaved(_options.Logger, step.Number, step.Step.Name, lost);
        }

        return result;
    }

    /// <summary>Starts the process of a step.</summary>
    /// <returns>Null when it can't be started, with the reason.</returns>
    private StepProcess? Begin(StepContext step, StepArchive? archive, IProgress<StepProgress> progress, out string fault)
    {
        long number = Interlocked.Increment(ref _runs);
        RunId runId = new(_owner, number);
        if (Prepare(step, runId, out LocalUser? user, out HandlerFile? handler, out fault) is not { } start)
        {
            return null;
        }

        using HandlerFile? opened = handler;
        _orphans.Look();
        bool isMemoryLimited = false;
        StepCgroup? cgroup = _cgroups?.Make(number, _options.Limits.MemoryBytes, out isMemoryLimited);
        StepRun run = new()
        {
            Time = _options.Time,
            Family = new StepProcessTree(runId, cgroup, _orphans),
            Progress = progress,
            Step = step,
            Environment = start.Environment,
            CanDoWithoutLauncher = user is null && !_options.Limits.IsAny,
            Logger = _options.Logger,
            Limits = _options.Limits,
            Archive = archive,
        };
        LaunchSpec? launch = cgroup is null && run.CanDoWithoutLauncher ? null : new()
        {
            Start = start,
            User = user,
            MustEnterDirectory = step.Step.WorkingDirectory is not null,
            Cgroup = run.Family.CgroupDirectory,
            MaxMemory = isMemoryLimited ? 0 : _options.Limits.MemoryBytes,
            MaxCpuSeconds = _options.Limits.CpuSeconds,
            MaxOpenFiles = _options.Limits.OpenFiles,
        };
        _running?.Write(runId);
        if (Start(start, launch, run, out int error) is { } process)
        {
            return process;
        }

        _ = cgroup?.TryRelease();
        End(run);
        if (cgroup is not null && run.CanDoWithoutLauncher)
        {
            // Better without a cgroup than not at all.
            _cgroups = null;
            return Begin(step, archive, progress, out fault);
        }

        fault = $"can't start {start.Name}: {(launch is null ? ProgramFile.Explain(ProgramFile.ReadHead(start.Name), error) : ErrorText.Of(error))}";
        return null;
    }

    /// <summary>A process has ended.</summary>
    /// <returns>False when nothing of the step has run: it has to begin again, without a cgroup.</returns>
    private bool IsOver(StepProcess process)
    {
        End(process.Run);
        bool isOver = !process.LauncherIsMissing || !process.Run.CanDoWithoutLauncher;
        if (!isOver)
        {
            _cgroups = null;
        }

        return isOver;
    }

    private void End(StepRun run)
    {
        _running?.Clear();
        _environment.TakeBack(run.Environment);
    }

    private StepProcess? Start(ProcessStart start, LaunchSpec? launch, StepRun run, out int error)
    {
        start = start with { CoreLimit = _options.CoreLimit };
        if (launch is not null)
        {
            ProcessStart launcher = StepLauncher.Start(_self, Environment.GetEnvironmentVariables(), LauncherDirectory);
            return StepProcess.Start(launcher with { Launch = launch, Handler = start.Handler, CoreLimit = start.CoreLimit }, _limits, run, out error);
        }

        StepProcess? process = StepProcess.Start(start, _limits, run, out error);
        if (process is null && error == Libc.NotExecutable && ProgramFile.IsPlainScript(ProgramFile.ReadHead(PathHere(start))))
        {
            // Handlers written for execvp, which gives such a file to the shell, have to run here too.
            process = StepProcess.Start(
                start with { Program = Shell, Arguments = [Shell, start.Program, .. start.Arguments.From(1)] },
                _limits,
                run,
                out error);
        }

        return process;
    }

    /// <summary>The program as this process can open it: a child has the descriptor of a checked handler under another number.</summary>
    private static string PathHere(in ProcessStart start) =>
        start.Handler < 0 ? start.Program : string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{start.Handler}{start.Program.AsSpan(ChildProcess.HandlerPath.Length)}");

    /// <summary>Finds out what is to be started.</summary>
    /// <param name="step">The step.</param>
    /// <param name="runId">What this attempt at it is called.</param>
    /// <param name="launchAs">The user that the launcher has to become, or null.</param>
    /// <param name="checkedFile">The handler that was checked, to be closed when it is started, or null.</param>
    /// <param name="fault">Why it can't be started.</param>
    private ProcessStart? Prepare(StepContext step, RunId runId, out LocalUser? launchAs, out HandlerFile? checkedFile, out string fault)
    {
        launchAs = null;
        checkedFile = null;
        uint agent = Libc.EffectiveUser();
        LocalUser? user = step.Step.RunAsUser is { } name ? LocalUser.Find(name) : null;
        if (_options.Policy?.Check(step.Step, user, agent) is { } forbidden)
        {
            fault = forbidden;
            return null;
        }

        if (step.Step.RunAsUser is not null && user is null)
        {
            fault = $"the user '{step.Step.RunAsUser}' does not exist on this board; create it, or take runAsUser out of the document";
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
                if (ProgramFinder.Find(command.Arguments[0], _environment.SearchPath, directory, out fault) is not { } program)
                {
                    return null;
                }

                if (_options.Policy?.CheckCommand(program) is { } denied)
                {
                    fault = denied;
                    return null;
                }

                if (user is null || user.Id == agent)
                {
                    return new ProcessStart(program, command.Arguments, _environment.For(step, runId, null), directory);
                }

                if (agent == 0)
                {
                    launchAs = user;
                    return new ProcessStart(program, command.Arguments, _environment.For(step, runId, user), directory);
                }

                return Sudo(user, program, command.Arguments, out fault) is { } arguments
                    ? new ProcessStart(arguments[0], arguments, _environment.For(step, runId, user), directory)
                    : null;

            case StepAction.RunHandler handler:
                if (FindHandler(handler, directory, out checkedFile, out fault) is not { } path)
                {
                    return null;
                }

                // A handler is told the user and changes to it itself, where its work needs it.
                IEnumerable<string> words = handler.PassesUser ? [path, user?.Name ?? string.Empty] : [path];
                return new ProcessStart(checkedFile?.Program ?? path, [.. words, .. handler.Arguments], _environment.For(step, runId, null, path), directory)
                {
                    Name = path,
                    Handler = checkedFile?.Descriptor ?? -1,
                };

            default:
                throw new InvalidOperationException($"no way to run {step.Step.Action.GetType().Name}");
        }
    }

    /// <summary>Says what in a job the policy does not allow, before the first step runs; null when it allows all of it.</summary>
    internal string? FindDenied(JobPlan plan) =>
        _options.Policy?.Check(plan, _environment.SearchPath, _options.WorkingDirectory, Libc.EffectiveUser());

    /// <summary>Says why a handler can't be run, or null when it can.</summary>
    internal string? FindFault(StepAction.RunHandler handler)
    {
        string? path = FindHandler(handler, _options.WorkingDirectory, out HandlerFile? file, out string fault);
        file?.Dispose();
        return path is null ? fault : null;
    }

    /// <summary>Finds a handler.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="workingDirectory">The directory that the step begins in, which a relative path of the document starts from.</param>
    /// <param name="checkedFile">The file, checked and opened, when it has to be.</param>
    /// <param name="fault">Why there is none.</param>
    /// <returns>Its path.</returns>
    private string? FindHandler(StepAction.RunHandler handler, string workingDirectory, out HandlerFile? checkedFile, out string fault)
    {
        checkedFile = null;
        if (handler.Path is null)
        {
            return ProgramFinder.Find(handler.Handler, _environment.SearchPath, workingDirectory, out fault);
        }

        bool isDefault = handler.Path == StepAction.RunHandler.DefaultPath;
        string directory = isDefault ? _options.HandlerDirectory : Path.Combine(workingDirectory, handler.Path);
        if (!isDefault && _options.Policy is not { ChecksDirectories: true })
        {
            return ProgramFinder.FindHandler(handler.Handler, directory, out fault);
        }

        checkedFile = HandlerFile.Open(handler.Handler, directory, _options.Policy is { IsStrict: true }, out fault);
        return checkedFile?.Path;
    }

    private string[]? Sudo(LocalUser user, string program, IReadOnlyList<string> arguments, out string fault)
    {
        if (ProgramFile.FindFault(ProgramFile.ReadHead(program)) is { } reason)
        {
            fault = $"can't run {program} as user '{user.Name}': {reason}";
            return null;
        }

        if (ProgramFinder.Find("sudo", _environment.SearchPath, LauncherDirectory, out fault) is { } sudo)
        {
            return [sudo, "-u", user.Name, "-n", "--", program, .. arguments.From(1)];
        }

        fault = $"the agent can't run a step as user '{user.Name}': it does not run as root, and sudo is not installed";
        return null;
    }
}
