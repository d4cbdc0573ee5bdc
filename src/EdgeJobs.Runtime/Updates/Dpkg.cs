using System.Globalization;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Runs dpkg and apt, with the options of the packaged handlers.</summary>
/// <param name="options">The options.</param>
/// <param name="parts">Runs programs.</param>
/// <param name="timeout">How long one run may take.</param>
internal sealed class Dpkg(DownloadOptions options, InstallParts parts, TimeSpan timeout)
{
    private const string ToFile = "\"$@\" > \"$0\" 2>&1; code=$?; tail -n 20 \"$0\" >&2; exit $code";
    private const int Locked = 2;
    private const int MaxWaits = 30;
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);
    private static readonly string[] KeepConfiguration = ["--force-confdef", "--force-confold"];

    // No removal: a rollback could not bring back what apt removes for the new version.
    private static readonly string[] OfApt =
    [
        "-q", "--yes", "--allow-downgrades", "--no-install-recommends", "--no-remove", "-o", "DPkg::Lock::Timeout=300",
        "-o", "Dpkg::Use-Pty=0", "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold",
    ];

    /// <summary>The name, architecture and version of a package file.</summary>
    /// <exception cref="UpdateFailure">It is not a package.</exception>
    public async Task<PackageId> ReadAsync(string path, string shown, CancellationToken cancellationToken)
    {
        string[] command = ["dpkg-deb", "--show", "--showformat=${Package} ${Architecture} ${Version}", path];
        StepResult result = await parts.RunAsync(command, cancellationToken).ConfigureAwait(false);
        InstallParts.Check(result, $"{shown} can't be read as a Debian package:");
        return PackageId.Parse(result.StdOut)
            ?? throw new UpdateFailure($"{shown} is a Debian package without a valid name, architecture and version: '{result.StdOut}'");
    }

    /// <summary>The state of a package on the board.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="architecture">The architecture; a package for all boards is also found.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <returns>Null if it is not installed.</returns>
    /// <exception cref="UpdateFailure">dpkg can't be asked.</exception>
    public async Task<PackageState?> FindAsync(string name, string architecture, CancellationToken cancellationToken)
    {
        const string Format = "--showformat=${Architecture} ${db:Status-Status} ${db:Status-Eflag} ${Version};";
        StepResult result = await parts.RunAsync(["dpkg-query", "--show", Format, name], cancellationToken).ConfigureAwait(false);
        if (result is { End: StepEnd.Exited, Code: 1, TimedOutAfter: null })
        {
            return null;
        }

        InstallParts.Check(result, "dpkg-query failed:");
        foreach (string line in result.StdOut.Split(';'))
        {
            string[] words = line.Trim().Split(' ');
            if (words.Length == 4
                && (words[0] == architecture || words[0] == PackageId.AnyArchitecture || architecture == PackageId.AnyArchitecture)
                && words[1] is not ("not-installed" or "config-files")
                && PackageId.Parse($"{name} {words[0]} {words[3]}") is { } package)
            {
                bool isWhole = words[2] == "ok" && words[1] is ("installed" or "triggers-awaited" or "triggers-pending");
                return new PackageState(package, isWhole);
            }
        }

        return null;
    }

    /// <summary>Whether a version is lower than another one, by the rules of dpkg.</summary>
    /// <exception cref="UpdateFailure">dpkg can't compare them.</exception>
    public async Task<bool> IsLowerAsync(string version, string than, CancellationToken cancellationToken)
    {
        string[] command = ["dpkg", "--compare-versions", version, "lt", than];
        StepResult result = await parts.RunAsync(command, cancellationToken).ConfigureAwait(false);
        if (result is { End: StepEnd.Exited, Code: 1, TimedOutAfter: null })
        {
            return false;
        }

        InstallParts.Check(result, $"dpkg can't compare the versions {version} and {than}:");
        return true;
    }

    /// <summary>
    /// Waits while another process uses dpkg, such as an earlier attempt at this step, and lets dpkg complete its list of packages, which a
    /// power cut may have interrupted. No script of a package runs: the one that failed or hung would do so again.
    /// </summary>
    /// <exception cref="UpdateFailure">dpkg can't be used.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        for (int waits = 0; ; waits++)
        {
            options.Changing();

            // It sets nothing: the input is empty.
            string[] command = AsService("dpkg", ["--set-selections"]);
            StepResult result = await parts.RunAsync(command, cancellationToken).ConfigureAwait(false);
            if (result is not { End: StepEnd.Exited, Code: Locked } || waits == MaxWaits)
            {
                InstallParts.Check(result, "dpkg can't be used:");
                return;
            }

            await Task.Delay(Wait, options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Installs a package file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="package">The package that it is.</param>
    /// <param name="state">The state of the package on the board.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpdateFailure">It can't be installed.</exception>
    public async Task InstallAsync(string path, PackageId package, PackageState? state, CancellationToken cancellationToken)
    {
        string failed = $"{package.Name} {package.Version} can't be installed:";
        bool hasApt = ProgramFinder.Find("apt-get", options.SearchPath, "/", out _) is not null;
        if (hasApt && state is { IsWhole: false })
        {
            // apt refuses to replace a version that dpkg has not completed, or completes it before: its script may fail or hang.
            await RunAsync("dpkg", [.. KeepConfiguration, "--unpack", path], failed, cancellationToken).ConfigureAwait(false);
        }

        string[] arguments = hasApt ? [.. OfApt, "install", path] : [.. KeepConfiguration, "--install", path];
        await RunAsync(hasApt ? "apt-get" : "dpkg", arguments, failed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes a package. Its configuration files stay.</summary>
    /// <exception cref="UpdateFailure">It can't be removed.</exception>
    public Task RemoveAsync(PackageId package, CancellationToken cancellationToken) => RunAsync(
        "dpkg",
        ["--force-remove-reinstreq", "--remove", $"{package.Name}:{package.Architecture}"],
        $"{package.Name} can't be removed:",
        cancellationToken);

    private async Task RunAsync(string program, string[] arguments, string failed, CancellationToken cancellationToken)
    {
        options.Changing();
        InstallParts.Check(await parts.RunAsync(AsService(program, arguments), cancellationToken).ConfigureAwait(false), failed);
    }

    /// <summary>
    /// As a unit of its own: a package may restart the agent, which ends the agent's processes, but must not end dpkg. It writes to a file,
    /// because a pipe breaks with the agent, and it ends with the time limit of the step: a script that hangs must not keep the lock.
    /// </summary>
    private string[] AsService(string program, string[] arguments)
    {
        const string Variable = "DEBIAN_FRONTEND=noninteractive";
        string path = ProgramFinder.Find(program, options.SearchPath, "/", out string fault) ?? throw new UpdateFailure(fault);
        if (!options.HasSystemd)
        {
            return ["env", Variable, path, .. arguments];
        }

        string limit = string.Create(CultureInfo.InvariantCulture, $"--property=RuntimeMaxSec={Math.Ceiling(timeout.TotalSeconds)}");
        string log = Path.Combine(options.DataDirectory, "dpkg.log");
        string[] unit = ["systemd-run", "--quiet", "--wait", "--pipe", "--collect", "--property=Type=exec", limit, "--setenv=" + Variable];
        return [.. unit, "--", "/bin/sh", "-c", ToFile, log, path, .. arguments];
    }
}
