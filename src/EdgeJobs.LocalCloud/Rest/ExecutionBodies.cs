namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on job executions. The names are AWS's, in camel case on the wire; times are seconds since 1970.

/// <summary>What the control plane's DescribeJobExecution answers.</summary>
internal sealed record DescribeExecutionBody(ExecutionBody Execution);

/// <summary>A job execution as operators see it: without the document.</summary>
internal sealed record ExecutionBody
{
    /// <summary>The job's id.</summary>
    public required string JobId { get; init; }

    /// <summary>QUEUED, IN_PROGRESS …</summary>
    public required string Status { get; init; }

    /// <summary>Whether it was canceled by force; absent when it wasn't.</summary>
    public bool? ForceCanceled { get; init; }

    /// <summary>What the device told; nested here, flat on the device plane.</summary>
    public required StatusDetailsBody StatusDetails { get; init; }

    /// <summary>The thing's resource name.</summary>
    public required string ThingArn { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double QueuedAt { get; init; }

    /// <summary>Seconds since 1970; absent until it is started.</summary>
    public double? StartedAt { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double LastUpdatedAt { get; init; }

    /// <summary>Which execution of this job on this thing.</summary>
    public required long ExecutionNumber { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long VersionNumber { get; init; }

    /// <summary>Seconds left; absent unless a timer runs.</summary>
    public long? ApproximateSecondsBeforeTimedOut { get; init; }
}

/// <summary>What the device told.</summary>
internal sealed record StatusDetailsBody(IReadOnlyDictionary<string, string> DetailsMap);

/// <summary>An execution in a list.</summary>
internal sealed record ExecutionSummaryBody
{
    /// <summary>QUEUED, IN_PROGRESS …</summary>
    public required string Status { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double QueuedAt { get; init; }

    /// <summary>Seconds since 1970; absent until it is started.</summary>
    public double? StartedAt { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double LastUpdatedAt { get; init; }

    /// <summary>Which execution of this job on this thing.</summary>
    public required long ExecutionNumber { get; init; }

    /// <summary>How often it was tried again; always 0 here.</summary>
    public int RetryAttempt { get; init; }
}

/// <summary>One execution of a job.</summary>
internal sealed record JobExecutionEntryBody(string ThingArn, ExecutionSummaryBody JobExecutionSummary);

/// <summary>What ListJobExecutionsForJob answers.</summary>
internal sealed record JobExecutionListBody(IReadOnlyList<JobExecutionEntryBody> ExecutionSummaries, string? NextToken);

/// <summary>One execution on a thing.</summary>
internal sealed record ThingExecutionEntryBody(string JobId, ExecutionSummaryBody JobExecutionSummary);

/// <summary>What ListJobExecutionsForThing answers.</summary>
internal sealed record ThingExecutionListBody(IReadOnlyList<ThingExecutionEntryBody> ExecutionSummaries, string? NextToken);

/// <summary>What CancelJobExecution takes.</summary>
internal sealed record CancelExecutionBody
{
    /// <summary>The version it must have.</summary>
    public long? ExpectedVersion { get; init; }

    /// <summary>New details; flat here.</summary>
    public Dictionary<string, string>? StatusDetails { get; init; }
}
