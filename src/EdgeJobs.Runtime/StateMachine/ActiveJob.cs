using System.Collections.Immutable;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>The execution that the agent has taken on. Ids are 0 when there is nothing to wait for.</summary>
internal sealed record ActiveJob
{
    public required JobKey Key { get; init; }

    /// <summary>The version that the service has, as far as is known; what an update expects.</summary>
    public required long Version { get; init; }

    /// <summary>What is to be done; null when the document was no good.</summary>
    public JobPlan? Plan { get; init; }

    /// <summary>The results of the steps that have ended, in order.</summary>
    public ImmutableArray<StepResult> Results { get; init; } = [];

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

    /// <summary>An execution that was described, not started, has to be set IN_PROGRESS before its first step.</summary>
    public bool AwaitsClaim { get; init; }

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

    /// <summary>Whether the service still knows the execution as IN_PROGRESS has to be asked.</summary>
    public bool VerifyIsDue { get; init; }

    /// <summary>That question, under way.</summary>
    public long VerifyId { get; init; }

    /// <summary>Runs until the next attempt at what failed last.</summary>
    public long RetryTimer { get; init; }

    /// <summary>How many attempts at reporting or verifying have failed one after the other.</summary>
    public int Attempt { get; init; }
}
