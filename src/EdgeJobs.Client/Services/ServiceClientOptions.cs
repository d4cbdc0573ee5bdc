using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Client;

/// <summary>The options of a generated client.</summary>
public sealed class ServiceClientOptions
{
    /// <summary>Where and how to connect: server, certificates, client id, version of MQTT, time-outs.</summary>
    public required MqttConnectionOptions Connection { get; init; }

    /// <summary>
    /// Topic filters to subscribe to at each connect, from the generated filter methods. Otherwise the first request to a topic subscribes
    /// to the topics of its replies, and waits for the grant; a wider filter here, for all of them, saves that. Default: none.
    /// </summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>
    /// The topic levels before those of replies whose topic travels in the request. The client subscribes to all topics with one more
    /// level. Default: null, for the client id and <c>/replies</c>. The spec has no such request: not used.
    /// </summary>
    public string? ReplyTopicPrefix { get; init; }

    /// <summary>
    /// The maximum number of messages that each event feed holds for its consumer, from 1. If there are more, the oldest is dropped and
    /// logged. Default: 256.
    /// </summary>
    public int EventCapacity { get; init; } = 256;

    /// <summary>
    /// Whether the caller acknowledges replies and events itself, with their <c>Receipt</c>, once it has stored their content. While
    /// <see cref="MqttConnection.ReceiveMaximum"/> messages are unacknowledged, the server sends no more, and no replies either. Default:
    /// false. The client then acknowledges each on receipt.
    /// </summary>
    public bool AcknowledgesManually { get; init; }

    /// <summary>Called after each connect and each loss, one call at a time. Must return quickly and not throw; null for none.</summary>
    public Action<ConnectionChange>? ConnectionChanged { get; init; }

    /// <summary>The delays before reconnecting; null for random delays of up to 1 s that grow to 120 s.</summary>
    public ReconnectBackoff? Backoff { get; init; }

    /// <summary>The clock of time-outs and certificates. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The source of client tokens and jitter. Default: <see cref="Random.Shared"/>.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Logs events of the connection, and messages that can't be read. Default: none.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
