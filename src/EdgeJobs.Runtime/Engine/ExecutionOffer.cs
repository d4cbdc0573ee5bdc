using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Engine;

/// <summary>A job execution as the service describes it.</summary>
/// <param name="Key">The execution.</param>
/// <param name="Status">Its status.</param>
/// <param name="Version">Its version number.</param>
/// <param name="Document">Its parsed document; null if the request did not ask for it.</param>
internal sealed record ExecutionOffer(JobKey Key, JobExecutionStatus Status, long Version, DocumentResult? Document)
{
    /// <summary>In seconds since 1970; 0 if the service left it out.</summary>
    public long QueuedAt { get; init; }

    /// <summary>When it became IN_PROGRESS, in seconds since 1970; 0 if it has not started or the service left it out.</summary>
    public long StartedAt { get; init; }

    /// <summary>The document in UTF-8, as received; empty if the request did not ask for it.</summary>
    public ReadOnlyMemory<byte> Json { get; init; }
}
