
namespace EdgeJobs.Runtime.Tests.Handlers;

/// <summary>A handler with the behavior of a test.</summary>
internal sealed class SetLedHandler(Func<SetLedDocument, JobContext, CancellationToken, Task<JobResult>> run) : IJobHandler<SetLedDocument>
{
    public TimeSpan? Timeout { get; init; }

    public Task<JobResult> RunAsync(SetLedDocument document, JobContext context, CancellationToken cancellationToken) =>
        run(document, context, cancellationToken);
}
