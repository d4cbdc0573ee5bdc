using System.Text;
using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.LocalCloud.Templates;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>template create</c>: creates a provisioning template in a running cloud.</summary>
internal static class TemplateCreate
{
    public static CommandSpec Spec { get; } = new(
        "template create",
        ["NAME"],
        "Creates a fleet provisioning template, which registers boards with a claim certificate as things.",
        [
            new Flag("body", "FILE", "the template document, the same file as for AWS", Required: true),
            new Flag("description", "TEXT", "the description of the template"),
            .. CloudAddress.Flags,
        ],
        "Example:\n  edgejobs-cloud template create pumps --body template.json\n  edgejobs-cloud claim create pumps --out claim");

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string file = command.Value("body")!;
        string json;
        try
        {
            json = await File.ReadAllTextAsync(file, Encoding.UTF8, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw command.Error($"can't read --body {file}: {e.Message}");
        }

        if (!TemplateDocument.TryParse(json, out TemplateDocument? document, out string fault))
        {
            throw command.Error($"--body {file} is invalid: {fault}");
        }

        string name = command.Arguments[0];
        using CloudClient cloud = new(CloudAddress.From(command));
        CreateTemplateBody body =
            new() { TemplateName = name, TemplateBody = json, Description = command.Value("description"), Enabled = true };
        await cloud.SendAsync(
            HttpMethod.Post, "provisioning-templates", body, RestJson.Default.CreateTemplateBody, RestJson.Default.TemplateCreatedBody,
            cancellationToken).ConfigureAwait(false);
        string parameters = string.Join(", ", document.Parameters.Where(
            static p => p.Value is null && p.Key != TemplateDocument.CertificateId).Select(static p => p.Key));
        output.Write(
            $"Created provisioning template {name}. "
            + $"{(parameters.Length == 0 ? "It has no required parameters." : $"Required parameters: {SafeText.Of(parameters)}.")}\n");
        return ExitCode.Done;
    }
}
