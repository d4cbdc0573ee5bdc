using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Settings;

/// <summary>The rules for the steps that the agent does itself.</summary>
internal sealed partial record ExecutionPolicy
{
    /// <summary>Finds a step that a board without a policy does not allow either.</summary>
    /// <returns>The reason; null if there is none.</returns>
    internal static string? CheckWithoutPolicy(JobPlan plan)
    {
        for (int i = 0; i < plan.Count; i++)
        {
            string? reason = plan.Steps[i].Action switch
            {
                StepAction.Download download => CheckUrls(null, download),
                StepAction.UpdateAgent update => CheckUrls(null, update.File),
                StepAction.HealthCheck { Url: { } url } => CheckHealthUrl(null, url),
                StepAction.Install install => CheckPlaceholder(install.Signature),
                _ => null,
            };
            if (reason is not null)
            {
                return $"step {i + 1} of {plan.Count} '{plan.Steps[i].Name}': {reason}";
            }
        }

        return null;
    }

    /// <summary>Checks a URL of a download, or one that a redirect leads to.</summary>
    /// <param name="policy">The policy; null for a board without one.</param>
    /// <param name="url">The URL.</param>
    /// <returns>The reason, naming the member of the policy to change; null if it is allowed.</returns>
    internal static string? CheckUrl(ExecutionPolicy? policy, DownloadUrl url) =>
        !url.IsSecure && policy is not { AllowsHttp: true }
            ? $"the URL {url.Location} is not allowed on this board; use https, or set \"allowHttp\": true in the \"policy\" section of "
                + "the configuration"
        : policy?.UrlHosts is { } hosts && !IsListed(hosts, url.Host) ? Deny($"the host {url.Host}", "urlHosts")
        : null;

    /// <summary>Checks the URL of a health check, which may be on this board without TLS.</summary>
    /// <inheritdoc cref="CheckUrl"/>
    internal static string? CheckHealthUrl(ExecutionPolicy? policy, string text) =>
        DownloadUrl.Parse(text, out string? fault) is not { } url ? $"the URL {fault}"
        : CheckUrl(url is { IsSecure: false, IsLoopback: true } ? (policy ?? new()) with { AllowsHttp = true } : policy, url);

    /// <summary>The allowed directory that a target lies below; null if all directories are allowed.</summary>
    internal string? RootOf(string target)
    {
        foreach (string root in TargetRoots ?? [])
        {
            if (target.StartsWith(root == "/" ? root : root + "/", StringComparison.Ordinal))
            {
                return root;
            }
        }

        return null;
    }

    private static bool IsListed(IReadOnlyList<string> hosts, string host)
    {
        foreach (string entry in hosts)
        {
            if (entry.StartsWith("*.", StringComparison.Ordinal)
                ? host.Length >= entry.Length && host.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase)
                : host.Equals(entry, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string? CheckUrls(ExecutionPolicy? policy, StepAction.Download download)
    {
        foreach (string text in download.Urls)
        {
            DownloadUrl? url = DownloadUrl.Parse(text, out string? fault);
            if ((url is null ? $"the URL {fault}" : CheckUrl(policy, url)) is { } reason)
            {
                return reason;
            }
        }

        return CheckPlaceholder(download.Signature) is { } unresolved ? unresolved
            : download.Signature is not { IsUrl: true } signature ? null
            : DownloadUrl.Parse(signature.Value, out string? wrong) is { } file ? CheckUrl(policy, file)
            : $"the URL of the signature {wrong}";
    }

    private static string? CheckPlaceholder(FileSignature? signature) =>
        signature is not null && FileSignature.IsPlaceholder(signature.Value)
            ? "the signature is a placeholder that the service has not replaced"
            : null;

    private string? CheckDownload(StepAction.Download download) =>
        CheckFile(download, download)
        ?? CheckTarget(download.Path)
        ?? (download.Owner is { } owner ? CheckUser(owner, LocalUser.Find(owner)) : null);

    /// <summary>The file needs its own signature, because it may have changed since a step before has checked it.</summary>
    private string? CheckInstall(StepAction.Install install) =>
        CheckPlaceholder(install.Signature) ?? CheckSigned(install, install.Signature) ?? CheckSequence(install)
        ?? (install.Before.Count + install.After.Count > 0 ? CheckOperation(CommandOperation) : null) ?? CheckUnits(install.Units)
        ?? (install.Package is null ? CheckTarget(install.Directory) : CheckPackage(install));

    private string? CheckUnits(IReadOnlyList<string> units)
    {
        foreach (string unit in units)
        {
            if (Units is not null && !Units.Contains(unit))
            {
                return Deny($"the unit {unit}", "units");
            }
        }

        return null;
    }

    /// <summary>A package has a version that dpkg can compare.</summary>
    private string? CheckSequence(StepAction.Install install) =>
        ForbidsDowngrades && install is { Package: null, Sequence: null }
            ? $"{install.Describe()} has no sequence, which \"{PolicyReader.ForbidDowngrades}\" in the \"policy\" section of the "
                + "configuration demands; add the number of the release"
            : null;

    /// <summary>A package can write anywhere, and runs its scripts as root.</summary>
    private string? CheckPackage(StepAction.Install install) =>
        (TargetRoots is null ? ChecksDirectories : !TargetRoots.Contains("/"))
            ? Deny($"the {install.Describe()}, which can write anywhere,", "targetRoots", "\"/\"")
            : null;

    private string? CheckFile(StepAction action, StepAction.Download download) =>
        CheckUrls(this, download) ?? CheckSigned(action, download.Signature);

    private string? CheckSigned(StepAction action, FileSignature? signature) =>
        RequiresSignatures && signature is null
            ? $"{action.Describe()} has no signature, which \"{PolicyReader.RequireSignatures}\" in the \"policy\" section of the "
                + "configuration demands; add a signature"
            : null;

    private string? CheckTarget(string target) =>
        (TargetRoots is null ? ChecksDirectories : RootOf(target) is null)
            ? Deny($"the target {target}", "targetRoots", "a directory above it")
            : null;

    private string? CheckHealthCheck(StepAction.HealthCheck check) =>
        check.Url is { } url ? CheckHealthUrl(this, url)
        : check.Command is not null ? CheckOperation(CommandOperation) : null;

    /// <summary>A policy that names what may run does not allow a reboot or another agent by itself.</summary>
    private string? CheckListed(string operation) =>
        Operations is null && ChecksDirectories ? Deny($"the operation {operation}", "operations") : CheckOperation(operation);
}
