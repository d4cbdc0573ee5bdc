namespace EdgeJobs.Runtime.Jobs;

/// <summary>A step to run, and its job execution.</summary>
/// <param name="ThingName">The thing.</param>
/// <param name="JobId">The job.</param>
/// <param name="ExecutionNumber">The execution number of the job on this thing.</param>
/// <param name="Number">The number of the step, from 1.</param>
/// <param name="Count">The number of steps in the job.</param>
/// <param name="Step">The step.</param>
/// <param name="Attempt">The number of the attempt, from 1; interrupted attempts count.</param>
internal sealed record StepContext(
    string ThingName, string JobId, long ExecutionNumber, int Number, int Count, StepPlan Step, int Attempt = 1)
{
    /// <summary>
    /// Asks the service for the step again, whose presigned URLs are then new. Returns null if the service does not answer. Null if the
    /// step has no URLs.
    /// </summary>
    public Func<CancellationToken, ValueTask<StepPlan?>>? Refresh { get; init; }
}
