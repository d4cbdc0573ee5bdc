using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Engine;

/// <summary>What the state machine wants done. Those with an id are answered by an event with that id.</summary>
internal abstract record JobCommand
{
    private JobCommand()
    {
    }

    /// <summary>List what is pending, for the log.</summary>
    public sealed record ListPending(long RequestId) : JobCommand;

    /// <summary>Take on the next execution.</summary>
    public sealed record StartNext(long RequestId) : JobCommand;

    /// <summary>Describe an execution; the latest run when no execution number is given.</summary>
    public sealed record Describe(long RequestId, string JobId, long? ExecutionNumber, bool WithDocument) : JobCommand;

    /// <summary>Report how an execution goes.</summary>
    /// <param name="RequestId">The id.</param>
    /// <param name="Key">Which.</param>
    /// <param name="Report">
    /// How it goes, and the version that is expected. Its step timer is when the service is to time the execution out unless it hears more, in
    /// minutes; -1 for no longer, null to leave that as it is.
    /// </param>
    public sealed record Update(long RequestId, JobKey Key, UpdateJobExecutionRequest Report) : JobCommand
    {
        /// <summary>What is reported.</summary>
        public JobExecutionUpdateStatus Status => Report.Status;

        /// <summary>The version that the service must have, or it refuses.</summary>
        public long ExpectedVersion => Report.ExpectedVersion.GetValueOrDefault();
    }

    /// <summary>Run a step.</summary>
    public sealed record RunStep(long RunId, JobKey Key, StepPlan Step, int Number, int Count, int Attempt) : JobCommand;

    /// <summary>Write to the journal, before anything that follows is done. An id of 0 is not answered.</summary>
    public sealed record Journal(long WriteId, JournalEntry Entry) : JobCommand;

    /// <summary>Make the step that runs end.</summary>
    public sealed record CancelStep(long RunId, string Reason) : JobCommand;

    /// <summary>Set a timer to a time.</summary>
    public sealed record ScheduleTimer(long TimerId, TimeSpan Delay) : JobCommand;

    /// <summary>Set a timer for another attempt: a random time that grows with the number of attempts.</summary>
    public sealed record ScheduleRetry(long TimerId, int Attempt, string Reason) : JobCommand;

    /// <summary>Set a timer to a random time up to a bound: boards that were started together do not ask together.</summary>
    public sealed record SchedulePoll(long TimerId, TimeSpan Bound) : JobCommand;

    /// <summary>Tell the operator.</summary>
    public sealed record Log(Notice Notice, JobKey Key, string Text) : JobCommand;

    /// <summary>End the agent; always the last command.</summary>
    /// <param name="Code">The exit code.</param>
    /// <param name="Fault">What the operator has to mend; null when there is nothing.</param>
    public sealed record Exit(int Code, string? Fault) : JobCommand;
}

/// <summary>What the operator is told.</summary>
internal enum Notice
{
    /// <summary>A job begins; the text says with how many steps.</summary>
    JobStarted,

    /// <summary>A job has ended and its outcome is known to the service; the text is the reason.</summary>
    JobSucceeded,

    /// <summary>A job has ended and its outcome is known to the service; the text is the reason.</summary>
    JobFailed,

    /// <summary>A job was not run, and the service knows it; the text is the reason.</summary>
    JobRejected,

    /// <summary>A job was taken from the agent; the text says why.</summary>
    JobLost,

    /// <summary>The service refuses a report for good; the text says why.</summary>
    ReportRefused,

    /// <summary>A job is left IN_PROGRESS because the agent stops.</summary>
    JobInterrupted,

    /// <summary>A job of the journal goes on; the text says where.</summary>
    JobResumed,

    /// <summary>A step that was interrupted: the text says what becomes of it.</summary>
    StepInterrupted,

    /// <summary>A step will be tried again; the text says when.</summary>
    StepRetried,

    /// <summary>The journal can't be written; the text says why.</summary>
    JournalFault,

    /// <summary>Nothing is pending.</summary>
    Idle,

    /// <summary>The agent stops; the text says what it waits for.</summary>
    Stopping,
}
