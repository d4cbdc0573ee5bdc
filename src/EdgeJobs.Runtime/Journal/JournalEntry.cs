
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Journal;

/// <summary>One record of the journal: what has happened to the execution that the agent has taken on.</summary>
internal abstract record JournalEntry
{
    private JournalEntry()
    {
    }

    /// <summary>What it says of an execution being taken on; null when it says nothing of that.</summary>
    public Taken? Beginning => this as Taken ?? (this as Both)?.First as Taken;

    /// <summary>The entry that decides what follows.</summary>
    public JournalEntry Last => (this as Both)?.Second ?? this;

    /// <summary>An execution is taken on. Whatever the journal held before is over.</summary>
    /// <param name="Key">Which.</param>
    /// <param name="Version">Its version as the service told it.</param>
    /// <param name="QueuedAt">When the service queued it, in seconds since 1970, to tell it from one of the same name; 0 when unknown.</param>
    /// <param name="ThingName">The thing it is for.</param>
    /// <param name="Document">The job document, UTF-8; empty when it is lost.</param>
    public sealed record Taken(JobKey Key, long Version, long QueuedAt, string ThingName, ReadOnlyMemory<byte> Document) : JournalEntry
    {
        /// <summary>When the service set it IN_PROGRESS, in seconds since 1970; 0 when unknown.</summary>
        public long StartedAt { get; init; }
    }

    /// <summary>An attempt at a step is about to begin.</summary>
    /// <param name="Index">The step, from 0.</param>
    /// <param name="Attempt">How many attempts at it have begun with this one.</param>
    public sealed record Began(int Index, int Attempt) : JournalEntry;

    /// <summary>An attempt at a step has failed, and another one follows.</summary>
    /// <param name="Index">The step, from 0.</param>
    /// <param name="Failures">How many attempts have failed with this one.</param>
    public sealed record AttemptFailed(int Index, int Failures) : JournalEntry;

    /// <summary>A step has ended: it does not run again.</summary>
    /// <param name="Index">The step, from 0; those between the last one that ended and this one were passed over.</param>
    /// <param name="Result">How.</param>
    /// <param name="Note">What the outcome has to say about it beside, such as an interruption; empty for nothing.</param>
    public sealed record Ended(int Index, StepResult Result, string Note) : JournalEntry;

    /// <summary>How the execution ended is decided: from now on it is only reported.</summary>
    /// <param name="Outcome">How.</param>
    public sealed record Decided(Outcome Outcome) : JournalEntry;

    /// <summary>Two entries between which nothing happens: one record, so that the journal holds both or neither.</summary>
    /// <param name="First">The one that comes first.</param>
    /// <param name="Second">The one that follows from it.</param>
    public sealed record Both(JournalEntry First, JournalEntry Second) : JournalEntry;

    /// <summary>
    /// The service knows the outcome, or the execution is no longer this agent's. It is written when room is made for the next one, before that can
    /// be started: the next one may have the same name and the same times.
    /// </summary>
    /// <param name="MustLast">
    /// It must survive a power cut as well: the service has another execution of the same name. Otherwise it need not, as the service knows the outcome.
    /// </param>
    public sealed record Closed(bool MustLast = false) : JournalEntry;

    /// <summary>Nothing has happened; the journal makes sure that there is room for an execution to be taken on.</summary>
    public sealed record Reserve : JournalEntry;
}
