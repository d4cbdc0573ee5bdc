using System.Text;
using EdgeJobs.LocalCloud.JobTemplates;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>job create</c>: sends a job to things.</summary>
internal static class JobCreate
{
    public static CommandSpec Spec { get; } = new(
        "job create",
        ["JOB_ID"],
        "Sends a job to one or more things.",
        [
            new Flag("document", "FILE", "the job document, a JSON object; - reads standard input"),
            new Flag("template", "NAME", "a managed job template in place of a document: " + Names()),
            new Flag("parameter", "KEY=VALUE", "the parameters of the template", IsRepeatable: true),
            new Flag("target", "THING", "the things to send it to: names or ARNs", IsRepeatable: true, Required: true),
            new Flag("description", "TEXT", "the description of the job"),
            new Flag("timeout", "MINUTES", "how long an execution may be in progress, 1 to 10080"),
            .. CloudAddress.Flags,
        ],
        "Examples:\n  edgejobs-cloud job create update-42 --document update.json --target pump-7 pump-8\n"
            + "  edgejobs-cloud job create list-43 --template AWS-Run-Command --parameter command=ls,-l --target pump-7");

    public static async Task<int> RunAsync(ParsedCommand command, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        string jobId = command.Arguments[0];
        string? template = command.Value("template");
        if (template is null == command.Value("document") is null)
        {
            throw command.Error("give either --document or --template");
        }

        if (template is null && command.Values("parameter").Count > 0)
        {
            throw command.Error("--parameter is only for --template");
        }

        string? document = template is null ? await ReadDocumentAsync(command, input, cancellationToken).ConfigureAwait(false) : null;
        long? timeout = null;
        if (command.Value("timeout") is { } minutes)
        {
            timeout = long.TryParse(minutes, out long number) && number is >= 1 and <= 10080
                ? number
                : throw command.Error($"--timeout {minutes}: must be a whole number of minutes from 1 to 10080");
        }

        CreateJobBody body = new()
        {
            Targets = [.. command.Values("target").Select(
                target => target.StartsWith("arn:", StringComparison.Ordinal) ? target : Arn.OfThing(target))],
            Document = document,
            JobTemplateArn = template is null ? null : TemplateArn(command, template),
            DocumentParameters = template is null ? null : Parameters(command),
            Description = command.Value("description"),
            TimeoutConfig = timeout is null ? null : new TimeoutConfigBody(timeout),
        };
        using CloudClient cloud = new(CloudAddress.From(command));
        await cloud.SendAsync(
            HttpMethod.Put, JobPath(jobId), body, RestJson.Default.CreateJobBody, RestJson.Default.JobNamedBody,
            cancellationToken).ConfigureAwait(false);
        output.Write(
            $"Created job {jobId} for {string.Join(", ", command.Values("target"))}. Follow it with: edgejobs-cloud job show {jobId}\n");
        return ExitCode.Done;
    }

    public static string JobPath(string jobId) => $"jobs/{Uri.EscapeDataString(jobId)}";

    private static string Names() => string.Join(", ", ManagedJobTemplate.All.Select(t => t.Name));

    private static string TemplateArn(ParsedCommand command, string name) =>
        ManagedJobTemplate.All.FirstOrDefault(t => t.Name == name)?.Arn
            ?? throw command.Error($"--template {name}: there is no such managed job template; use one of {Names()}");

    private static Dictionary<string, string> Parameters(ParsedCommand command)
    {
        Dictionary<string, string> parameters = [];
        foreach (string text in command.Values("parameter"))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !parameters.TryAdd(text[..equals], text[(equals + 1)..]))
            {
                throw command.Error($"--parameter {text}: must have the form KEY=VALUE, and each key once");
            }
        }

        return parameters;
    }

    private static async Task<string> ReadDocumentAsync(ParsedCommand command, TextReader input, CancellationToken cancellationToken)
    {
        string file = command.Value("document")!;
        try
        {
            return file == "-"
                ? await input.ReadToEndAsync(cancellationToken).ConfigureAwait(false)
                : await File.ReadAllTextAsync(file, Encoding.UTF8, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw command.Error($"can't read --document {file}: {e.Message}");
        }
    }
}
