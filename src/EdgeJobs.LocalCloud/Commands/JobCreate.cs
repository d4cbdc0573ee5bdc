using System.Text;
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
            new Flag("document", "FILE", "the job document, a JSON object; - reads standard input", Required: true),
            new Flag("target", "THING", "the things to send it to: names or ARNs", IsRepeatable: true, Required: true),
            new Flag("description", "TEXT", "the description of the job"),
            new Flag("timeout", "MINUTES", "how long an execution may be in progress, 1 to 10080"),
            .. CloudAddress.Flags,
        ],
        "Example:\n  edgejobs-cloud job create update-42 --document update.json --target pump-7 pump-8");

    public static async Task<int> RunAsync(ParsedCommand command, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        string jobId = command.Arguments[0];
        string document = await ReadDocumentAsync(command, input, cancellationToken).ConfigureAwait(false);
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
