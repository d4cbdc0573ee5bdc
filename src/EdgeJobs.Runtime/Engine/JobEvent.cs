
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Engine;

/// <summary>What the state machine is told. Answers, results and timers bear the id of the command that asked for them.</summary>
internal abstract record JobEvent
{
    private JobEvent()
    {
    }

    /// <summary>The connection stands and every subscription is granted.</summary>
    public sealed record Connected : JobEvent;

    /// <summary>The connection is lost.</summary>
    public sealed record Disconnected : JobEvent;

    /// <summary>The pending executions were listed, or not.</summary>
    public sealed record PendingListed(long RequestId, Answer Answer) : JobEvent;

    /// <summary>The next execution was started, or one was described; without offer when there is none.</summary>
    public sealed record ExecutionAnswered(long RequestId, Answer Answer, ExecutionOffer? Offer) : JobEvent;

    /// <summary>An update was answered.</summary>
    public sealed record UpdateAnswered(long RequestId, Answer Answer, ExecutionSnapshot? ExecutionSnapshot) : JobEvent;

    /// <summary>The head of the queue has changed; null when nothing is pending. A head that can't be read has the default key.</summary>
    public sealed record HeadChanged(ExecutionOffer? Head) : JobEvent;

    /// <summary>The step that runs has said how far it has come.</summary>
    public sealed record StepProgressed(long RunId, StepProgress Progress) : JobEvent;

    /// <summary>A step has ended.</summary>
    public sealed record StepCompleted(long RunId, StepResult Result) : JobEvent;

    /// <summary>An entry was written to the journal, or why it was not.</summary>
    public sealed record Journaled(long WriteId, string? Fault) : JobEvent;

    /// <summary>A timer has elapsed.</summary>
    public sealed record TimerElapsed(long TimerId) : JobEvent;

    /// <summary>The agent is asked to stop; the second time more urgently.</summary>
    public sealed record StopRequested : JobEvent;
}
