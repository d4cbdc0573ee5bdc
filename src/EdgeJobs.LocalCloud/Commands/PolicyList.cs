using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>policy list</c>: lists all policies.</summary>
internal static class PolicyList
{
    public static CommandSpec Spec { get; } = new("policy list", [], "Lists all policies.", CloudAddress.Flags);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        using CloudClient cloud = new(CloudAddress.From(command));
        Table table = new("POLICY", "VERSION", "ATTACHED TO");
        string? marker = null;
        do
        {
            string page = marker is null ? string.Empty : "&marker=" + Uri.EscapeDataString(marker);
            PolicyListBody list = await cloud.SendAsync(
                HttpMethod.Get, "policies?pageSize=250" + page, RestJson.Default.PolicyListBody, cancellationToken).ConfigureAwait(false);
            foreach (PolicySummaryBody summary in list.Policies)
            {
                PolicyBody policy = await cloud.SendAsync(
                    HttpMethod.Get, PolicySet.Path(summary.PolicyName), RestJson.Default.PolicyBody,
                    cancellationToken).ConfigureAwait(false);
                PolicyTargetListBody targets = await cloud.SendAsync(
                    HttpMethod.Post, $"policy-targets/{Uri.EscapeDataString(summary.PolicyName)}", RestJson.Default.PolicyTargetListBody,
                    cancellationToken).ConfigureAwait(false);
                table.Add(
                    summary.PolicyName, policy.DefaultVersionId,
                    targets.Targets.Count == 1 ? "1 target" : $"{targets.Targets.Count} targets");
            }

            marker = list.NextMarker;
        }
        while (marker is not null);
        table.WriteTo(output);
        return ExitCode.Done;
    }
}
