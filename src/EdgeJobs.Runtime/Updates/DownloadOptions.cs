using EdgeJobs.Client;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Runtime.Updates;

internal sealed record DownloadOptions
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>The proxy, the certificate authorities and the resolver of the agent.</summary>
    public required MqttConnectionOptions Connection { get; init; }

    /// <summary>The data directory, which has the record for resuming.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>What the board's owner allows; null to allow everything except HTTP.</summary>
    public ExecutionPolicy? Policy { get; init; }

    /// <summary>The directory with the public keys of signatures; null for none.</summary>
    public string? TrustedKeys { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public required RetryBackoff Backoff { get; init; }

    /// <summary>How many attempts in a row may fail without a new byte.</summary>
    public int Attempts { get; init; } = 15;

    /// <summary>The time-out of reaching the server.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a response, and each <see cref="SlowBytes"/> of a file, may take.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The least that counts as moving.</summary>
    public int SlowBytes { get; init; } = 4096;

    /// <summary>How much of a file is written between fsyncs, and lost at most by a power cut.</summary>
    public long CheckpointBytes { get; init; } = 4 * Megabyte;

    /// <summary>How much free space a download leaves.</summary>
    public long SpareBytes { get; init; } = 16 * Megabyte;

    /// <summary>The directories of programs, separated by colons.</summary>
    public string SearchPath { get; init; } = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Whether systemd runs, which then runs dpkg as a unit of its own.</summary>
    public bool HasSystemd { get; init; } = Directory.Exists("/run/systemd/system");

    /// <summary>Where apt keeps the packages that it has downloaded.</summary>
    public string AptArchives { get; init; } = "/var/cache/apt/archives";

    /// <summary>How long the checks of a restarted unit lie apart.</summary>
    public TimeSpan UnitInterval { get; init; } = StepAction.HealthCheck.DefaultInterval;

    /// <summary>Called before each change of the disk by an installation.</summary>
    public Action Changing { get; init; } = static () => { };

    /// <summary>The hosts whose servers get the thing's certificate if they request one.</summary>
    public string[] CertificateHosts { get; init; } = [];

    /// <summary>How many bytes a second may arrive; 0 for no limit.</summary>
    public long BytesPerSecond { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
