namespace EdgeJobs.Runtime.Jobs;

/// <summary>A job operation that runs inside the agent's process.</summary>
internal abstract class JobWork
{
    private protected JobWork(string operation) => Operation = operation;

    /// <summary>The name of the job operation in the spec.</summary>
    public string Operation { get; }

    internal abstract Task<JobResult> RunAsync(JobContext context, CancellationToken cancellationToken);
}
