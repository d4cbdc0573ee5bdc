

namespace EdgeJobs.Runtime.Jobs;

/// <summary>What a job operation is to do, inside the agent's own process.</summary>
public abstract class JobWork
{
    private protected JobWork(string operation) => Operation = operation;

    /// <summary>The name of the job operation in the spec.</summary>
    public string Operation { get; }

    internal abstract Task<JobResult> RunAsync(JobContext context, CancellationToken cancellationToken);
}
