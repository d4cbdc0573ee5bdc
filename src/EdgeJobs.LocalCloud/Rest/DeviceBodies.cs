namespace EdgeJobs.LocalCloud.Rest;

// Bodies of the data plane (iot-jobs-data). Unlike on MQTT there are no clientToken and timestamp, and a job document is JSON text in
// a string. Times are whole seconds since 1970.

internal sealed record PendingBody(IReadOnlyList<DeviceSummaryBody> InProgressJobs, IReadOnlyList<DeviceSummaryBody> QueuedJobs);

/// <summary>A pending execution; its status follows from its list.</summary>
internal sealed record DeviceSummaryBody
{
    public required string JobId { get; init; }
    public required long QueuedAt { get; init; }
    public long? StartedAt { get; init; }
    public required long LastUpdatedAt { get; init; }
    public required long VersionNumber { get; init; }
    public required long ExecutionNumber { get; init; }
}

/// <summary>The response of StartNextPendingJobExecution and DescribeJobExecution; without an execution if nothing is pending.</summary>
internal sealed record DeviceExecutionResponseBody(DeviceExecutionBody? Execution);

internal sealed record DeviceExecutionBody
{
    public required string JobId { get; init; }
    public required string ThingName { get; init; }
    public required string Status { get; init; }
    public IReadOnlyDictionary<string, string>? StatusDetails { get; init; }
    public required long QueuedAt { get; init; }
    public long? StartedAt { get; init; }
    public required long LastUpdatedAt { get; init; }
    public long? ApproximateSecondsBeforeTimedOut { get; init; }
    public required long VersionNumber { get; init; }
    public required long ExecutionNumber { get; init; }
    public string? JobDocument { get; init; }
}

internal sealed record DeviceUpdateResponseBody(DeviceStateBody? ExecutionState, string? JobDocument);

internal sealed record DeviceStateBody(string Status, IReadOnlyDictionary<string, string>? StatusDetails, long VersionNumber);
