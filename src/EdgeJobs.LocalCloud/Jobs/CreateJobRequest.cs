using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>What CreateJob takes.</summary>
internal sealed record CreateJobRequest
{
    /// <summary>The id of the new job.</summary>
    public required string JobId { get; init; }

    /// <summary>Things and groups, at least one, at most 100.</summary>
    public required IReadOnlyList<JobTarget> Targets { get; init; }

    /// <summary>The job document: one JSON object in UTF-8.</summary>
    public required RawJson Document { get; init; }

    /// <summary>What it is for, at most 2028 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Whether things that join later are reached.</summary>
    public TargetSelection TargetSelection { get; init; }

    /// <summary>How long an execution may be IN_PROGRESS, in minutes, 1 to 10080.</summary>
    public long? TimeoutInMinutes { get; init; }
}
