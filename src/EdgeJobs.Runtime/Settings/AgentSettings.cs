using EdgeJobs.Client;
using EdgeJobs.Runtime.Jobs;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Settings;

/// <summary>Everything that can be set about a running agent, checked.</summary>
internal sealed record AgentSettings
{
    /// <summary>Where handlers of job documents with <c>"path": "default"</c> are, when nothing else is set.</summary>
    public const string DefaultHandlerDirectory = "/etc/edgejobs/handlers";

    /// <summary>The agent's own directory, when nothing else is set.</summary>
    public const string DefaultDataDirectory = "/var/lib/edgejobs";

    /// <summary>The thing whose jobs are run; empty when <see cref="Provisioning"/> is to tell it.</summary>
    public required string ThingName { get; init; }

    /// <summary>Where and how to connect.</summary>
    public required MqttConnectionOptions Connection { get; init; }

    /// <summary>Whether a first connection that fails is tried again like every later one, instead of ending the agent.</summary>
    public bool WaitForServer { get; init; }

    /// <summary>When the agent ends.</summary>
    public RunMode Mode { get; init; }

    /// <summary>The job to run with <see cref="RunMode.SingleJob"/>.</summary>
    public string? JobId { get; init; }

    /// <summary>The agent's own directory, in which steps begin.</summary>
    public string DataDirectory { get; init; } = DefaultDataDirectory;

    /// <summary>The directory of handlers.</summary>
    public string HandlerDirectory { get; init; } = DefaultHandlerDirectory;

    /// <summary>How long a running step may go on when the agent is stopped, and how long any step has between SIGTERM and SIGKILL.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of how many jobs the full output stays on the board; 0 for none.</summary>
    public int KeepJobs { get; init; } = 10;

    /// <summary>The most that is kept of each stream of a step, in bytes.</summary>
    public long MaxOutputBytes { get; init; } = 1024 * 1024;

    /// <summary>What a step may use of the board.</summary>
    public StepLimits Limits { get; init; } = new();

    /// <summary>What the board's owner allows jobs to do; null to allow what every job asks for.</summary>
    public ExecutionPolicy? Policy { get; init; }

    /// <summary>How many minutes of silence in mid-step make the service set an execution TIMED_OUT, 1 to 10,080, for steps without a time-out of their own; 0 for any.</summary>
    public int StepTimer { get; init; }

    /// <summary>The longest time after which the service is asked for jobs again, in case a notification was lost; zero for never.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>How the board gets its certificate and key; null when <see cref="Connection"/> names them.</summary>
    public ProvisioningSettings? Provisioning { get; init; }

    /// <summary>What is logged: this level and above.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
