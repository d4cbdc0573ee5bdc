namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the control plane's operations on jobs. The names are AWS's, in camel case on the wire; times are seconds since 1970.

/// <summary>What CreateJob takes.</summary>
internal sealed record CreateJobBody
{
    /// <summary>Resource names of things.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>The job document: JSON text in a string.</summary>
    public string? Document { get; init; }

    /// <summary>What the job is for.</summary>
    public string? Description { get; init; }

    /// <summary>SNAPSHOT or CONTINUOUS.</summary>
    public string? TargetSelection { get; init; }

    /// <summary>How long an execution may be in progress.</summary>
    public TimeoutConfigBody? TimeoutConfig { get; init; }
}

/// <summary>How long an execution may be in progress.</summary>
internal sealed record TimeoutConfigBody(long? InProgressTimeoutInMinutes);

/// <summary>What CreateJob and CancelJob answer.</summary>
internal sealed record JobNamedBody(string JobArn, string JobId, string? Description);

/// <summary>What CancelJob takes.</summary>
internal sealed record CancelJobBody
{
    /// <summary>Why, as a code of upper-case letters, digits and underscores.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>Why, in words.</summary>
    public string? Comment { get; init; }
}

/// <summary>What DescribeJob answers.</summary>
internal sealed record DescribeJobBody(JobBody Job);

/// <summary>A job in full.</summary>
internal sealed record JobBody
{
    /// <summary>The resource name.</summary>
    public required string JobArn { get; init; }

    /// <summary>The id.</summary>
    public required string JobId { get; init; }

    /// <summary>SNAPSHOT or CONTINUOUS.</summary>
    public required string TargetSelection { get; init; }

    /// <summary>IN_PROGRESS, COMPLETED, CANCELED …</summary>
    public required string Status { get; init; }

    /// <summary>Whether it was canceled by force; absent when it wasn't.</summary>
    public bool? ForceCanceled { get; init; }

    /// <summary>Why it was canceled, as a code.</summary>
    public string? ReasonCode { get; init; }

    /// <summary>Why it was canceled, in words.</summary>
    public string? Comment { get; init; }

    /// <summary>The targets.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>What the job is for.</summary>
    public string? Description { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double CreatedAt { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double LastUpdatedAt { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public double? CompletedAt { get; init; }

    /// <summary>How many executions are in which state.</summary>
    public required JobProcessDetailsBody JobProcessDetails { get; init; }

    /// <summary>How long an execution may be in progress.</summary>
    public TimeoutConfigBody? TimeoutConfig { get; init; }

    /// <summary>Whether it has jobs inside; always false here.</summary>
    public bool IsConcurrent { get; init; }
}

/// <summary>How many executions of a job are in which state.</summary>
internal sealed record JobProcessDetailsBody
{
    /// <summary>Things not reached yet; always empty here, as every execution is made at once.</summary>
    public IReadOnlyList<string> ProcessingTargets { get; init; } = [];

    /// <summary>CANCELED.</summary>
    public int NumberOfCanceledThings { get; init; }

    /// <summary>SUCCEEDED.</summary>
    public int NumberOfSucceededThings { get; init; }

    /// <summary>FAILED.</summary>
    public int NumberOfFailedThings { get; init; }

    /// <summary>REJECTED.</summary>
    public int NumberOfRejectedThings { get; init; }

    /// <summary>QUEUED.</summary>
    public int NumberOfQueuedThings { get; init; }

    /// <summary>IN_PROGRESS.</summary>
    public int NumberOfInProgressThings { get; init; }

    /// <summary>REMOVED.</summary>
    public int NumberOfRemovedThings { get; init; }

    /// <summary>TIMED_OUT.</summary>
    public int NumberOfTimedOutThings { get; init; }
}

/// <summary>One job of a list.</summary>
internal sealed record JobSummaryBody
{
    /// <summary>The resource name.</summary>
    public required string JobArn { get; init; }

    /// <summary>The id.</summary>
    public required string JobId { get; init; }

    /// <summary>SNAPSHOT or CONTINUOUS.</summary>
    public required string TargetSelection { get; init; }

    /// <summary>IN_PROGRESS, COMPLETED, CANCELED …</summary>
    public required string Status { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double CreatedAt { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required double LastUpdatedAt { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public double? CompletedAt { get; init; }

    /// <summary>Whether it has jobs inside; always false here.</summary>
    public bool IsConcurrent { get; init; }
}

/// <summary>What ListJobs answers.</summary>
internal sealed record JobListBody(IReadOnlyList<JobSummaryBody> Jobs, string? NextToken);

/// <summary>What GetJobDocument answers: the document as JSON text in a string.</summary>
internal sealed record JobDocumentBody(string Document);
