using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>A job: one document for a set of targets.</summary>
internal sealed record Job
{
    /// <summary>1 to 64 of a-z, A-Z, 0-9, underscore and hyphen.</summary>
    public required string Id { get; init; }

    /// <summary>The job document: one JSON object in UTF-8, at most 32,768 bytes.</summary>
    public required RawJson Document { get; init; }

    /// <summary>What it is aimed at, as given.</summary>
    public required ValueList<JobTarget> Targets { get; init; }

    /// <summary>What it is for, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Whether things that join later are reached.</summary>
    public TargetSelection TargetSelection { get; init; }

    /// <summary>How long an execution may be IN_PROGRESS, in minutes, 1 to 10080; null for ever.</summary>
    public int? TimeoutInMinutes { get; init; }

    /// <summary>Where it stands.</summary>
    public JobStatus Status { get; init; }

    /// <summary>True when it was canceled by force.</summary>
    public bool ForceCanceled { get; init; }

    /// <summary>Why it was canceled, as a code, or null.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>Why it was canceled, in words, or null.</summary>
    public string? Comment { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the job itself last changed.</summary>
    public required DateTimeOffset LastUpdatedAt { get; init; }

    /// <summary>When it was completed or canceled; null before.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>Rises with each job and execution made; orders what was made in the same instant.</summary>
    public required long Sequence { get; init; }
}
