using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>
/// One operation at work: it sees the state with its own changes so far, and collects them. Nothing outside changes; the
/// service stores the changes and takes over <see cref="State"/>, or drops both.
/// </summary>
/// <param name="before">The state that the operation starts from.</param>
/// <param name="now">The time of the operation.</param>
internal sealed class Transaction(ServiceState before, DateTimeOffset now)
{
    private readonly List<StateChange> _changes = [];

    /// <summary>The state that the operation started from.</summary>
    public ServiceState Before { get; } = before;

    /// <summary>The state with the changes so far.</summary>
    public ServiceState State { get; private set; } = before;

    /// <summary>The time of the operation.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>The changes so far, in order.</summary>
    public IReadOnlyList<StateChange> Changes => _changes;

    /// <summary>Makes a change.</summary>
    public void Make(StateChange change)
    {
        State = State.Apply(change);
        _changes.Add(change);
    }

    /// <summary>Stores a new or changed execution.</summary>
    public void Put(Execution execution)
    {
        Make(new StateChange.ExecutionPut(execution));
        Settle(execution.Key.JobId);
    }

    /// <summary>Removes an execution.</summary>
    public void Remove(ExecutionKey key)
    {
        Make(new StateChange.ExecutionRemoved(key));
        Settle(key.JobId);
    }

    /// <summary>Queues the next run of a job on a thing.</summary>
    public void Queue(Job job, string thingName) => Make(new StateChange.ExecutionPut(new Execution
    {
        Key = new ExecutionKey(thingName, job.Id, 1 + (State.Find(thingName, job.Id, null)?.Key.Number ?? 0)),
        QueuedAt = Now,
        LastUpdatedAt = Now,
        Sequence = State.NextSequence,
    }));

    /// <summary>Ends an execution from the service's side: CANCELED, TIMED_OUT or REMOVED.</summary>
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

    /// <summary>Times out what is due.</summary>
    public void Expire()
    {
        while (State.FirstDue(Now) is { } due)
        {
            End(due, JobExecutionStatus.TimedOut);
        }
    }

    // A SNAPSHOT job is done when the last of its executions is.
    private void Settle(string jobId)
    {
        if (State.Jobs.TryGetValue(jobId, out Job? job) && job is { Status: JobStatus.InProgress, TargetSelection: TargetSelection.Snapshot }
            && State.PendingCountOf(jobId) == 0)
        {
            Make(new StateChange.JobPut(job with { Status = JobStatus.Completed, LastUpdatedAt = Now, CompletedAt = Now }));
        }
    }
}
