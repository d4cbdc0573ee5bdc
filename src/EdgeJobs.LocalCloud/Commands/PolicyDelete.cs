using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>policy delete</c>: deletes a policy that is not attached to anything.</summary>
internal static class PolicyDelete
{
    public static CommandSpec Spec { get; } =
        new("policy delete", ["NAME"], "Deletes a policy with all its versions. It must not be attached to anything.", CloudAddress.Flags);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string name = command.Arguments[0], path = PolicySet.Path(name);
        using CloudClient cloud = new(CloudAddress.From(command));
        PolicyTargetListBody targets = await cloud.SendAsync(
            HttpMethod.Post, $"policy-targets/{Uri.EscapeDataString(name)}", RestJson.Default.PolicyTargetListBody,
            cancellationToken).ConfigureAwait(false);
        if (targets.Targets.Count > 0)
        {
            throw new CloudException(
                ExitCode.Failed,
                $"policy {name} is attached to {string.Join(", ", targets.Targets)}: detach it first with 'edgejobs-cloud policy detach'");
        }

        PolicyVersionListBody versions = await cloud.SendAsync(
            HttpMethod.Get, path + "/version", RestJson.Default.PolicyVersionListBody, cancellationToken).ConfigureAwait(false);
        foreach (PolicyVersionSummaryBody version in versions.PolicyVersions.Where(static version => !version.IsDefaultVersion))
        {
            await cloud.SendAsync(HttpMethod.Delete, $"{path}/version/{version.VersionId}", cancellationToken).ConfigureAwait(false);
        }

        await cloud.SendAsync(HttpMethod.Delete, path, cancellationToken).ConfigureAwait(false);
        output.Write($"Deleted policy {name}.\n");
        return ExitCode.Done;
    }
}
