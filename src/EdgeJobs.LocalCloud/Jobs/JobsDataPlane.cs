using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Registry;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud.Jobs;

/// <summary>The operations of the jobs data plane, as functions over a transaction. MQTT and HTTP both use them.</summary>
internal static class JobsDataPlane
{
    /// <summary>The value of stepTimeoutInMinutes that stops the step timer.</summary>
    public const int StopStepTimer = -1;

    public static Result<PendingExecutions> GetPending(Transaction transaction, string thingName)
    {
        if (FindThing(transaction, thingName) is { } unknown)
        {
            return unknown;
        }

        List<Execution> inProgress = [], queued = [];
        foreach (Execution execution in transaction.State.PendingOf(thingName))
        {
            if (execution.Status == JobExecutionStatus.InProgress)
            {
                inProgress.Add(execution);
            }
            else if (queued.Count < Limits.ListedExecutions)
            {
                queued.Add(execution);
            }
            else
            {
                break;
            }
        }

        return new PendingExecutions(inProgress, queued);
    }

    /// <summary>Returns the first pending execution; a QUEUED one becomes IN_PROGRESS.</summary>
    public static Result<NextExecution> StartNext(Transaction transaction, StartNextCommand command)
    {
        if (command.StepTimeoutInMinutes is < 1 or > Limits.TimeoutInMinutes)
        {
            return InvalidStepTimer();
        }

        if (Limits.CheckStatusDetails(command.StatusDetails) is { } invalid)
        {
            return invalid;
        }

        if (FindThing(transaction, command.ThingName) is { } unknown)
        {
            return unknown;
        }

        if (FirstPending(transaction, command.ThingName) is not { } first)
        {
            return new NextExecution(null);
        }

        DateTimeOffset? step = command.StepTimeoutInMinutes is { } minutes ? transaction.Now.AddMinutes(minutes) : null;
        if (first.Status == JobExecutionStatus.Queued)
        {
            first = Start(transaction, first) with { StatusDetails = command.StatusDetails ?? first.StatusDetails, StepDeadline = step };
            transaction.Put(first);
        }
        else if (step is not null)
        {
            // The execution is already IN_PROGRESS: its status details stay; only the requested timer changes.
            first = first with { StepDeadline = step };
            transaction.Put(first);
        }

        return new NextExecution(WithDocument(transaction, first));
    }

    /// <summary>Returns the first pending execution without changing it.</summary>
    public static Result<NextExecution> DescribeNext(Transaction transaction, string thingName) =>
        FindThing(transaction, thingName) is { } unknown ? unknown
        : new NextExecution(FirstPending(transaction, thingName) is { } first ? WithDocument(transaction, first) : null);

    /// <summary>Returns one execution without changing it. Rejects one that has ended.</summary>
    public static Result<ExecutionWithDocument> Describe(Transaction transaction, string thingName, string jobId, long? executionNumber)
    {
        if (transaction.State.Find(thingName, jobId, executionNumber) is not { } execution)
        {
            return NoExecution;
        }

        return execution.IsPending
            ? WithDocument(transaction, execution)
            : new ServiceError(ServiceErrorKind.TerminalState, "The job execution is in a terminal state", execution);
    }

    /// <summary>Handles a thing's report. Checks the request's shape, then existence, then the version, then the transition.</summary>
    public static Result<ExecutionWithDocument> Update(Transaction transaction, UpdateCommand command)
    {
        if (CheckShape(command) is { } invalid)
        {
            return invalid;
        }

        if (transaction.State.Find(command.ThingName, command.JobId, command.ExecutionNumber) is not { } execution)
        {
            return NoExecution;
        }

        if (command.ExpectedVersion is { } expected && expected != execution.Version)
        {
            return new ServiceError(
                ServiceErrorKind.VersionConflict, $"Expected version {expected} but found version {execution.Version}", execution);
        }

        if (CheckTransition(execution, command.Status) is { } forbidden)
        {
            return forbidden;
        }

        Execution updated = execution is { Status: JobExecutionStatus.Queued } && command.Status == JobExecutionStatus.InProgress
            ? Start(transaction, execution)
            : execution with { Status = command.Status, Version = execution.Version + 1, LastUpdatedAt = transaction.Now };
        updated = updated with { StatusDetails = command.StatusDetails ?? execution.StatusDetails };
        if (command is { Status: JobExecutionStatus.InProgress, StepTimeoutInMinutes: { } minutes })
        {
            updated = updated with { StepDeadline = minutes == StopStepTimer ? null : transaction.Now.AddMinutes(minutes) };
        }

        transaction.Put(updated);
        return WithDocument(transaction, updated);
    }

    private static ServiceError NoExecution => ServiceError.NotFound("No such job execution");

    private static ServiceError? CheckShape(UpdateCommand command)
    {
        if (command.Status is JobExecutionStatus.Canceled or JobExecutionStatus.TimedOut or JobExecutionStatus.Removed)
        {
            return ServiceError.Invalid($"status {command.Status.ToWireString()} cannot be set by a device");
        }

        return command.StepTimeoutInMinutes is not null and not StopStepTimer and (< 1 or > Limits.TimeoutInMinutes)
            ? InvalidStepTimer()
            : Limits.CheckStatusDetails(command.StatusDetails);
    }

    private static ServiceError? CheckTransition(Execution execution, JobExecutionStatus to)
    {
        string? message = execution switch
        {
            { Status: JobExecutionStatus.Canceled } => "The job execution is already canceled",
            { IsPending: false } => "An update attempted to change a job execution that is in a terminal state",
            _ => to == JobExecutionStatus.Queued ? "cannot go back to QUEUED" : null,
        };
        return message is null ? null : new ServiceError(ServiceErrorKind.InvalidStateTransition, message, execution);
    }

    private static Execution Start(Transaction transaction, Execution execution) => execution with
    {
        Status = JobExecutionStatus.InProgress,
        StartedAt = transaction.Now,
        LastUpdatedAt = transaction.Now,
        Version = execution.Version + 1,
        InProgressDeadline = transaction.State.Jobs[execution.Key.JobId].TimeoutInMinutes is { } minutes
            ? transaction.Now.AddMinutes(minutes)
            : null,
    };

    private static Execution? FirstPending(Transaction transaction, string thingName) => transaction.State.PendingOf(thingName) switch
    {
        { IsEmpty: true } => null,
        var pending => pending[0],
    };

    private static ExecutionWithDocument WithDocument(Transaction transaction, Execution execution) =>
        new(execution, transaction.DocumentFor(execution.Key));

    private static ServiceError? FindThing(Transaction transaction, string thingName) =>
        transaction.State.Things.ContainsKey(thingName) ? null : ThingRegistry.NoThing(thingName);

    private static ServiceError InvalidStepTimer() => ServiceError.Invalid($"stepTimeoutInMinutes must be 1 to {Limits.TimeoutInMinutes}");
}
