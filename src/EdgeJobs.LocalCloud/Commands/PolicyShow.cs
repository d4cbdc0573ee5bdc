using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>policy show</c>: shows a policy's default version and its targets.</summary>
internal static class PolicyShow
{
    public static CommandSpec Spec { get; } =
        new("policy show", ["NAME"], "Shows a policy: its default version and its targets.", CloudAddress.Flags);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string name = command.Arguments[0];
        using CloudClient cloud = new(CloudAddress.From(command));
        PolicyBody policy = await cloud.SendAsync(
            HttpMethod.Get, PolicySet.Path(name), RestJson.Default.PolicyBody, cancellationToken).ConfigureAwait(false);
        PolicyTargetListBody targets = await cloud.SendAsync(
            HttpMethod.Post, $"policy-targets/{Uri.EscapeDataString(name)}", RestJson.Default.PolicyTargetListBody,
            cancellationToken).ConfigureAwait(false);
        output.Write($"policy    {SafeText.Of(policy.PolicyName)}\nversion   {SafeText.Of(policy.DefaultVersionId)}\n");
        foreach (string target in targets.Targets)
        {
            output.Write($"attached  {SafeText.Of(target)}\n");
        }

        output.Write($"\n{SafeText.Lines(policy.PolicyDocument.TrimEnd().ReplaceLineEndings("\n"))}\n");
        PolicySet.WriteNotes(policy.PolicyDocument, output);
        return ExitCode.Done;
    }
}
