using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>policy attach</c> and <c>policy detach</c>: attaches a policy to the certificates of things, or detaches it.</summary>
internal static class PolicyAttach
{
    public static CommandSpec Attach { get; } = new(
        "policy attach",
        ["NAME"],
        "Attaches a policy to the certificates of things.",
        [new Flag("thing", "THING", "the things", IsRepeatable: true, Required: true), .. CloudAddress.Flags]);

    public static CommandSpec Detach { get; } = new(
        "policy detach",
        ["NAME"],
        "Detaches a policy from the certificates of things.",
        [new Flag("thing", "THING", "the things", IsRepeatable: true, Required: true), .. CloudAddress.Flags]);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        using CloudClient cloud = new(CloudAddress.From(command));
        foreach (string thing in command.Values("thing"))
        {
            await ForThingAsync(
                cloud, command.Arguments[0], thing, attach: command.Spec == Attach, output, cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Done;
    }

    /// <summary>Attaches a policy to every certificate of a thing, or detaches it.</summary>
    public static async Task ForThingAsync(
        CloudClient cloud, string name, string thing, bool attach, TextWriter output, CancellationToken cancellationToken)
    {
        PrincipalListBody principals = await cloud.SendAsync(
            HttpMethod.Get, $"things/{Uri.EscapeDataString(thing)}/principals", RestJson.Default.PrincipalListBody,
            cancellationToken).ConfigureAwait(false);
        if (principals.Principals.Count == 0)
        {
            throw new CloudException(
                ExitCode.Failed, $"thing {thing} has no certificate: create one with 'edgejobs-cloud thing create {thing} --out DIR'");
        }

        foreach (string principal in principals.Principals)
        {
            if (attach)
            {
                await AttachAsync(cloud, name, principal, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await cloud.SendAsync(
                    HttpMethod.Post, TargetPath(name), new PolicyTargetBody(principal), RestJson.Default.PolicyTargetBody,
                    cancellationToken).ConfigureAwait(false);
            }
        }

        output.Write($"Policy {name} is {(attach ? "attached to" : "detached from")} {thing}.\n");
    }

    public static Task AttachAsync(CloudClient cloud, string name, string principal, CancellationToken cancellationToken) =>
        cloud.SendAsync(
            HttpMethod.Put, TargetPath(name), new PolicyTargetBody(principal), RestJson.Default.PolicyTargetBody, cancellationToken);

    private static string TargetPath(string name) => $"target-policies/{Uri.EscapeDataString(name)}";
}
