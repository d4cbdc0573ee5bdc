using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Installs a Debian package, and undoes that. Each can run again after it was interrupted at any moment.</summary>
/// <param name="options">The options.</param>
/// <param name="parts">Runs programs and units.</param>
/// <param name="step">The step.</param>
/// <param name="progress">Gets the progress.</param>
internal sealed class PackageInstallation(
    DownloadOptions options, InstallParts parts, StepContext step, IProgress<StepProgress> progress)
{
    private readonly PackageStore _store = new(options);
    private readonly StepRecord _record = StepRecord.OfInstallation(options.DataDirectory, step);
    private readonly Dpkg _dpkg = new(options, parts, step.Step.Timeout ?? StepAction.Install.UsualTimeout);

    /// <summary>Installs the package of a plan.</summary>
    /// <returns>What the outcome says in addition.</returns>
    /// <exception cref="UpdateFailure">That failed.</exception>
    public async Task<string> InstallAsync(StepAction.Install plan, CancellationToken cancellationToken)
    {
        if (Libc.EffectiveUser() != 0)
        {
            throw new UpdateFailure(
                $"only root can install packages, and the agent runs as the user {OwnUser.Name}; run its service as root, with "
                + "/usr/share/edgejobs/root-jobs.conf");
        }

        if (step.Attempt == 1)
        {
            _record.Delete();
        }

        progress.Report(new StepProgress { Message = "checking the package" });
        try
        {
            string copy;
            using (PartialFile file = InstallFile.Open(plan, options, cancellationToken))
            {
                copy = _store.Add(file, plan.File, cancellationToken);
            }

            PackageId package = await _dpkg.ReadAsync(copy, plan.File, cancellationToken).ConfigureAwait(false);
            await InstallAsync(plan, package, cancellationToken).ConfigureAwait(false);
            return "";
        }
        finally
        {
            _store.Discard();
        }
    }

    /// <summary>Installs the version before again, or removes the package if there was none.</summary>
    /// <inheritdoc cref="InstallAsync(StepAction.Install, CancellationToken)"/>
    public async Task<string> RollBackAsync(StepAction.Install plan, CancellationToken cancellationToken)
    {
        if (_record.Read() is not { } record)
        {
            // The installation has failed before it changed anything.
            return "";
        }

        (string name, string architecture, PackageId? before) = Parse(record);
        await _dpkg.PrepareAsync(cancellationToken).ConfigureAwait(false);
        PackageState? now = await _dpkg.FindAsync(name, architecture, cancellationToken).ConfigureAwait(false);
        if (before is not { } previous)
        {
            if (now is { } installed)
            {
                await parts.StopAsync(plan.Units, cancellationToken).ConfigureAwait(false);
                progress.Report(new StepProgress { Message = $"removing {name}" });
                await _dpkg.RemoveAsync(installed.Package, cancellationToken).ConfigureAwait(false);
            }

            return $"{name} is not installed, as before";
        }

        if (now is not { IsWhole: true } whole || whole.Package != previous)
        {
            string path = _store.Find(previous) ?? throw new UpdateFailure(
                $"{name} {previous.Version} can't be installed again: neither {_store.DirectoryPath} nor {options.AptArchives} has "
                + $"{previous.FileName}; {name} stays as the failed job has left it");
            progress.Report(new StepProgress { Message = $"installing {name} {previous.Version} again" });
            await _dpkg.InstallAsync(path, previous, now, cancellationToken).ConfigureAwait(false);
        }

        await parts.RestartAsync(plan.Units, cancellationToken).ConfigureAwait(false);
        return $"{name} is {previous.Version} again";
    }

    private async Task InstallAsync(StepAction.Install plan, PackageId package, CancellationToken cancellationToken)
    {
        await _dpkg.PrepareAsync(cancellationToken).ConfigureAwait(false);
        PackageState? now = await _dpkg.FindAsync(package.Name, package.Architecture, cancellationToken).ConfigureAwait(false);
        if (options.Policy is { ForbidsDowngrades: true } && now is { Package.Version: var installed }
            && await _dpkg.IsLowerAsync(package.Version, installed, cancellationToken).ConfigureAwait(false))
        {
            throw new UpdateFailure(
                $"{package.Name} {package.Version} is lower than {installed}, which is installed; "
                + $"\"{PolicyReader.ForbidDowngrades}\" in the \"policy\" section of the configuration forbids to go back");
        }

        await parts.RunAsync(plan.Before, "before", null, cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        string? record = _record.Read();
        if (record is null)
        {
            options.Changing();
            record = $"{package.Name} {package.Architecture}{(now is { } before ? $"\n{before.Package}" : "")}";
            _record.Write(record);
        }

        bool isInstalled = now is { IsWhole: true } whole && whole.Package == package;
        PackageId? previous = Parse(record).Before;
        string path = _store.Keep(package, replaces: !isInstalled);
        if (previous != package)
        {
            _store.Prune(package, previous);
        }

        if (!isInstalled)
        {
            progress.Report(new StepProgress { Message = $"installing {package.Name} {package.Version}" });
            await _dpkg.InstallAsync(path, package, now, cancellationToken).ConfigureAwait(false);
        }

        await parts.RunAsync(plan.After, "after", null, cancellationToken).ConfigureAwait(false);
        await parts.RestartAsync(plan.Units, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The package of a record, and its version before, if it was installed.</summary>
    private static (string Name, string Architecture, PackageId? Before) Parse(string record)
    {
        string[] lines = record.Split('\n');
        string[] words = lines[0].Split(' ');
        return (words[0], words[1], lines.Length > 1 ? PackageId.Parse(lines[1]) : null);
    }
}
