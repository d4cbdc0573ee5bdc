using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Engine;

/// <summary>A job execution as the service describes it.</summary>
/// <param name="Key">Which.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Version">Its version number.</param>
/// <param name="Document">Its document, read; null when it was not asked for.</param>
internal sealed record ExecutionOffer(JobKey Key, JobExecutionStatus Status, long Version, DocumentResult? Document)
{
    /// <summary>When it was queued, in seconds since 1970; 0 when the service did not say.</summary>
    public long QueuedAt { get; init; }

    /// <summary>When it became IN_PROGRESS, in seconds since 1970; 0 when it did not yet, or the service did not say.</summary>
    public long StartedAt { get; init; }

    /// <summary>Its document as it came, UTF-8; empty when it was not asked for.</summary>
    public ReadOnlyMemory<byte> Json { get; init; }
}
