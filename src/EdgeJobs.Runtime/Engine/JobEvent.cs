using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Engine;

/// <summary>An input of the state machine. Results and timers carry the id of the command that caused them.</summary>
internal abstract record JobEvent
{
    private JobEvent()
    {
    }

    /// <summary>The connection is up, and the broker has granted every subscription.</summary>
    public sealed record Connected : JobEvent;

    public sealed record Disconnected : JobEvent;

    /// <summary>The request for the list of pending executions has ended.</summary>
    public sealed record PendingListed(long RequestId, RequestResult Result) : JobEvent;

    /// <summary>
    /// The request to start the next execution, or to describe one, has ended. The offer is null if there is no execution.
    /// </summary>
    public sealed record ExecutionFetched(long RequestId, RequestResult Result, ExecutionOffer? Offer) : JobEvent;

    /// <summary>An update has ended.</summary>
    public sealed record UpdateCompleted(long RequestId, RequestResult Result, ExecutionSnapshot? Snapshot) : JobEvent;

    /// <summary>The head of the queue has changed; null if nothing is pending. A head that can't be read has the default key.</summary>
    public sealed record HeadChanged(ExecutionOffer? Head) : JobEvent;

    /// <summary>The running step has reported progress.</summary>
    public sealed record StepProgressed(long RunId, StepProgress Progress) : JobEvent;

    public sealed record StepCompleted(long RunId, StepResult Result) : JobEvent;

    /// <summary>A journal entry was written; the fault is null, or why it was not.</summary>
    public sealed record Journaled(long WriteId, string? Fault) : JobEvent;

    public sealed record TimerElapsed(long TimerId) : JobEvent;

    /// <summary>The agent must stop; a second request is more urgent.</summary>
    public sealed record StopRequested : JobEvent;
}
