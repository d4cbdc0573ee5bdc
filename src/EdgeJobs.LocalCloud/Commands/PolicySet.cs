using System.Text;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Policies;
using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>policy set</c>: creates an IoT policy, or sets a new default version of it.</summary>
internal static class PolicySet
{
    public static CommandSpec Spec { get; } = new(
        "policy set",
        ["NAME"],
        "Creates an AWS IoT policy, or a new default version of it. It applies at once, also to connected things.",
        [
            new Flag(
                "document", "FILE",
                "the policy document, the same file as for AWS; its region and account count as those of the local cloud", Required: true),
            new Flag("thing", "THING", "also attach the policy to the certificates of these things", IsRepeatable: true),
            .. CloudAddress.Flags,
        ],
        "Example:\n  edgejobs policy --region us-east-1 --account 123456789012 --thing_name pump-7 > policy.json\n"
        + "  edgejobs-cloud policy set pump-policy --document policy.json --thing pump-7");

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string name = command.Arguments[0];
        string json = ReadDocument(command, "document", command.Value("document")!);
        using CloudClient cloud = new(CloudAddress.From(command));
        int version = await PutAsync(cloud, name, json, cancellationToken).ConfigureAwait(false);
        WriteNotes(json, output);
        output.Write($"Policy {name}: version {version} is the default.\n");
        foreach (string thing in command.Values("thing"))
        {
            await PolicyAttach.ForThingAsync(cloud, name, thing, attach: true, output, cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Done;
    }

    /// <summary>Reads a policy document and validates it before anything is created in the cloud.</summary>
    public static string ReadDocument(ParsedCommand command, string flag, string file)
    {
        string json;
        try
        {
            json = File.ReadAllText(file, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw command.Error($"can't read --{flag} {file}: {e.Message}");
        }

        return PolicyDocument.TryParse(json, out _, out string fault) ? json : throw command.Error($"--{flag} {file} is invalid: {fault}");
    }

    /// <summary>Prints warnings for the document's author.</summary>
    public static void WriteNotes(string? json, TextWriter output)
    {
        if (json is not null && PolicyDocument.TryParse(json, out PolicyDocument document, out _))
        {
            foreach (string note in document.Notes)
            {
                output.Write($"Note: {SafeText.Of(note)}\n");
            }
        }
    }

    /// <summary>Creates a policy, or a new default version of it. If it has five versions, the oldest is deleted.</summary>
    public static async Task<int> PutAsync(CloudClient cloud, string name, string json, CancellationToken cancellationToken)
    {
        string path = Path(name);
        PolicyDocumentBody body = new(json);
        if (await EnsureAsync(cloud, name, json, cancellationToken).ConfigureAwait(false))
        {
            return 1;
        }

        PolicyVersionListBody versions = await cloud.SendAsync(
            HttpMethod.Get, path + "/version", RestJson.Default.PolicyVersionListBody, cancellationToken).ConfigureAwait(false);
        if (versions.PolicyVersions.Count >= Policy.MaxVersions)
        {
            string oldest = versions.PolicyVersions.Last(static version => !version.IsDefaultVersion).VersionId;
            await cloud.SendAsync(HttpMethod.Delete, $"{path}/version/{oldest}", cancellationToken).ConfigureAwait(false);
        }

        PolicyVersionCreatedBody created = await cloud.SendAsync(
            HttpMethod.Post,
            path + "/version?setAsDefault=true",
            body,
            RestJson.Default.PolicyDocumentBody,
            RestJson.Default.PolicyVersionCreatedBody,
            cancellationToken).ConfigureAwait(false);
        return int.Parse(created.PolicyVersionId, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Creates a policy if no policy with that name exists.</summary>
    /// <returns>True if it was created.</returns>
    public static async Task<bool> EnsureAsync(CloudClient cloud, string name, string json, CancellationToken cancellationToken)
    {
        try
        {
            await cloud.SendAsync(
                HttpMethod.Post, Path(name), new PolicyDocumentBody(json), RestJson.Default.PolicyDocumentBody,
                cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (CloudException e) when (e.ErrorType == "ResourceAlreadyExistsException")
        {
            return false;
        }
    }

    public static string Path(string name) => $"policies/{Uri.EscapeDataString(name)}";
}
