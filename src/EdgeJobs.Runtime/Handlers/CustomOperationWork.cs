using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Handlers;

/// <summary>A document and its handler.</summary>
internal sealed class CustomOperationWork<TDocument>(string operation, IJobHandler<TDocument> handler, TDocument document)
    : JobWork(operation)
    where TDocument : class, IJobDocument<TDocument>
{
    internal override Task<JobResult> RunAsync(JobContext context, CancellationToken cancellationToken) =>
        handler.RunAsync(document, context, cancellationToken);
}
