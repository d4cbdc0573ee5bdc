using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// Runs the steps that install a version and those that undo it, and passes all others to another runner, which also runs programs and
/// checks units.
/// </summary>
/// <param name="others">Runs all other steps.</param>
/// <param name="options">The options.</param>
internal sealed class InstallStepRunner(IStepRunner others, DownloadOptions options) : IStepRunner
{
    private const string Unfinished = "the installation is not complete";

    /// <inheritdoc/>
    public ValueTask<StepResult> RunAsync(StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        Func<CancellationToken, Task<string>>? work = step.Step.Action switch
        {
            StepAction.Install install => token => InstallAsync(install, step, progress, token),
            StepAction.Rollback rollback => token => RollBackAsync(rollback, step, progress, token),
            _ => null,
        };
        return work is null ? others.RunAsync(step, progress, cancellationToken)
            : options.Policy?.Check(step.Step, null, Libc.EffectiveUser()) is { } denied ? new(StepResult.NotStarted(denied))
            : new(AgentWork.RunAsync(options.Time, step.Step, Unfinished, work, cancellationToken));
    }

    private async Task<string> InstallAsync(
        StepAction.Install plan, StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        if (step.Attempt == 1)
        {
            UndoRecord.Delete(options.DataDirectory, step);
        }

        using VersionDirectory versions = Open(plan);
        string? current = versions.Current();
        AddVersion(versions, plan, current, progress, cancellationToken);
        UndoRecord? earlier = UndoRecord.Read(options.DataDirectory, step);
        if (earlier is null)
        {
            options.Changing();
            earlier = new UndoRecord(current ?? "");
            earlier.Write(options.DataDirectory, step);
        }

        await RunAsync(plan.Before, "before", plan, step, progress, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        versions.Switch(plan.Version);
        await RunAsync(plan.After, "after", plan, step, progress, cancellationToken).ConfigureAwait(false);
        await RestartAsync("restart", plan.Units, plan, step, progress, cancellationToken).ConfigureAwait(false);
        versions.Prune(plan.Version, versions.VersionOf(earlier.Previous));
        return "";
    }

    private async Task<string> RollBackAsync(
        StepAction.Rollback plan, StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        if (UndoRecord.Read(options.DataDirectory, step) is not { } record)
        {
            // The installation has failed before it changed anything.
            return "";
        }

        bool wasAny = record.Previous.Length > 0;
        using VersionDirectory versions = Open(plan.Of);
        versions.Switch(wasAny ? record.Previous : null);

        // Without a version before, the units have nothing to run.
        await RestartAsync(wasAny ? "restart" : "stop", plan.Of.Units, plan, step, progress, cancellationToken).ConfigureAwait(false);
        return wasAny
            ? $"{plan.Of.Directory} is {versions.VersionOf(record.Previous) ?? record.Previous} again"
            : $"{plan.Of.Directory} has no current version, as before";
    }

    private VersionDirectory Open(StepAction.Install plan) =>
        VersionDirectory.Open(plan.Directory, options.Policy?.RootOf(plan.Directory), options.Changing);

    /// <summary>Extracts the archive, unless an earlier attempt has.</summary>
    private void AddVersion(
        VersionDirectory versions,
        StepAction.Install plan,
        string? current,
        IProgress<StepProgress> progress,
        CancellationToken cancellationToken)
    {
        using ArchiveFile archive = ArchiveFile.Open(plan, options, cancellationToken);
        string checksum = archive.Checksum;
        string? installed = versions.ChecksumOf(plan.Version);
        if (installed == checksum)
        {
            return;
        }

        if (installed is "")
        {
            throw new UpdateFailure(
                $"{plan.Directory}/{plan.Version} exists and was not installed by the agent; move it away, or choose another version");
        }

        if (installed is not null && versions.VersionOf(current) == plan.Version)
        {
            throw new UpdateFailure(
                $"{plan.Directory}/{plan.Version} is the current version and has other content; give the new content another version");
        }

        progress.Report(new StepProgress { Message = "checking the archive" });
        long free = versions.FreeBytes() - options.SpareBytes;
        archive.Read(options.SearchPath, reader => ArchiveExtractor.Check(reader, free), cancellationToken);
        progress.Report(new StepProgress { Message = "extracting the archive" });
        versions.Add(
            plan.Version,
            checksum,
            tree => archive.Read(options.SearchPath, new ArchiveExtractor(tree, options.Changing).Extract, cancellationToken));
    }

    /// <summary>Runs a program of the document in the directory of the version.</summary>
    private async Task RunAsync(
        IReadOnlyList<string> command,
        string name,
        StepAction.Install plan,
        StepContext step,
        IProgress<StepProgress> progress,
        CancellationToken cancellationToken)
    {
        if (command.Count > 0)
        {
            StepPlan part = step.Step with
            {
                Action = new StepAction.RunCommand(command) { PartOf = plan },
                WorkingDirectory = $"{plan.Directory}/{plan.Version}",
            };
            await RunPartAsync(part, $"the program of {name}", step, progress, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Restarts the units, and waits until they stay up; or stops them.</summary>
    private async Task RestartAsync(
        string verb,
        IReadOnlyList<string> units,
        StepAction whole,
        StepContext step,
        IProgress<StepProgress> progress,
        CancellationToken cancellationToken)
    {
        if (units.Count == 0)
        {
            return;
        }

        StepAction.RunCommand systemctl = new(["systemctl", "--no-ask-password", verb, "--", .. units]) { PartOf = whole, IsFixed = true };
        await RunPartAsync(step.Step with { Action = systemctl }, "systemctl", step, progress, cancellationToken).ConfigureAwait(false);
        if (verb == "stop")
        {
            return;
        }

        foreach (string unit in units)
        {
            StepPlan watch = step.Step with
            {
                Action = new StepAction.HealthCheck { Unit = unit, Interval = options.UnitInterval, PartOf = whole },
                Timeout = StepAction.HealthCheck.UsualTimeout,
            };
            await RunPartAsync(watch, $"the unit {unit} does not stay up:", step, progress, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RunPartAsync(
        StepPlan part, string what, StepContext step, IProgress<StepProgress> progress, CancellationToken cancellationToken)
    {
        StepResult result = await others.RunAsync(step with { Step = part }, progress, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (result is { TimedOutAfter: null, Code: 0, End: StepEnd.Exited or StepEnd.Returned })
        {
            return;
        }

        string failed = what.EndsWith(':') ? what : $"{what} failed:";
        throw new UpdateFailure($"{failed} {result.DescribeWithErrors()}");
    }
}
