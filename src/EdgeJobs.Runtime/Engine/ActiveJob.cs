using System.Collections.Immutable;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The execution that the agent has taken on. Immutable; ids are 0 when there is nothing to wait for. A structure, as each change is a copy: some
/// fifty of them in a job.
/// </summary>
internal readonly struct ActiveJob
{
    /// <summary>One of which nothing is known yet.</summary>
    public ActiveJob()
    {
    }

    public required JobKey Key { get; init; }

    /// <summary>The version that the service had when it last described the execution or accepted an update; what an update expects. It never goes down.</summary>
    public required long Version { get; init; }

    /// <summary>What is to be done; null when the document was no good.</summary>
    public JobPlan? Plan { get; init; }

    /// <summary>When the service queued it, in seconds since 1970; 0 when unknown.</summary>
    public long QueuedAt { get; init; }

    /// <summary>When it became IN_PROGRESS, in seconds since 1970; 0 when unknown.</summary>
    public long StartedAt { get; init; }

    /// <summary>The results of the steps that are over, in order; null for those that were passed over.</summary>
    public ImmutableArray<StepResult?> Results { get; init; } = [];

    /// <summary>The step under way, from 0.</summary>
    public int Index { get; init; }

    /// <summary>How many attempts at it have begun.</summary>
    public int StepAttempt { get; init; }

    /// <summary>How many of them have failed.</summary>
    public int Failures { get; init; }

    /// <summary>Runs until the next attempt at it.</summary>
    public long DelayTimer { get; init; }

    /// <summary>What the outcome has to say beside, such as an interruption; empty for nothing.</summary>
    public string Note { get; init; } = string.Empty;

    /// <summary>The journal knows it.</summary>
    public bool IsJournaled { get; init; }

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

    /// <summary>The end of the agent, or of the board, has interrupted an attempt at the step under way.</summary>
    public bool WasInterrupted { get; init; }

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

    /// <summary>How it ended; from then on this is all there is to report.</summary>
    public Outcome? Outcome { get; init; }

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
