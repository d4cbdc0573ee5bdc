using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Journal;

/// <summary>A record of the journal: one change of the execution that the agent works on.</summary>
internal abstract record JournalEntry
{
    private JournalEntry()
    {
    }

    /// <summary>The claim in this entry; null if there is none.</summary>
    public Claimed? Claim => this as Claimed ?? (this as Pair)?.First as Claimed;

    /// <summary>The entry that decides what follows.</summary>
    public JournalEntry Last => (this as Pair)?.Second ?? this;

    /// <summary>The agent starts to work on an execution. Earlier entries are obsolete.</summary>
    /// <param name="Key">The execution.</param>
    /// <param name="Version">Its version in the service.</param>
    /// <param name="QueuedAt">In seconds since 1970, to distinguish executions of the same name; 0 if unknown.</param>
    /// <param name="ThingName">The thing of the execution.</param>
    /// <param name="Document">The job document in UTF-8; empty if it is lost.</param>
    public sealed record Claimed(JobKey Key, long Version, long QueuedAt, string ThingName, ReadOnlyMemory<byte> Document) : JournalEntry
    {
        /// <summary>When it became IN_PROGRESS, in seconds since 1970; 0 if unknown.</summary>
        public long StartedAt { get; init; }
    }

    /// <summary>An attempt at a step is about to start.</summary>
    /// <param name="Index">The step, from 0.</param>
    /// <param name="Attempt">The number of attempts at the step, including this one.</param>
    public sealed record AttemptStarted(int Index, int Attempt) : JournalEntry;

    /// <summary>An attempt at a step has failed, and another one follows.</summary>
    /// <param name="Index">The step, from 0.</param>
    /// <param name="Failures">The number of failed attempts, including this one.</param>
    public sealed record AttemptFailed(int Index, int Failures) : JournalEntry;

    /// <summary>A step has ended and does not run again.</summary>
    /// <param name="Index">The step, from 0. The steps between the last ended one and this one were skipped.</param>
    /// <param name="Result">Its result.</param>
    /// <param name="Note">What the outcome says in addition, such as an interruption; may be empty.</param>
    public sealed record StepEnded(int Index, StepResult Result, string Note) : JournalEntry;

    /// <summary>The outcome is decided; the agent only has to report it.</summary>
    public sealed record OutcomeDecided(Outcome Outcome) : JournalEntry;

    /// <summary>Two entries with nothing in between, in one record: the journal has both or neither.</summary>
    public sealed record Pair(JournalEntry First, JournalEntry Second) : JournalEntry;

    /// <summary>
    /// The service has the outcome, or the execution is no longer this agent's. The entry is written when space for the next execution is
    /// reserved, before that one starts: it may have the same name and the same times.
    /// </summary>
    /// <param name="MustLast">
    /// The entry must survive a power cut: the service has another execution of the same name. Otherwise the service knows the outcome.
    /// </param>
    public sealed record Closed(bool MustLast = false) : JournalEntry;

    /// <summary>No change; the journal reserves disk space for the next execution.</summary>
    public sealed record Reserve : JournalEntry;
}
