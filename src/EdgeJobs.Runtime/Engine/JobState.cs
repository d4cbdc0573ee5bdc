using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>The state of the agent. Immutable; an id is 0 if nothing is awaited. A structure, because each change copies it.</summary>
internal readonly struct JobState
{
    public JobState()
    {
    }

    public required RunMode Mode { get; init; }

    /// <summary>The job of <see cref="RunMode.SingleJob"/>.</summary>
    public string? SingleJobId { get; init; }

    /// <summary>The thing whose jobs run; the journal records it.</summary>
    public string ThingName { get; init; } = string.Empty;

    /// <summary>The version and the commit of the agent, which statusDetails have; empty to leave them out.</summary>
    public string Build { get; init; } = string.Empty;

    /// <summary>How long a running step, or a report, may take after a stop request.</summary>
    public TimeSpan StopGrace { get; init; }

    /// <summary>The step timer for steps without a time-out, in minutes; 0 for none.</summary>
    public int StepTimer { get; init; }

    /// <summary>The longest time between two requests to the service, as notifications can be lost; zero disables polling.</summary>
    public TimeSpan PollInterval { get; init; }

    public long PollTimer { get; init; }

    public bool IsConnected { get; init; }

    /// <summary>The pending executions have been listed once.</summary>
    public bool HasListed { get; init; }

    /// <summary>The service has accepted a request: the policy is probably right.</summary>
    public bool HasBeenAccepted { get; init; }

    /// <summary>A job did not succeed.</summary>
    public bool AnyFailed { get; init; }

    /// <summary>The last id that was issued. Ids of requests, steps and timers are never reused.</summary>
    public long LastId { get; init; }

    /// <summary>The request for work that is in flight.</summary>
    public long ClaimId { get; init; }

    /// <summary>The queue has changed during the request for work: its result may be out of date.</summary>
    public bool QueueHasChanged { get; init; }

    /// <summary>Runs until the next request for work.</summary>
    public long RetryTimer { get; init; }

    /// <summary>How many requests for work have failed in a row.</summary>
    public int Attempt { get; init; }

    /// <summary>The execution that the agent works on.</summary>
    public ActiveJob? Job { get; init; }

    public bool IsStopping { get; init; }

    public long StopTimer { get; init; }

    /// <summary>The agent ends and ignores events.</summary>
    public bool HasExited { get; init; }
}
