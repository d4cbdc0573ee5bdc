using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>job cancel</c>: cancels a job on the things that have not finished it.</summary>
internal static class JobCancel
{
    public static CommandSpec Spec { get; } = new(
        "job cancel",
        ["JOB_ID"],
        "Cancels a job: QUEUED executions become CANCELED, with --force also those that are IN_PROGRESS.",
        [
            new Flag("force", null, "also cancel executions that are IN_PROGRESS"),
            new Flag("comment", "TEXT", "the reason, as text"),
            .. CloudAddress.Flags,
        ]);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string jobId = command.Arguments[0];
        string path = $"{JobCreate.JobPath(jobId)}/cancel?force={(command.Has("force") ? "true" : "false")}";
        CancelJobBody body = new() { Comment = command.Value("comment") };
        using CloudClient cloud = new(CloudAddress.From(command));
        await cloud.SendAsync(
            HttpMethod.Put, path, body, RestJson.Default.CancelJobBody, RestJson.Default.JobNamedBody,
            cancellationToken).ConfigureAwait(false);
        output.Write($"Canceled job {jobId}.\n");
        return ExitCode.Done;
    }
}
