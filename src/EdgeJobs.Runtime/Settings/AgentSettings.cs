using EdgeJobs.Client;
using EdgeJobs.Runtime.Jobs;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Settings;

/// <summary>The settings of a running agent, checked. <see cref="RunSettings"/> has their defaults.</summary>
internal sealed record AgentSettings
{
    public const string DefaultDataDirectory = "/var/lib/edgejobs";

    /// <summary>The thing whose jobs to run; empty until provisioning has determined it.</summary>
    public required string ThingName { get; init; }

    public required MqttConnectionOptions Connection { get; init; }

    /// <summary>Whether to retry when the first connection fails, instead of exiting.</summary>
    public bool WaitForServer { get; init; }

    public RunMode Mode { get; init; }

    /// <summary>The job to run with <see cref="RunMode.SingleJob"/>.</summary>
    public string? JobId { get; init; }

    /// <summary>The agent's own directory, in which steps start.</summary>
    public string DataDirectory { get; init; } = string.Empty;

    public string HandlerDirectory { get; init; } = string.Empty;

    /// <summary>The directory with the public keys of signatures; null for none.</summary>
    public string? TrustedKeys { get; init; }

    /// <summary>The hosts whose web servers get the thing's certificate if they request one.</summary>
    public string[] CertificateHosts { get; init; } = [];

    /// <summary>How many bytes a second a download may take; 0 for no limit.</summary>
    public long DownloadBytesPerSecond { get; init; }

    /// <summary>How long a running step may continue when the agent stops, and how long any step has between SIGTERM and SIGKILL.</summary>
    public TimeSpan StopGrace { get; init; }

    /// <summary>For how many jobs the full output stays on the board; 0 for none.</summary>
    public int KeepJobs { get; init; }

    /// <summary>How much to keep of each stream of a step.</summary>
    public long MaxOutputBytes { get; init; }

    public StepLimits Limits { get; init; } = new();

    /// <summary>What jobs may do on the board; null for everything.</summary>
    public ExecutionPolicy? Policy { get; init; }

    /// <summary>After how many minutes of silence the service times out a step without a time-out of its own; 0 for never.</summary>
    public int StepTimer { get; init; }

    /// <summary>The longest time until the agent asks the service for jobs again; zero for never.</summary>
    public TimeSpan PollInterval { get; init; }

    /// <summary>How the board gets its certificate and key; null if <see cref="Connection"/> names them.</summary>
    public ProvisioningSettings? Provisioning { get; init; }

    public LogLevel LogLevel { get; init; }
}
