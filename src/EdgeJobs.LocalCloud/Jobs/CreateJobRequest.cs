using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

internal sealed record CreateJobRequest
{
    public required string JobId { get; init; }

    /// <summary>Things and groups, 1 to 100.</summary>
    public required IReadOnlyList<JobTarget> Targets { get; init; }

    /// <summary>One JSON object in UTF-8.</summary>
    public required RawJson Document { get; init; }

    public string? Description { get; init; }
    public TargetSelection TargetSelection { get; init; }

    /// <summary>The time limit of an execution that is IN_PROGRESS, 1 to 10080 minutes.</summary>
    public long? TimeoutInMinutes { get; init; }

    /// <summary>How long presigned URLs are valid, 60 to 3,600 seconds; null without presignedUrlConfig.</summary>
    public long? UrlSeconds { get; init; }
}
