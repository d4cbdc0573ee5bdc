using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Engine;

/// <summary>An output of the state machine. A command with an id leads to an event with that id.</summary>
internal abstract record JobCommand
{
    private JobCommand()
    {
    }

    /// <summary>List the pending executions, for the log.</summary>
    public sealed record ListPending(long RequestId) : JobCommand;

    /// <summary>Start the next execution.</summary>
    public sealed record StartNext(long RequestId) : JobCommand;

    /// <summary>Describe an execution; the latest one of the job if there is no execution number.</summary>
    public sealed record Describe(long RequestId, string JobId, long? ExecutionNumber, bool WithDocument) : JobCommand;

    /// <summary>Update an execution.</summary>
    /// <param name="RequestId">The id.</param>
    /// <param name="Key">The execution.</param>
    /// <param name="Report">The update. A step timer of -1 stops the service's timer; null leaves it unchanged.</param>
    public sealed record Update(long RequestId, JobKey Key, UpdateJobExecutionRequest Report) : JobCommand
    {
        public JobExecutionUpdateStatus Status => Report.Status;

        /// <summary>The service rejects the update if it has another version.</summary>
        public long ExpectedVersion => Report.ExpectedVersion.GetValueOrDefault();
    }

    public sealed record RunStep(long RunId, JobKey Key, StepPlan Step, int Number, int Count, int Attempt) : JobCommand;

    /// <summary>Write to the journal before anything that follows is done. An id of 0 leads to no event.</summary>
    public sealed record Journal(long WriteId, JournalEntry Entry) : JobCommand;

    public sealed record CancelStep(long RunId, string Reason) : JobCommand;

    public sealed record ScheduleTimer(long TimerId, TimeSpan Delay) : JobCommand;

    /// <summary>Set a timer for the next attempt: a random delay that grows with the number of attempts.</summary>
    public sealed record ScheduleRetry(long TimerId, int Attempt, string Reason) : JobCommand;

    /// <summary>Set a timer to a random delay up to a bound: boards that started together must not poll together.</summary>
    public sealed record SchedulePoll(long TimerId, TimeSpan Bound) : JobCommand;

    public sealed record Log(Notice Notice, JobKey Key, string Text) : JobCommand;

    /// <summary>Log an outcome that the service has acknowledged, and keep it on the board.</summary>
    public sealed record LogOutcome(JobKey Key, Outcome Outcome) : JobCommand;

    /// <summary>End the agent; always the last command.</summary>
    /// <param name="Code">The exit code.</param>
    /// <param name="Fault">What the operator has to fix; null if nothing.</param>
    public sealed record Exit(int Code, string? Fault) : JobCommand;
}

/// <summary>What the operator is informed of.</summary>
internal enum Notice
{
    /// <summary>A job starts; the text has the number of its steps.</summary>
    JobStarted,

    /// <summary>The execution is not this agent's any more; the text says why.</summary>
    JobLost,

    /// <summary>The service rejects a report for good; the text says why.</summary>
    ReportRefused,

    /// <summary>A job stays IN_PROGRESS because the agent stops.</summary>
    JobInterrupted,

    /// <summary>A job of the journal continues; the text says where.</summary>
    JobResumed,

    /// <summary>A step was interrupted; the text says what follows.</summary>
    StepInterrupted,

    /// <summary>A step will be retried; the text says when.</summary>
    StepRetried,

    /// <summary>The journal can't be written; the text says why.</summary>
    JournalFault,

    /// <summary>Nothing is pending.</summary>
    Idle,

    /// <summary>The agent stops; the text says what it waits for.</summary>
    Stopping,
}
