using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;

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
        InstallParts parts = new(others, options, step, progress);
        Func<CancellationToken, Task<string>>? work = step.Step.Action switch
        {
            StepAction.Install { Package: not null } install =>
                token => new PackageInstallation(options, parts, step, progress).InstallAsync(install, token),
            StepAction.Rollback { Of.Package: not null } rollback =>
                token => new PackageInstallation(options, parts, step, progress).RollBackAsync(rollback.Of, token),
            StepAction.Install install => token => InstallAsync(install, parts, step, progress, token),
            StepAction.Rollback rollback => token => RollBackAsync(rollback.Of, parts, step, token),
            _ => null,
        };
        return work is null ? others.RunAsync(step, progress, cancellationToken)
            : options.Policy?.Check(step.Step, null, Libc.EffectiveUser()) is { } denied ? new(StepResult.NotStarted(denied))
            : new(AgentWork.RunAsync(options.Time, step.Step, Unfinished, work, cancellationToken));
    }

    private async Task<string> InstallAsync(
        StepAction.Install plan,
        InstallParts parts,
        StepContext step,
        IProgress<StepProgress> progress,
        CancellationToken cancellationToken)
    {
        StepRecord record = StepRecord.OfInstallation(options.DataDirectory, step);
        if (step.Attempt == 1)
        {
            record.Delete();
        }

        RefuseDowngrade(plan);
        using VersionDirectory versions = Open(plan);
        string? current = versions.Current();
        AddVersion(versions, plan, current, progress, cancellationToken);
        string directory = $"{plan.Directory}/{plan.Version}";
        await parts.RunAsync(plan.Before, "before", directory, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        string? previous = record.Read();
        if (previous is null)
        {
            options.Changing();
            previous = current ?? "";
            record.Write(previous);
        }

        versions.Switch(plan.Version);
        await parts.RunAsync(plan.After, "after", directory, cancellationToken).ConfigureAwait(false);
        await parts.RestartAsync(plan.Units, cancellationToken).ConfigureAwait(false);
        if (plan.Sequence is { } sequence)
        {
            options.Changing();
            ReleaseSequences.Raise(options.DataDirectory, plan.Directory, sequence);
        }

        RemoveOldVersions(versions, plan.Version, versions.VersionOf(previous));
        return "";
    }

    /// <summary>The new version works: one that can't be removed changes nothing about that.</summary>
    private void RemoveOldVersions(VersionDirectory versions, string version, string? previous)
    {
        try
        {
            if (previous != version)
            {
                versions.Prune(version, previous);
            }
        }
        catch (Exception e) when (e is UpdateFailure or IOException or UnauthorizedAccessException)
        {
            AgentLog.OldVersionsStay(options.Logger, e.Message);
        }
    }

    private async Task<string> RollBackAsync(
        StepAction.Install plan, InstallParts parts, StepContext step, CancellationToken cancellationToken)
    {
        if (StepRecord.OfInstallation(options.DataDirectory, step).Read() is not { } previous)
        {
            // The installation has failed before it changed anything.
            return "";
        }

        using VersionDirectory versions = Open(plan);
        if (previous.Length == 0)
        {
            versions.Switch(null);

            // Without a version before, the units have nothing to run.
            await parts.StopAsync(plan.Units, cancellationToken).ConfigureAwait(false);
            return $"{plan.Directory} has no current version, as before";
        }

        versions.Switch(previous);
        await parts.RestartAsync(plan.Units, cancellationToken).ConfigureAwait(false);
        return $"{plan.Directory} is {versions.VersionOf(previous) ?? previous} again";
    }

    private void RefuseDowngrade(StepAction.Install plan)
    {
        if (options.Policy is { ForbidsDowngrades: true } && plan.Sequence is { } sequence
            && ReleaseSequences.HighestOf(options.DataDirectory, plan.Directory) is { } highest && sequence < highest)
        {
            throw new UpdateFailure(
                $"the release {sequence} is lower than {highest}, which was installed in {plan.Directory}; "
                + $"\"{PolicyReader.ForbidDowngrades}\" in the \"policy\" section of the configuration forbids to go back");
        }
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
}
