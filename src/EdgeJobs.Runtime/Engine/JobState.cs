
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>All that the agent knows about what it does. Immutable; ids are 0 when there is nothing to wait for. A structure, as each change is a copy.</summary>
internal readonly struct JobState
{
    /// <summary>What is known before anything has happened.</summary>
    public JobState()
    {
    }

    public required RunMode Mode { get; init; }

    /// <summary>The job of <see cref="RunMode.SingleJob"/>.</summary>
    public string? SingleJobId { get; init; }

    /// <summary>The thing whose jobs are run; told to the journal.</summary>
    public string ThingName { get; init; } = string.Empty;

    /// <summary>How long a running step, or a report, may take after the agent was asked to stop.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The step timer of steps without a time-out, in minutes; 0 for none.</summary>
    public int StepTimer { get; init; }

    /// <summary>The longest time without asking the service how things are, as notifications can get lost; zero to ask after events only.</summary>
    public TimeSpan PollInterval { get; init; }

    /// <summary>Runs until the service is asked again.</summary>
    public long PollTimer { get; init; }

    public bool IsConnected { get; init; }

    /// <summary>The pending executions have been listed once.</summary>
    public bool HasListed { get; init; }

    /// <summary>The service has accepted a request: the policy is right as far as can be known.</summary>
    public bool HasBeenAccepted { get; init; }

    /// <summary>A job did not succeed.</summary>
    public bool AnyFailed { get; init; }

    /// <summary>The id that was given out last. Ids of answers, steps and timers are never used again.</summary>
    public long LastId { get; init; }

    /// <summary>The question for work that is under way.</summary>
    public long AskId { get; init; }

    /// <summary>The queue changed while the question was under way: its answer may be out of date.</summary>
    public bool AskAgain { get; init; }

    /// <summary>Runs until the next attempt to ask for work.</summary>
    public long RetryTimer { get; init; }

    /// <summary>How many questions for work failed one after the other.</summary>
    public int Attempt { get; init; }

    /// <summary>The execution that the agent has taken on.</summary>
    public ActiveJob? Job { get; init; }

    public bool IsStopping { get; init; }

    public long StopTimer { get; init; }

    /// <summary>The agent ends: events are passed over.</summary>
    public bool HasExited { get; init; }
}
