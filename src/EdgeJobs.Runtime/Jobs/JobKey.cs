using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>One run of a job on this thing.</summary>
/// <param name="JobId">The job.</param>
/// <param name="ExecutionNumber">Which run of it; 0 when the service did not say.</param>
internal readonly record struct JobKey(string JobId, long ExecutionNumber)
{
    /// <summary>
    /// Whether a text from outside can be a job id, as AWS IoT defines it: 1 to 64 characters of <c>[a-zA-Z0-9_-]</c>. Such an id is safe as a
    /// level of a topic, a name of a file, an argument and a part of a log line.
    /// </summary>
    public static bool IsValidId(string jobId) => JobsTopics.IsJobIdOfUpdateJobExecution(jobId);

    public override string ToString() => ExecutionNumber > 1 ? $"job {JobId} (execution {ExecutionNumber})" : $"job {JobId}";
}
