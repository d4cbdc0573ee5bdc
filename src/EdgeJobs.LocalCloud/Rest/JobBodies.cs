namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on jobs: AWS's names, in camel case on the wire; times are seconds since 1970.

internal sealed record CreateJobBody
{
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>JSON text in a string.</summary>
    public string? Document { get; init; }

    /// <summary>The ARN of a managed job template, in place of the document.</summary>
    public string? JobTemplateArn { get; init; }

    /// <summary>The values of the parameters of a managed job template.</summary>
    public IReadOnlyDictionary<string, string>? DocumentParameters { get; init; }

    public string? Description { get; init; }
    public string? TargetSelection { get; init; }
    public TimeoutConfigBody? TimeoutConfig { get; init; }
    public PresignedUrlConfigBody? PresignedUrlConfig { get; init; }
}

/// <summary>The role has no meaning here: the local cloud reads its own files.</summary>
internal sealed record PresignedUrlConfigBody(string? RoleArn, long? ExpiresInSec);

internal sealed record TimeoutConfigBody(long? InProgressTimeoutInMinutes);

internal sealed record JobNamedBody(string JobArn, string JobId, string? Description);

internal sealed record CancelJobBody
{
    public string? ReasonCode { get; init; }
    public string? Comment { get; init; }
}

internal sealed record DescribeJobBody(JobBody Job);

internal sealed record JobBody
{
    public required string JobArn { get; init; }
    public required string JobId { get; init; }
    public required string TargetSelection { get; init; }
    public required string Status { get; init; }
    public bool? ForceCanceled { get; init; }
    public string? ReasonCode { get; init; }
    public string? Comment { get; init; }
    public required IReadOnlyList<string> Targets { get; init; }
    public string? Description { get; init; }
    public required double CreatedAt { get; init; }
    public required double LastUpdatedAt { get; init; }
    public double? CompletedAt { get; init; }
    public required JobProcessDetailsBody JobProcessDetails { get; init; }
    public TimeoutConfigBody? TimeoutConfig { get; init; }
    public PresignedUrlConfigBody? PresignedUrlConfig { get; init; }

    /// <summary>Always false here.</summary>
    public bool IsConcurrent { get; init; }
}

internal sealed record JobProcessDetailsBody
{
    /// <summary>Always empty here: every execution is created at once.</summary>
    public IReadOnlyList<string> ProcessingTargets { get; init; } = [];

    public int NumberOfCanceledThings { get; init; }
    public int NumberOfSucceededThings { get; init; }
    public int NumberOfFailedThings { get; init; }
    public int NumberOfRejectedThings { get; init; }
    public int NumberOfQueuedThings { get; init; }
    public int NumberOfInProgressThings { get; init; }
    public int NumberOfRemovedThings { get; init; }
    public int NumberOfTimedOutThings { get; init; }
}

internal sealed record JobSummaryBody
{
    public required string JobArn { get; init; }
    public required string JobId { get; init; }
    public required string TargetSelection { get; init; }
    public required string Status { get; init; }
    public required double CreatedAt { get; init; }
    public required double LastUpdatedAt { get; init; }
    public double? CompletedAt { get; init; }

    /// <summary>Always false here.</summary>
    public bool IsConcurrent { get; init; }
}

internal sealed record JobListBody(IReadOnlyList<JobSummaryBody> Jobs, string? NextToken);

/// <summary>JSON text in a string.</summary>
internal sealed record JobDocumentBody(string Document);
