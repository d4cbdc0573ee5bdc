using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Rest;

/// <summary>Maps the service's types and errors to AWS's response bodies.</summary>
internal static class ResponseMapper
{
    private static readonly Dictionary<string, string> NoDetails = [];

    /// <summary>An error with the exception name and HTTP status of the plane.</summary>
    public static RestResponse Error(
        ServiceError error, Plane plane, string? resourceId = null, string? resourceArn = null) => error.Kind switch
        {
            ServiceErrorKind.ResourceNotFound => RestResponse.NotFound(error.Message),
            ServiceErrorKind.InvalidStateTransition => RestResponse.InvalidStateTransition(error.Message),
            // The data plane has no exception for a version mismatch.
            ServiceErrorKind.VersionConflict when plane == Plane.Data => RestResponse.InvalidStateTransition(error.Message),
            ServiceErrorKind.VersionConflict => RestResponse.VersionConflict(error.Message),
            ServiceErrorKind.TerminalState => RestResponse.TerminalState(error.Message),
            ServiceErrorKind.LimitExceeded => RestResponse.LimitExceeded(error.Message),
            ServiceErrorKind.ResourceAlreadyExists =>
                RestResponse.Error(409, "ResourceAlreadyExistsException", error.Message, resourceId, resourceArn),
            ServiceErrorKind.MalformedPolicy => RestResponse.Error(400, "MalformedPolicyException", error.Message),
            ServiceErrorKind.VersionsLimitExceeded => RestResponse.Error(409, "VersionsLimitExceededException", error.Message),
            ServiceErrorKind.DeleteConflict => RestResponse.Error(409, "DeleteConflictException", error.Message),
            ServiceErrorKind.CertificateState => RestResponse.Error(406, "CertificateStateException", error.Message),
            ServiceErrorKind.InternalFailure => RestResponse.Error(500, "InternalFailureException", error.Message),
            _ => RestResponse.InvalidRequest(error.Message),
        };

    public static RestResponse EmptyOrError(ServiceError? error) => error is null ? RestResponse.Empty : Error(error, Plane.Control);

    public static JobBody Job(Job job, JobCounts counts) => new()
    {
        JobArn = Arn.OfJob(job.Id),
        JobId = job.Id,
        TargetSelection = job.TargetSelection.ToWireString(),
        Status = job.Status.ToWireString(),
        ForceCanceled = job.ForceCanceled ? true : null,
        ReasonCode = job.ReasonCode,
        Comment = job.Comment,
        Targets = [.. job.Targets.Select(Arn.OfTarget)],
        Description = job.Description,
        CreatedAt = Seconds(job.CreatedAt),
        LastUpdatedAt = Seconds(job.LastUpdatedAt),
        CompletedAt = Seconds(job.CompletedAt),
        TimeoutConfig = job.TimeoutInMinutes is { } minutes ? new TimeoutConfigBody(minutes) : null,
        PresignedUrlConfig = job.UrlSeconds is { } seconds ? new PresignedUrlConfigBody(null, seconds) : null,
        JobProcessDetails = new JobProcessDetailsBody
        {
            NumberOfCanceledThings = counts[JobExecutionStatus.Canceled],
            NumberOfSucceededThings = counts[JobExecutionStatus.Succeeded],
            NumberOfFailedThings = counts[JobExecutionStatus.Failed],
            NumberOfRejectedThings = counts[JobExecutionStatus.Rejected],
            NumberOfQueuedThings = counts[JobExecutionStatus.Queued],
            NumberOfInProgressThings = counts[JobExecutionStatus.InProgress],
            NumberOfRemovedThings = counts[JobExecutionStatus.Removed],
            NumberOfTimedOutThings = counts[JobExecutionStatus.TimedOut],
        },
    };

    public static JobSummaryBody Summary(Job job) => new()
    {
        JobArn = Arn.OfJob(job.Id),
        JobId = job.Id,
        TargetSelection = job.TargetSelection.ToWireString(),
        Status = job.Status.ToWireString(),
        CreatedAt = Seconds(job.CreatedAt),
        LastUpdatedAt = Seconds(job.LastUpdatedAt),
        CompletedAt = Seconds(job.CompletedAt),
    };

    public static ExecutionBody Execution(Execution execution, DateTimeOffset now) => new()
    {
        JobId = execution.Key.JobId,
        Status = execution.Status.ToWireString(),
        ForceCanceled = execution.ForceCanceled ? true : null,
        StatusDetails = new StatusDetailsBody(Details(execution) ?? NoDetails),
        ThingArn = Arn.OfThing(execution.Key.ThingName),
        QueuedAt = Seconds(execution.QueuedAt),
        StartedAt = Seconds(execution.StartedAt),
        LastUpdatedAt = Seconds(execution.LastUpdatedAt),
        ExecutionNumber = execution.Key.Number,
        VersionNumber = execution.Version,
        ApproximateSecondsBeforeTimedOut = DeviceApiMapper.SecondsLeft(execution, now),
    };

    public static ExecutionSummaryBody Summary(Execution execution) => new()
    {
        Status = execution.Status.ToWireString(),
        QueuedAt = Seconds(execution.QueuedAt),
        StartedAt = Seconds(execution.StartedAt),
        LastUpdatedAt = Seconds(execution.LastUpdatedAt),
        ExecutionNumber = execution.Key.Number,
    };

    public static DeviceExecutionBody ForDevice(Execution execution, string? document, DateTimeOffset now) => new()
    {
        JobId = execution.Key.JobId,
        ThingName = execution.Key.ThingName,
        Status = execution.Status.ToWireString(),
        StatusDetails = Details(execution),
        QueuedAt = execution.QueuedAt.ToUnixTimeSeconds(),
        StartedAt = execution.StartedAt?.ToUnixTimeSeconds(),
        LastUpdatedAt = execution.LastUpdatedAt.ToUnixTimeSeconds(),
        ApproximateSecondsBeforeTimedOut = DeviceApiMapper.SecondsLeft(execution, now),
        VersionNumber = execution.Version,
        ExecutionNumber = execution.Key.Number,
        JobDocument = document,
    };

    public static DeviceSummaryBody SummaryForDevice(Execution execution) => new()
    {
        JobId = execution.Key.JobId,
        QueuedAt = execution.QueuedAt.ToUnixTimeSeconds(),
        StartedAt = execution.StartedAt?.ToUnixTimeSeconds(),
        LastUpdatedAt = execution.LastUpdatedAt.ToUnixTimeSeconds(),
        VersionNumber = execution.Version,
        ExecutionNumber = execution.Key.Number,
    };

    public static DeviceStateBody State(Execution execution) => new(execution.Status.ToWireString(), Details(execution), execution.Version);

    private static Dictionary<string, string>? Details(Execution execution)
    {
        if (execution.StatusDetails.Count == 0)
        {
            return null;
        }

        Dictionary<string, string> details = new(execution.StatusDetails.Count);
        foreach (KeyValuePair<string, string> detail in execution.StatusDetails)
        {
            details.Add(detail.Key, detail.Value);
        }

        return details;
    }

    /// <summary>A time on the control plane: seconds since 1970, with milliseconds.</summary>
    public static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    private static double? Seconds(DateTimeOffset? time) => time is { } known ? Seconds(known) : null;
}
