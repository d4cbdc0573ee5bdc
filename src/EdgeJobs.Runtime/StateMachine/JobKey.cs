namespace EdgeJobs.Runtime.StateMachine;

/// <summary>One run of a job on this thing.</summary>
/// <param name="JobId">The job.</param>
/// <param name="ExecutionNumber">Which run of it; 0 when the service did not say.</param>
internal readonly record struct JobKey(string JobId, long ExecutionNumber)
{
    public override string ToString() => ExecutionNumber > 1 ? $"job {JobId} (execution {ExecutionNumber})" : $"job {JobId}";
}
