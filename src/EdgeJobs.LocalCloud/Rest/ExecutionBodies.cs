namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on job executions: AWS's names, in camel case on the wire; times are seconds since 1970.

internal sealed record DescribeExecutionBody(ExecutionBody Execution);

internal sealed record ExecutionBody
{
    public required string JobId { get; init; }
    public required string Status { get; init; }
    public bool? ForceCanceled { get; init; }

    /// <summary>Nested here, flat on the data plane.</summary>
    public required StatusDetailsBody StatusDetails { get; init; }

    public required string ThingArn { get; init; }
    public required double QueuedAt { get; init; }
    public double? StartedAt { get; init; }
    public required double LastUpdatedAt { get; init; }
    public required long ExecutionNumber { get; init; }
    public required long VersionNumber { get; init; }
    public long? ApproximateSecondsBeforeTimedOut { get; init; }
}

internal sealed record StatusDetailsBody(IReadOnlyDictionary<string, string> DetailsMap);

internal sealed record ExecutionSummaryBody
{
    public required string Status { get; init; }
    public required double QueuedAt { get; init; }
    public double? StartedAt { get; init; }
    public required double LastUpdatedAt { get; init; }
    public required long ExecutionNumber { get; init; }

    /// <summary>Always 0 here.</summary>
    public int RetryAttempt { get; init; }
}

internal sealed record JobExecutionEntryBody(string ThingArn, ExecutionSummaryBody JobExecutionSummary);

internal sealed record JobExecutionListBody(IReadOnlyList<JobExecutionEntryBody> ExecutionSummaries, string? NextToken);

internal sealed record ThingExecutionEntryBody(string JobId, ExecutionSummaryBody JobExecutionSummary);

internal sealed record ThingExecutionListBody(IReadOnlyList<ThingExecutionEntryBody> ExecutionSummaries, string? NextToken);

internal sealed record CancelExecutionBody
{
    public long? ExpectedVersion { get; init; }

    /// <summary>Flat here, unlike in responses.</summary>
    public Dictionary<string, string>? StatusDetails { get; init; }
}
