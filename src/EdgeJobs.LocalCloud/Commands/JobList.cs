using System.Globalization;
using System.Text;
using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>job list</c>: lists all jobs with the number of things in each status.</summary>
internal static class JobList
{
    public static CommandSpec Spec { get; } =
        new("job list", [], "Lists all jobs, newest first, with the number of things in each status.", CloudAddress.Flags);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        using CloudClient cloud = new(CloudAddress.From(command));
        Table table = new("JOB", "STATUS", "CREATED", "THINGS");
        int count = 0;
        string? token = null;
        do
        {
            string page = token is null ? string.Empty : "&nextToken=" + Uri.EscapeDataString(token);
            JobListBody list = await cloud.SendAsync(
                HttpMethod.Get, "jobs?maxResults=250" + page, RestJson.Default.JobListBody, cancellationToken).ConfigureAwait(false);
            foreach (JobSummaryBody summary in list.Jobs)
            {
                DescribeJobBody full = await cloud.SendAsync(
                    HttpMethod.Get, JobCreate.JobPath(summary.JobId), RestJson.Default.DescribeJobBody,
                    cancellationToken).ConfigureAwait(false);
                table.Add(summary.JobId, summary.Status, JobShow.Time(summary.CreatedAt), Counts(full.Job.JobProcessDetails));
                count++;
            }

            token = list.NextToken;
        }
        while (token is not null);
        if (count == 0)
        {
            output.Write("No jobs yet. Send one with: edgejobs-cloud job create JOB_ID --document FILE --target THING\n");
        }
        else
        {
            table.WriteTo(output);
        }

        return ExitCode.Done;
    }

    private static string Counts(JobProcessDetailsBody details)
    {
        StringBuilder text = new();
        Add(text, details.NumberOfQueuedThings, "queued");
        Add(text, details.NumberOfInProgressThings, "in progress");
        Add(text, details.NumberOfSucceededThings, "succeeded");
        Add(text, details.NumberOfFailedThings, "failed");
        Add(text, details.NumberOfRejectedThings, "rejected");
        Add(text, details.NumberOfTimedOutThings, "timed out");
        Add(text, details.NumberOfCanceledThings, "canceled");
        Add(text, details.NumberOfRemovedThings, "removed");
        return text.Length == 0 ? "none" : text.ToString();
    }

    private static void Add(StringBuilder text, int number, string what)
    {
        if (number > 0)
        {
            text.Append(text.Length == 0 ? string.Empty : ", ").Append(CultureInfo.InvariantCulture, $"{number} {what}");
        }
    }
}
