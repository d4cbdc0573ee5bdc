
namespace EdgeJobs.Runtime.Tests.Handlers;

/// <summary>Accepts documents with every kind of schema.</summary>
internal sealed class LightShowHandler : IJobHandler<LightShowDocument>
{
    public Task<JobResult> RunAsync(LightShowDocument document, JobContext context, CancellationToken cancellationToken) =>
        Task.FromResult(JobResult.Succeeded());
}
