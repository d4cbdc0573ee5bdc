using EdgeJobs.LocalCloud.Buckets;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>The control plane's operations on jobs and executions, as functions over a transaction.</summary>
internal static class JobsControlPlane
{
    /// <summary>Creates a job and queues it on every target at once.</summary>
    public static Result<Job> Create(Transaction transaction, CreateJobRequest request)
    {
        if (Check(request, transaction.Urls) is { } invalid)
        {
            return invalid;
        }

        ServiceState state = transaction.State;
        if (state.Jobs.ContainsKey(request.JobId))
        {
            return new ServiceError(ServiceErrorKind.ResourceAlreadyExists, $"Job {request.JobId} already exists");
        }

        // In the given order, each thing once, however many targets name it.
        List<string> things = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (JobTarget target in request.Targets)
        {
            if (target.IsGroup ? !state.Groups.ContainsKey(target.Name) : !state.Things.ContainsKey(target.Name))
            {
                return ServiceError.NotFound(
                    target.IsGroup ? $"Thing group {target.Name} does not exist" : $"Thing {target.Name} is not registered");
            }

            things.AddRange(
                target.IsGroup ? state.Groups[target.Name].Members.Where(seen.Add) : seen.Add(target.Name) ? [target.Name] : []);
        }

        // A SNAPSHOT job of empty groups is complete at once.
        bool nothingToDo = request.TargetSelection == TargetSelection.Snapshot && things.Count == 0;
        Job job = new()
        {
            Id = request.JobId,
            // A copy: the caller may reuse its buffer.
            Document = new RawJson(request.Document.Utf8.ToArray()),
            Targets = [.. request.Targets],
            Description = request.Description,
            TargetSelection = request.TargetSelection,
            TimeoutInMinutes = (int?)request.TimeoutInMinutes,
            UrlSeconds = (int?)request.UrlSeconds,
            Status = nothingToDo ? JobStatus.Completed : JobStatus.InProgress,
            CreatedAt = transaction.Now,
            LastUpdatedAt = transaction.Now,
            CompletedAt = nothingToDo ? transaction.Now : null,
            Sequence = state.NextSequence,
        };
        transaction.Apply(new StateChange.JobPut(job));
        foreach (string thing in things)
        {
            transaction.Queue(job, thing);
        }

        return job;
    }

    /// <summary>Cancels a job and its QUEUED executions; with force also those that are IN_PROGRESS.</summary>
    public static Result<Job> Cancel(Transaction transaction, string jobId, bool force, string? reasonCode, string? comment)
    {
        if (Limits.CheckReason(reasonCode, comment) is { } invalid)
        {
            return invalid;
        }

        if (!transaction.State.Jobs.TryGetValue(jobId, out Job? job))
        {
            return NoJob(jobId);
        }

        // Force also reaches executions that a cancellation without force left IN_PROGRESS.
        if (job.Status != JobStatus.InProgress
            && !(force && job.Status == JobStatus.Canceled && transaction.State.PendingCountOf(jobId) > 0))
        {
            return ServiceError.Invalid($"Job {jobId} can't be canceled: it is {job.Status.ToWireString()}");
        }

        Job canceled = job with
        {
            Status = JobStatus.Canceled,
            ForceCanceled = force,
            ReasonCode = reasonCode ?? job.ReasonCode,
            Comment = comment ?? job.Comment,
            LastUpdatedAt = transaction.Now,
            CompletedAt = transaction.Now,
        };
        // The job first, so that ending the executions below does not make it COMPLETED.
        transaction.Apply(new StateChange.JobPut(canceled));
        foreach (Execution execution in transaction.State.ExecutionsOfJob(jobId))
        {
            if (execution.Status == JobExecutionStatus.Queued || (force && execution.Status == JobExecutionStatus.InProgress))
            {
                transaction.End(execution, JobExecutionStatus.Canceled, force);
            }
        }

        return canceled;
    }

    /// <summary>Deletes a job with all its executions. A job that is IN_PROGRESS requires force.</summary>
    public static ServiceError? Delete(Transaction transaction, string jobId, bool force)
    {
        if (!transaction.State.Jobs.TryGetValue(jobId, out Job? job))
        {
            return NoJob(jobId);
        }

        if (job.Status == JobStatus.InProgress && !force)
        {
            return new ServiceError(
                ServiceErrorKind.InvalidStateTransition, $"Job {jobId} is IN_PROGRESS: cancel it first, or delete it with force");
        }

        foreach (Execution execution in transaction.State.ExecutionsOfJob(jobId))
        {
            transaction.Apply(new StateChange.ExecutionRemoved(execution.Key));
        }

        transaction.Apply(new StateChange.JobRemoved(jobId));
        return null;
    }

    /// <summary>Cancels one execution. One that is IN_PROGRESS requires force.</summary>
    public static Result<Execution> CancelExecution(
        Transaction transaction, string thingName, string jobId, bool force, long? expectedVersion, ValueMap<string>? statusDetails)
    {
        if (Limits.CheckStatusDetails(statusDetails) is { } invalid)
        {
            return invalid;
        }

        if (transaction.State.Find(thingName, jobId, null) is not { } execution)
        {
            return NoExecution(thingName, jobId, null);
        }

        if (expectedVersion is { } expected && expected != execution.Version)
        {
            return new ServiceError(
                ServiceErrorKind.VersionConflict, $"Expected version {expected} but found version {execution.Version}", execution);
        }

        if (!execution.IsPending || (execution.Status == JobExecutionStatus.InProgress && !force))
        {
            string hint = execution.IsPending ? ": cancel it with force" : "";
            return new ServiceError(
                ServiceErrorKind.InvalidStateTransition, $"The job execution is {execution.Status.ToWireString()}{hint}", execution);
        }

        return transaction.End(execution, JobExecutionStatus.Canceled, force, statusDetails);
    }

    /// <summary>Deletes one execution. One that is IN_PROGRESS requires force.</summary>
    public static ServiceError? DeleteExecution(Transaction transaction, ExecutionKey key, bool force)
    {
        if (transaction.State.Find(key) is not { } execution)
        {
            return NoExecution(key.ThingName, key.JobId, key.Number);
        }

        if (execution.Status == JobExecutionStatus.InProgress && !force)
        {
            return new ServiceError(
                ServiceErrorKind.InvalidStateTransition, "The job execution is IN_PROGRESS: delete it with force", execution);
        }

        transaction.Remove(key);
        return null;
    }

    public static ServiceError NoJob(string jobId) => ServiceError.NotFound($"Job {jobId} does not exist");

    public static ServiceError NoExecution(string thingName, string jobId, long? number) => ServiceError.NotFound(number is null
        ? $"There is no execution of job {jobId} on thing {thingName}"
        : $"There is no execution {number} of job {jobId} on thing {thingName}");

    private static ServiceError? Check(CreateJobRequest request, PresignedUrls? urls)
    {
        if (!Limits.IsJobId(request.JobId))
        {
            return ServiceError.Invalid($"jobId must be 1 to {Limits.JobIdLength} characters of a-z, A-Z, 0-9, underscore and hyphen");
        }

        if (Limits.IsReservedJobId(request.JobId))
        {
            return ServiceError.Invalid($"jobId must not be {request.JobId}: device topics reserve this name");
        }

        if (request.Targets.Count is 0 or > Limits.Targets)
        {
            return ServiceError.Invalid($"targets must have 1 to {Limits.Targets} members");
        }

        if (Limits.CheckDocument(request.Document, urls, request.UrlSeconds is not null) is { } unfit)
        {
            return unfit;
        }

        return request.TimeoutInMinutes is < 1 or > Limits.TimeoutInMinutes
            ? ServiceError.Invalid($"inProgressTimeoutInMinutes must be 1 to {Limits.TimeoutInMinutes}")
            : request.UrlSeconds is < Limits.MinUrlSeconds or > Limits.MaxUrlSeconds
            ? ServiceError.Invalid($"expiresInSec must be {Limits.MinUrlSeconds} to {Limits.MaxUrlSeconds}")
            : Limits.CheckText("description", request.Description);
    }
}
