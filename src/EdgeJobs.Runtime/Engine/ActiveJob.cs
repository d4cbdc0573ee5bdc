using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The execution that the agent works on. Immutable; an id is 0 if nothing is awaited. A structure, because each change copies it: about
/// fifty changes in a job.
/// </summary>
internal readonly struct ActiveJob
{
    /// <summary>An execution that the agent has claimed.</summary>
    public ActiveJob(JournalEntry.Claimed claim)
        : this(new JournalState { Claim = claim })
    {
    }

    /// <summary>An execution of the journal.</summary>
    public ActiveJob(in JournalState journal)
    {
        Journal = journal;
        Version = journal.Claim.Version;
        QueuedAt = journal.Claim.QueuedAt;
        StartedAt = journal.Claim.StartedAt;
    }

    /// <summary>
    /// How far the execution has come: the result of its journal entries. Includes the outcome of a rejected document, which is never
    /// journaled.
    /// </summary>
    public JournalState Journal { get; init; }

    public JobKey Key => Journal.Claim.Key;

    /// <summary>The journal file has these entries.</summary>
    public bool IsJournaled { get; init; }

    /// <summary>The version of the last description or accepted update; the next update expects it. It never decreases.</summary>
    public long Version { get; init; }

    /// <summary>Null if the document was rejected or can't be read any more.</summary>
    public JobPlan? Plan { get; init; }

    /// <summary>In seconds since 1970; 0 if unknown.</summary>
    public long QueuedAt { get; init; }

    /// <summary>When it became IN_PROGRESS, in seconds since 1970; 0 if unknown.</summary>
    public long StartedAt { get; init; }

    /// <summary>Runs until the next attempt at the current step.</summary>
    public long DelayTimer { get; init; }

    /// <summary>
    /// How the current step was interrupted, for the outcome; null if it was not. The journal gets it when the step ends.
    /// </summary>
    public string? Interruption { get; init; }

    /// <summary>The entry that is being written to the journal, or waits for the next attempt to write it.</summary>
    public JournalEntry? Writing { get; init; }

    public long WriteId { get; init; }

    /// <summary>Runs until the next attempt to write <see cref="Writing"/>.</summary>
    public long WriteTimer { get; init; }

    /// <summary>How many attempts to write it have failed.</summary>
    public int WriteAttempt { get; init; }

    /// <summary>It comes from the journal, and the agent has not yet asked the service for its state.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Why it can't continue after a restart; null if it can.</summary>
    public string? ResumeFault { get; init; }

    /// <summary>The service has said that it has ended, but not how.</summary>
    public bool IsKnownEnded { get; init; }

    /// <summary>Runs until the service's step timer must be restarted.</summary>
    public long HeartbeatTimer { get; init; }

    /// <summary>The service may have a step timer for it.</summary>
    public bool HasStepTimer { get; init; }

    /// <summary>The step timer of the update in flight, in minutes; null if the update leaves the timer unchanged.</summary>
    public long? UpdateStepTimer { get; init; }

    /// <summary>The running step.</summary>
    public long RunId { get; init; }

    /// <summary>The progress that the running step has reported; null if none.</summary>
    public StepProgress? Progress { get; init; }

    /// <summary>The running step was asked to end.</summary>
    public bool IsCanceling { get; init; }

    /// <summary>Why the execution is not this agent's any more; null while it is.</summary>
    public string? LostReason { get; init; }

    /// <summary>The service rejected the details: report without them.</summary>
    public bool OmitDetails { get; init; }

    /// <summary>The update in flight; there is never a second one.</summary>
    public long UpdateId { get; init; }

    /// <summary>The update in flight reports the outcome.</summary>
    public bool UpdateIsOutcome { get; init; }

    /// <summary>An outcome was sent and no reply came: the service may have it.</summary>
    public bool OutcomeMayBeKnown { get; init; }

    /// <summary>A step has started or progressed, and the service does not have it yet.</summary>
    public bool ProgressIsDue { get; init; }

    /// <summary>No progress is reported while it runs.</summary>
    public long ThrottleTimer { get; init; }

    /// <summary>The agent must ask the service whether the execution is still IN_PROGRESS, and still the same one.</summary>
    public bool VerifyIsDue { get; init; }

    /// <summary>That request, in flight.</summary>
    public long VerifyId { get; init; }

    /// <summary>Runs until the next attempt to report or verify.</summary>
    public long RetryTimer { get; init; }

    /// <summary>How many attempts to report or verify have failed in a row.</summary>
    public int Attempt { get; init; }
}
