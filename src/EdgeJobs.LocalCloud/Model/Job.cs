using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>A job: one document for a set of targets.</summary>
internal sealed record Job
{
    /// <summary>1 to 64 of a-z, A-Z, 0-9, underscore and hyphen.</summary>
    public required string Id { get; init; }

    /// <summary>One JSON object in UTF-8, at most 32,768 bytes.</summary>
    public required RawJson Document { get; init; }

    public required ValueList<JobTarget> Targets { get; init; }
    public string? Description { get; init; }
    public TargetSelection TargetSelection { get; init; }

    /// <summary>The time limit of an execution that is IN_PROGRESS, 1 to 10080 minutes; null for no limit.</summary>
    public int? TimeoutInMinutes { get; init; }

    /// <summary>How long presigned URLs are valid, in seconds; null without presignedUrlConfig.</summary>
    public int? UrlSeconds { get; init; }

    public JobStatus Status { get; init; }
    public bool ForceCanceled { get; init; }
    public string? ReasonCode { get; init; }
    public string? Comment { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>When it was completed or canceled; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Increases with each job and execution; orders those created at the same time.</summary>
    public required long Sequence { get; init; }
}
