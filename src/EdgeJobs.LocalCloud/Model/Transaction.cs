using EdgeJobs.LocalCloud.Buckets;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Model;

/// <summary>
/// One running operation: collects changes and sees the state with them. The service either stores the changes and adopts <see
/// cref="State"/>, or drops both.
/// </summary>
internal sealed class Transaction(ServiceState before, DateTimeOffset now, PresignedUrls? urls = null)
{
    private readonly List<StateChange> _changes = [];

    public ServiceState Before { get; } = before;
    public ServiceState State { get; private set; } = before;
    public DateTimeOffset Now { get; } = now;

    /// <summary>Resolves the S3 placeholders of documents; null to refuse them.</summary>
    public PresignedUrls? Urls { get; } = urls;

    public IReadOnlyList<StateChange> Changes => _changes;

    public void Apply(StateChange change)
    {
        State = State.Apply(change);
        _changes.Add(change);
    }

    public void Put(Execution execution)
    {
        Apply(new StateChange.ExecutionPut(execution));
        CompleteIfDone(execution.Key.JobId);
    }

    public void Remove(ExecutionKey key)
    {
        Apply(new StateChange.ExecutionRemoved(key));
        CompleteIfDone(key.JobId);
    }

    public void Queue(Job job, string thingName) => Apply(new StateChange.ExecutionPut(new Execution
    {
        Key = new ExecutionKey(thingName, job.Id, 1 + (State.Find(thingName, job.Id, null)?.Key.Number ?? 0)),
        QueuedAt = Now,
        LastUpdatedAt = Now,
        Sequence = State.NextSequence,
    }));

    /// <summary>The document as a thing gets it: with new presigned URLs.</summary>
    public RawJson DocumentFor(ExecutionKey key)
    {
        Job job = State.Jobs[key.JobId];
        return Urls is null ? job.Document : Urls.Resolve(job.Document, job.UrlSeconds ?? PresignedUrls.DefaultSeconds, Now);
    }

    /// <summary>Ends an execution on behalf of the service: CANCELED, TIMED_OUT or REMOVED.</summary>
    public Execution End(Execution execution, JobExecutionStatus status, bool force = false, ValueMap<string>? statusDetails = null)
    {
        Execution ended = execution with
        {
            Status = status,
            Version = execution.Version + 1,
            LastUpdatedAt = Now,
            ForceCanceled = force && status == JobExecutionStatus.Canceled,
            StatusDetails = statusDetails ?? execution.StatusDetails,
        };
        Put(ended);
        return ended;
    }

    public void TimeOutDueExecutions()
    {
        while (State.FirstDue(Now) is { } due)
        {
            End(due, JobExecutionStatus.TimedOut);
        }
    }

    // A SNAPSHOT job is completed when the last of its executions ends.
    private void CompleteIfDone(string jobId)
    {
        if (State.Jobs.TryGetValue(jobId, out Job? job)
            && job is { Status: JobStatus.InProgress, TargetSelection: TargetSelection.Snapshot }
            && State.PendingCountOf(jobId) == 0)
        {
            Apply(new StateChange.JobPut(job with { Status = JobStatus.Completed, LastUpdatedAt = Now, CompletedAt = Now }));
        }
    }
}
