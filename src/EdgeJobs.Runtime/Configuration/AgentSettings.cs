using EdgeJobs.Client;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Configuration;

/// <summary>Everything that can be set about a running agent, checked.</summary>
public sealed record AgentSettings
{
    /// <summary>Where handlers of job documents with <c>"path": "default"</c> are, when nothing else is set.</summary>
    public const string DefaultHandlerDirectory = "/etc/edgejobs/handlers";

    /// <summary>The agent's own directory, when nothing else is set.</summary>
    public const string DefaultDataDirectory = "/var/lib/edgejobs";

    /// <summary>The thing whose jobs are run.</summary>
    public required string ThingName { get; init; }

    /// <summary>Where and how to connect.</summary>
    public required MqttConnectionOptions Connection { get; init; }

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

    /// <summary>What is logged: this level and above.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
