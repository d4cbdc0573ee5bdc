using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The execution that the agent has taken on. Immutable; ids are 0 when there is nothing to wait for. A structure, as each change is a copy: some
/// fifty of them in a job.
/// </summary>
internal readonly struct ActiveJob
{
    /// <summary>An execution that the agent takes on.</summary>
    public ActiveJob(JournalEntry.Taken taken)
        : this(new JournalState { Taken = taken })
    {
    }

    /// <summary>An execution of the journal.</summary>
    public ActiveJob(in JournalState journal)
    {
        Journal = journal;
        Version = journal.Taken.Version;
        QueuedAt = journal.Taken.QueuedAt;
        StartedAt = journal.Taken.StartedAt;
    }

    /// <summary>
    /// How far the execution has come: what its journal entries add up to. A rejected document is never journaled; its outcome is here as well.
    /// </summary>
    public JournalState Journal { get; init; }

    public JobKey Key => Journal.Taken.Key;

    /// <summary>The journal file has these entries.</summary>
    public bool IsJournaled { get; init; }

    /// <summary>The version of the last description or accepted update; the next update expects it. It never decreases.</summary>
    public long Version { get; init; }

    /// <summary>Null when the document is rejected or can't be read any more.</summary>
    public JobPlan? Plan { get; init; }

    /// <summary>When the service queued it, in seconds since 1970; 0 when unknown.</summary>
    public long QueuedAt { get; init; }

    /// <summary>When it became IN_PROGRESS, in seconds since 1970; 0 when unknown.</summary>
    public long StartedAt { get; init; }

    /// <summary>Runs until the next attempt at it.</summary>
    public long DelayTimer { get; init; }

    /// <summary>How the current step was interrupted, for the outcome; null if it was not. The journal gets it when the step ends.</summary>
    public string? Interruption { get; init; }

    /// <summary>The entry that is being written to the journal, or waits to be written once more.</summary>
    public JournalEntry? Writing { get; init; }

    /// <summary>That write, under way.</summary>
    public long WriteId { get; init; }

    /// <summary>Runs until the next attempt to write it.</summary>
    public long WriteTimer { get; init; }

    /// <summary>How many attempts to write it have failed.</summary>
    public int WriteAttempt { get; init; }

    /// <summary>It comes from the journal, and the service has not been asked yet how it stands.</summary>
    public bool IsResumed { get; init; }

    /// <summary>Why it can't go on after it was resumed; null when it can.</summary>
    public string? Broken { get; init; }

    /// <summary>The service has said that it has ended, and not how.</summary>
    public bool IsKnownEnded { get; init; }

    /// <summary>Runs until the step timer of the service has to be set anew.</summary>
    public long HeartbeatTimer { get; init; }

    /// <summary>The service may have a step timer for it.</summary>
    public bool HasStepTimer { get; init; }

    /// <summary>What the update under way says of the step timer, in minutes; null when it says nothing.</summary>
    public long? UpdateStepTimer { get; init; }

    /// <summary>The step that runs.</summary>
    public long RunId { get; init; }

    /// <summary>How far the step that runs has come, as it said; null when it said nothing.</summary>
    public StepProgress? Progress { get; init; }

    /// <summary>The step that runs was asked to end.</summary>
    public bool IsCanceling { get; init; }

    /// <summary>Why the execution is no longer this agent's; null as long as it is.</summary>
    public string? LostBecause { get; init; }

    /// <summary>The service did not take the details: report without them.</summary>
    public bool WithoutDetails { get; init; }

    /// <summary>The update that is under way: there is never a second one.</summary>
    public long UpdateId { get; init; }

    /// <summary>The update under way reports the outcome.</summary>
    public bool UpdateIsOutcome { get; init; }

    /// <summary>An outcome was sent that was not answered: the service may know it.</summary>
    public bool OutcomeMayBeKnown { get; init; }

    /// <summary>A step has begun that was not yet reported.</summary>
    public bool ProgressIsDue { get; init; }

    /// <summary>Runs as long as no further progress may be reported.</summary>
    public long ThrottleTimer { get; init; }

    /// <summary>The service has to be asked whether the execution is still IN_PROGRESS, and still the same one.</summary>
    public bool VerifyIsDue { get; init; }

    /// <summary>That question, under way.</summary>
    public long VerifyId { get; init; }

    /// <summary>Runs until the next attempt at what failed last.</summary>
    public long RetryTimer { get; init; }

    /// <summary>How many attempts at reporting or verifying have failed one after the other.</summary>
    public int Attempt { get; init; }
}
