using System.Diagnostics;
using System.Runtime.CompilerServices;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>Runs steps as processes.</summary>
internal sealed class ProcessStepRunner : IStepRunner
{
    private const string Shell = "/bin/sh";
    private const string LauncherDirectory = "/";
    private readonly ProcessStepOptions _options;
    private readonly StepEnvironment _environment;
    private readonly string _owner = CgroupTree.Owner();
    private readonly IReadOnlyList<string> _self;
    private readonly StepProcessLimits _limits;
    private readonly ChildReaper _reaper;
    private readonly RunningStepFile? _running;
    private CgroupTree? _cgroups;

    // A start value that no other runner of this process has: the numbers must be unique.
    private long _runs = Stopwatch.GetTimestamp();

    public ProcessStepRunner(ProcessStepOptions options)
        : this(options, StepLauncher.Self())
    {
    }

    /// <param name="options">The options.</param>
    /// <param name="self">The command line of the launcher.</param>
    /// <param name="limits">Times to wait; null for the defaults.</param>
    internal ProcessStepRunner(ProcessStepOptions options, IReadOnlyList<string> self, StepProcessLimits? limits = null)
    {
        _options = options;
        _environment = new StepEnvironment(options.Environment);
        _self = self;
        _limits = limits ?? new StepProcessLimits { GraceMilliseconds = (int)options.Grace.TotalMilliseconds };
        _reaper = new ChildReaper(options.AdoptOrphans);
        if (options.RunningStepFile is { } file)
        {
            _running = new RunningStepFile(file, _owner);
            _running.KillLeftovers(_reaper, options.IsJobUnderWay);
        }

        _cgroups = options.UseCgroups ? CgroupTree.Find(options.Limits.MemoryBytes > 0) : null;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        // One method, though three would read better: the pooled state machine is returned by another thread than it was rented by, so that
        // more methods would allocate.
        string? archiveFault = null;
        using StepArchive? archive = _options.Archive?.Begin(step, out archiveFault);
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
            result = await process.Ended.ConfigureAwait(false);
            canceling.Unregister();
        }
        while (!IsOver(process));

        archiveFault ??= archive?.Finish(result);
        if (archiveFault is not null)
        {
            AgentLog.OutputNotSaved(_options.Logger, step.Number, step.Step.Name, archiveFault);
        }

        return result;
    }

    /// <returns>The process, or null with the reason.</returns>
    private StepProcess? Begin(StepContext step, StepArchive? archive, IProgress<StepProgress> progress, out string fault)
    {
        long number = Interlocked.Increment(ref _runs);
        RunId runId = new(_owner, number);
        if (Prepare(step, runId, out LocalUser? user, out HandlerFile? handler, out fault) is not { } start)
        {
            return null;
        }

        using HandlerFile? opened = handler;
        _reaper.Poll();
        bool isMemoryLimited = false;
        StepCgroup? cgroup = _cgroups?.Create(number, _options.Limits.MemoryBytes, out isMemoryLimited);
        StepRun run = new()
        {
            Time = _options.Time,
            Processes = new StepProcessTree(runId, cgroup, _reaper),
            Progress = progress,
            Step = step,
            Environment = start.Environment,
            CanDoWithoutLauncher = user is null && !_options.Limits.IsAny,
            Logger = _options.Logger,
            Limits = _options.Limits,
            Archive = archive,
        };
        bool isDirect = run.CanDoWithoutLauncher && (cgroup is null || _limits.UseNativeSpawn);
        LaunchSpec? launch = isDirect ? null : new()
        {
            Start = start,
            User = user,
            MustEnterDirectory = step.Step.WorkingDirectory is not null,
            Cgroup = run.Processes.CgroupDirectory,
            MaxMemory = isMemoryLimited ? 0 : _options.Limits.MemoryBytes,
            MaxCpuSeconds = _options.Limits.CpuSeconds,
            MaxOpenFiles = _options.Limits.OpenFiles,
        };
        _running?.Write(runId);
        if (Start(isDirect ? start with { Cgroup = cgroup?.ProcessesFile } : start, launch, run, out int error) is { } process)
        {
            return process;
        }

        _ = cgroup?.TryRelease();
        End(run);
        if (!isDirect && run.CanDoWithoutLauncher)
        {
            // Better without a cgroup than not at all.
            _cgroups = null;
            return Begin(step, archive, progress, out fault);
        }

        fault = error < 0
            ? StepCgroup.ExplainJoin(cgroup!.Directory, -error)
            : $"can't start {start.Name}: "
                + (isDirect ? ProgramFile.Explain(ProgramFile.ReadHead(start.Name), error) : ErrorText.Of(error));
        return null;
    }

    /// <summary>Handles the end of a process.</summary>
    /// <returns>False when the launcher did not start: the step has to start again, without a cgroup.</returns>
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
        _environment.Return(run.Environment);
    }

    private StepProcess? Start(ProcessStart start, LaunchSpec? launch, StepRun run, out int error)
    {
        start = start with { CoreLimit = _options.CoreLimit };
        if (launch is not null)
        {
            ProcessStart launcher = StepLauncher.Start(_self, _options.Environment, LauncherDirectory);
            launcher = launcher with { Launch = launch, Handler = start.Handler, CoreLimit = start.CoreLimit };
            return StepProcess.Start(launcher, _limits, run, out error);
        }

        StepProcess? process = StepProcess.Start(start, _limits, run, out error);
        if (process is null && error == Libc.NotExecutable && ProgramFile.IsPlainScript(ProgramFile.ReadHead(PathHere(start))))
        {
            // Like execvp, which handlers may have been written for.
            process = StepProcess.Start(
                start with { Program = Shell, Arguments = [Shell, start.Program, .. start.Arguments.From(1)] },
                _limits,
                run,
                out error);
        }

        return process;
    }

    /// <summary>The program's path in this process, in which a checked handler has another descriptor than in the child.</summary>
    private static string PathHere(in ProcessStart start) =>
        start.Handler < 0 ? start.Program : $"/proc/self/fd/{start.Handler}{start.Program.AsSpan(ChildProcess.HandlerPath.Length)}";

    /// <summary>Determines the process to start.</summary>
    /// <param name="step">The step.</param>
    /// <param name="runId">The id of this attempt.</param>
    /// <param name="launchAs">The user that the launcher switches to, or null.</param>
    /// <param name="checkedFile">The checked handler, which the caller closes after the start, or null.</param>
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
            fault = $"the user '{step.Step.RunAsUser}' does not exist on this board; create it, or remove runAsUser from the document";
            return null;
        }

        string directory = step.Step.WorkingDirectory ?? _options.WorkingDirectory;
        if (!ProgramFinder.CheckDirectory(directory, out fault))
        {
            return null;
        }

        switch (step.Step.Action)
        {
            case { Program: { } command }:
                if (ProgramFinder.Find(command.Arguments[0], _environment.SearchPath, directory, out fault) is not { } program)
                {
                    return null;
                }

                if (_options.Policy?.CheckCommand(step.Step, program) is { } denied)
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

                // A handler gets the user as an argument, and switches to it where its work needs that.
                IEnumerable<string> words = handler.PassesUser ? [path, user?.Name ?? string.Empty] : [path];
                IReadOnlyList<string> environment = _environment.For(step, runId, null, path);
                return new ProcessStart(checkedFile?.Program ?? path, [.. words, .. handler.Arguments], environment, directory)
                {
                    Name = path,
                    Handler = checkedFile?.Descriptor ?? -1,
                };

            default:
                throw new InvalidOperationException($"no way to run {step.Step.Action.GetType().Name}");
        }
    }

    /// <summary>What the policy denies in a job, before its first step runs; null when it allows all of it.</summary>
    internal string? FindDenied(JobPlan plan) =>
        _options.Policy is { } policy
            ? policy.Check(plan, _environment.SearchPath, _options.WorkingDirectory, Libc.EffectiveUser())
            : ExecutionPolicy.CheckWithoutPolicy(plan);

    /// <summary>Why a handler can't run; null when it can.</summary>
    internal string? FindFault(StepAction.RunHandler handler)
    {
        string? path = FindHandler(handler, _options.WorkingDirectory, out HandlerFile? file, out string fault);
        file?.Dispose();
        return path is null ? fault : null;
    }

    /// <param name="handler">The handler.</param>
    /// <param name="workingDirectory">The directory for relative paths of the document.</param>
    /// <param name="checkedFile">The file, opened and checked if the policy requires that.</param>
    /// <param name="fault">Why there is none.</param>
    /// <returns>The path, or null.</returns>
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
