using System.Globalization;
using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>job show</c>: shows a job, its document, and its execution on each thing.</summary>
internal static class JobShow
{
    public static CommandSpec Spec { get; } = new(
        "job show",
        ["JOB_ID"],
        "Shows a job: its document, and the status and status details of each thing.",
        CloudAddress.Flags);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string path = JobCreate.JobPath(command.Arguments[0]);
        using CloudClient cloud = new(CloudAddress.From(command));
        JobBody job =
            (await cloud.SendAsync(HttpMethod.Get, path, RestJson.Default.DescribeJobBody, cancellationToken).ConfigureAwait(false)).Job;
        string document = (await cloud.SendAsync(
            HttpMethod.Get, path + "/job-document", RestJson.Default.JobDocumentBody, cancellationToken).ConfigureAwait(false)).Document;
        output.Write($"job       {SafeText.Of(job.JobId)}\n");
        output.Write($"status    {SafeText.Of(job.Status)}{(job.ForceCanceled == true ? " (by force)" : string.Empty)}\n");
        WriteOptional(output, "reason    ", job.ReasonCode);
        WriteOptional(output, "comment   ", job.Comment);
        WriteOptional(output, "purpose   ", job.Description);
        output.Write($"created   {Time(job.CreatedAt)}\n");
        if (job.CompletedAt is { } completed)
        {
            output.Write($"ended     {Time(completed)}\n");
        }

        output.Write($"document  {SafeText.Lines(document.ReplaceLineEndings("\n          "))}\n");
        string? token = null;
        do
        {
            string page = token is null ? string.Empty : "&nextToken=" + Uri.EscapeDataString(token);
            JobExecutionListBody list = await cloud.SendAsync(
                HttpMethod.Get, $"{path}/things?maxResults=250{page}", RestJson.Default.JobExecutionListBody,
                cancellationToken).ConfigureAwait(false);
            foreach (JobExecutionEntryBody entry in list.ExecutionSummaries)
            {
                await ShowExecutionAsync(cloud, job.JobId, entry, output, cancellationToken).ConfigureAwait(false);
            }

            token = list.NextToken;
        }
        while (token is not null);
        return ExitCode.Done;
    }

    public static string Time(double seconds) =>
        DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static async Task ShowExecutionAsync(
        CloudClient cloud, string jobId, JobExecutionEntryBody entry, TextWriter output, CancellationToken cancellationToken)
    {
        string thing = entry.ThingArn[(entry.ThingArn.IndexOf('/', StringComparison.Ordinal) + 1)..];
        string path = $"things/{Uri.EscapeDataString(thing)}/jobs/{Uri.EscapeDataString(jobId)}"
            + $"?executionNumber={entry.JobExecutionSummary.ExecutionNumber}";
        ExecutionBody execution = (await cloud.SendAsync(
            HttpMethod.Get, path, RestJson.Default.DescribeExecutionBody, cancellationToken).ConfigureAwait(false)).Execution;
        output.Write(
            $"\n{SafeText.Of(thing)}  {SafeText.Of(execution.Status)}  (version {execution.VersionNumber}, queued "
            + $"{Time(execution.QueuedAt)}");
        if (execution.StartedAt is { } started)
        {
            output.Write($", started {Time(started)}");
        }

        output.Write($", changed {Time(execution.LastUpdatedAt)})\n");
        foreach ((string name, string value) in execution.StatusDetails.DetailsMap)
        {
            output.Write($"  {SafeText.Of(name)}: {SafeText.Of(value)}\n");
        }
    }

    private static void WriteOptional(TextWriter output, string label, string? value)
    {
        if (value is not null)
        {
            output.Write($"{label}{SafeText.Of(value)}\n");
        }
    }
}
