using EdgeJobs.LocalCloud.Rest;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>job cancel</c>: cancels a job on the things that have not finished it.</summary>
internal static class JobCancel
{
    public static CommandSpec Spec { get; } = new(
        "job cancel",
        ["JOB_ID"],
        "Cancels a job: what is QUEUED becomes CANCELED. What is IN_PROGRESS goes on, unless --force is given.",
        [
            new Flag("force", null, "cancel what is IN_PROGRESS too"),
            new Flag("comment", "TEXT", "why, in words"),
            .. CloudAddress.Flags,
        ]);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string jobId = command.Arguments[0];
        string path = $"{JobCreate.JobPath(jobId)}/cancel?force={(command.Has("force") ? "true" : "false")}";
        CancelJobBody body = new() { Comment = command.Value("comment") };
        using CloudClient cloud = new(CloudAddress.From(command));
        await cloud.SendAsync(HttpMethod.Put, path, body, RestJson.Default.CancelJobBody, RestJson.Default.JobNamedBody, cancellationToken).ConfigureAwait(false);
        output.Write($"Canceled job {jobId}.\n");
        return ExitCode.Done;
    }
}
