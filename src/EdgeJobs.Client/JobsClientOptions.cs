using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Client;

/// <summary>The options of a <see cref="JobsClient"/>.</summary>
public sealed record JobsClientOptions
{
    /// <summary>The thing, 1 to 128 characters of <c>[a-zA-Z0-9:_-]</c>.</summary>
    public required string ThingName { get; init; }

    /// <summary>Where and how to connect.</summary>
    public required MqttConnectionOptions Connection { get; init; }

    /// <summary>The delays before reconnecting; null for random delays of up to 1 s that grow to 120 s.</summary>
    public ReconnectBackoff? Backoff { get; init; }

    /// <summary>The clock of time-outs and certificates. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The source of client tokens and jitter. Default: <see cref="Random.Shared"/>.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Logs events of the connection. Default: none.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// Whether the caller acknowledges replies and notifications itself, with their <c>Receipt</c>, once it has stored their content.
    /// Default: false. The client then acknowledges each on receipt.
    /// </summary>
    public bool AcknowledgesManually { get; init; }
}
