namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the device plane (iot-jobs-data). Unlike on MQTT there is no clientToken and no timestamp, and a job document is JSON
// text in a string. Times are whole seconds since 1970.

/// <summary>What GetPendingJobExecutions answers.</summary>
internal sealed record PendingBody(IReadOnlyList<DeviceSummaryBody> InProgressJobs, IReadOnlyList<DeviceSummaryBody> QueuedJobs);

/// <summary>A pending execution; the list it is in tells its status.</summary>
internal sealed record DeviceSummaryBody
{
    /// <summary>The job's id.</summary>
    public required string JobId { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long QueuedAt { get; init; }

    /// <summary>Seconds since 1970; absent until it is started.</summary>
    public long? StartedAt { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long LastUpdatedAt { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long VersionNumber { get; init; }

    /// <summary>Which execution of this job on this thing.</summary>
    public required long ExecutionNumber { get; init; }
}

/// <summary>What StartNextPendingJobExecution and DescribeJobExecution answer; no execution when nothing is pending.</summary>
internal sealed record DeviceExecutionAnswerBody(DeviceExecutionBody? Execution);

/// <summary>An execution as the device sees it.</summary>
internal sealed record DeviceExecutionBody
{
    /// <summary>The job's id.</summary>
    public required string JobId { get; init; }

    /// <summary>The thing.</summary>
    public required string ThingName { get; init; }

    /// <summary>QUEUED, IN_PROGRESS …</summary>
    public required string Status { get; init; }

    /// <summary>What the device told; absent when that is nothing.</summary>
    public IReadOnlyDictionary<string, string>? StatusDetails { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long QueuedAt { get; init; }

    /// <summary>Seconds since 1970; absent until it is started.</summary>
    public long? StartedAt { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required long LastUpdatedAt { get; init; }

    /// <summary>Seconds left; absent unless a timer runs.</summary>
    public long? ApproximateSecondsBeforeTimedOut { get; init; }

    /// <summary>Counts the changes.</summary>
    public required long VersionNumber { get; init; }

    /// <summary>Which execution of this job on this thing.</summary>
    public required long ExecutionNumber { get; init; }

    /// <summary>The document, when asked for.</summary>
    public string? JobDocument { get; init; }
}

/// <summary>What UpdateJobExecution answers: what was asked for.</summary>
internal sealed record DeviceUpdateAnswerBody(DeviceStateBody? ExecutionState, string? JobDocument);

/// <summary>Where an execution stands.</summary>
internal sealed record DeviceStateBody(string Status, IReadOnlyDictionary<string, string>? StatusDetails, long VersionNumber);
