using EdgeJobs.Protocol;

namespace EdgeJobs.Runtime.Jobs;

/// <summary>Identifies one execution of a job on this thing.</summary>
/// <param name="JobId">The id of the job.</param>
/// <param name="ExecutionNumber">The execution number; 0 if the service left it out.</param>
internal readonly record struct JobKey(string JobId, long ExecutionNumber)
{
    /// <summary>
    /// Whether a text is a job id as AWS IoT defines it: 1 to 64 characters of <c>[a-zA-Z0-9_-]</c>. Such an id is safe as a topic level, a
    /// file name, an argument and a part of a log line.
    /// </summary>
    public static bool IsValidId(string jobId) => JobsTopics.IsJobIdOfUpdateJobExecution(jobId);

    public override string ToString() => ExecutionNumber > 1 ? $"job {JobId} (execution {ExecutionNumber})" : $"job {JobId}";
}
