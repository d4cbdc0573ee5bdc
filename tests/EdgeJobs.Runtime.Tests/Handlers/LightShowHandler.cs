

namespace EdgeJobs.Runtime.Tests.Handlers;

/// <summary>Takes documents of every form that schemas have.</summary>
internal sealed class LightShowHandler : IJobHandler<LightShowDocument>
{
    public Task<JobResult> RunAsync(LightShowDocument document, JobContext context, CancellationToken cancellationToken) => Task.FromResult(JobResult.Succeeded());
}
