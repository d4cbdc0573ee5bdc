using System.Text;
using EdgeJobs.LocalCloud.Policies;
using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>policy set</c>: puts an IoT policy in force, new or in place of its last version.</summary>
internal static class PolicySet
{
    /// <summary>What the command takes.</summary>
    public static CommandSpec Spec { get; } = new(
        "policy set",
        ["NAME"],
        "Puts an AWS IoT policy document in force under a name: it counts at once, also for things that are connected.",
        [
            new Flag("document", "FILE", "the policy document, the very file that goes to AWS; its region and account count as those of the local cloud", Required: true),
            new Flag("thing", "THING", "things whose certificates get the policy, too", Many: true),
            .. CloudAddress.Flags,
        ],
        "Example:\n  edgejobs policy --region us-east-1 --account 123456789012 --thing_name pump-7 > policy.json\n"
        + "  edgejobs-cloud policy set pump-policy --document policy.json --thing pump-7");

    /// <summary>Does it.</summary>
    /// <exception cref="UsageException">The document can't be read or used.</exception>
    /// <exception cref="CloudException">The cloud can't be reached, or refuses.</exception>
    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string name = command.Arguments[0];
        string json = ReadDocument(command, "document", command.Value("document")!);
        using CloudClient cloud = new(CloudAddress.From(command));
        int version = await PutAsync(cloud, name, json, cancellationToken).ConfigureAwait(false);
        WriteNotes(json, output);
        output.Write($"Policy {name} is in force (version {version}).\n");
        foreach (string thing in command.Values("thing"))
        {
            await PolicyAttach.ForThingAsync(cloud, name, thing, attach: true, output, cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Done;
    }

    /// <summary>Reads a policy document, and checks it before anything is made in the cloud.</summary>
    /// <exception cref="UsageException">It can't be read or used.</exception>
    public static string ReadDocument(ParsedCommand command, string flag, string file)
    {
        string json;
        try
        {
            json = File.ReadAllText(file, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw command.Bad($"can't read --{flag} {file}: {e.Message}");
        }

        return PolicyDocument.TryParse(json, out _, out string fault) ? json : throw command.Bad($"--{flag} {file} can't be used: {fault}");
    }

    /// <summary>Tells what the author of a document should know.</summary>
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

    /// <summary>Makes a policy, or a new version of it that is in force; of five versions the oldest makes room.</summary>
    /// <returns>The version.</returns>
    /// <exception cref="CloudException">The cloud can't be reached, or refuses.</exception>
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
        if (versions.PolicyVersions.Count >= Identity.Policy.MaxVersions)
        {
            string oldest = versions.PolicyVersions.Last(static version => !version.IsDefaultVersion).VersionId;
            await cloud.SendAsync(HttpMethod.Delete, $"{path}/version/{oldest}", cancellationToken).ConfigureAwait(false);
        }

        PolicyVersionCreatedBody made = await cloud.SendAsync(
            HttpMethod.Post,
            path + "/version?setAsDefault=true",
            body,
            RestJson.Default.PolicyDocumentBody,
            RestJson.Default.PolicyVersionCreatedBody,
            cancellationToken).ConfigureAwait(false);
        return int.Parse(made.PolicyVersionId, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Makes a policy unless there is one of that name.</summary>
    /// <returns>True when it was made.</returns>
    /// <exception cref="CloudException">The cloud can't be reached, or refuses.</exception>
    public static async Task<bool> EnsureAsync(CloudClient cloud, string name, string json, CancellationToken cancellationToken)
    {
        try
        {
            await cloud.SendAsync(
                HttpMethod.Post, Path(name), new PolicyDocumentBody(json), RestJson.Default.PolicyDocumentBody, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (CloudException e) when (e.ErrorType == "ResourceAlreadyExistsException")
        {
            return false;
        }
    }

    /// <summary>The path of a policy in the REST API.</summary>
    public static string Path(string name) => $"policies/{Uri.EscapeDataString(name)}";
}
