using System.Runtime.CompilerServices;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Client.Dialing;
using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client;

/// <summary>
/// A session with one server, in MQTT 5 or 3.1.1, over one network connection at a time. Failures are values whose message states the fix.
/// </summary>
public sealed partial class MqttConnection : IAsyncDisposable
{
    /// <summary>The maximum number of topic filters in a SUBSCRIBE on AWS IoT.</summary>
    public const int MaxFiltersPerSubscribe = 8;

    /// <summary>The maximum size of a payload on AWS IoT, in bytes.</summary>
    public const int MaxPayloadBytes = 128 * 1024;

    /// <summary>
    /// The maximum size of a received packet in bytes: the maximum payload, and 8 KB for topic and properties. CONNECT states it (MQTT 5).
    /// A larger packet ends the connection before memory is allocated for it.
    /// </summary>
    public const int MaxPacketBytes = MaxPayloadBytes + (8 * 1024);

    /// <summary>The maximum number of unacknowledged QoS 1 messages on AWS IoT, in each direction.</summary>
    public const int MaxUnacknowledged = OutboundLimits.MaxUnacknowledged;

    /// <summary>
    /// The maximum number of unacknowledged QoS 1 messages from the server in MQTT 5. MQTT 3.1.1 can't state it; there the limit is
    /// <see cref="MaxUnacknowledged"/>. Messages are handed over one at a time and not queued, so memory holds one packet and what the
    /// handler keeps.
    /// </summary>
    public const int ReceiveMaximum = 16;

    private readonly MqttConnectionOptions _options;
    private readonly IMqttHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CredentialWarnings _warnings;
    private readonly PortMemory _ports;
    private readonly CertificateWatch _watch;
    private readonly Lock _gate = new();
    private Link? _link;
    private string? _loss;
    private bool _isDisposed;

    /// <summary>Creates the connection. It does not connect yet.</summary>
    /// <param name="options">Where and how to connect.</param>
    /// <param name="handler">Handles received messages.</param>
    /// <param name="time">The clock of time-outs, pings and certificates.</param>
    /// <param name="logger">Logs warnings.</param>
    public MqttConnection(MqttConnectionOptions options, IMqttHandler handler, TimeProvider time, ILogger logger)
    {
        _options = options;
        _handler = handler;
        _time = time;
        _logger = logger;
        _warnings = new CredentialWarnings(logger);
        _ports = new PortMemory(options.PortKeeper);
        _watch = new CertificateWatch(options, () => _link?.Drop("the client reconnects with the renewed certificate"), time, logger);
    }

    /// <summary>True while connected.</summary>
    public bool IsConnected => _link is { IsOpen: true };

    /// <summary>The server's port of the connection; if not connected, the configured port, or 0.</summary>
    public int Port => (_link?.Options ?? _options).Port ?? 0;

    /// <summary>
    /// Connects. Reads the credential files each time, so that renewed ones are used. Closes an existing connection first.
    /// </summary>
    /// <param name="cleanStart">Whether the server discards an earlier session.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The connection is disposed of.</exception>
    public async Task<ConnectResult> ConnectAsync(bool cleanStart, CancellationToken cancellationToken)
    {
        ClientCredentials? credentials = null;
        Link link = new(_options, _time);
        try
        {
            TlsSettings? tls = _options.UseTls ? LoadTls(out credentials) : null;
            Replace(link)?.Dispose();
            return await ConnectAsync(link, tls, credentials?.Facts, cleanStart, cancellationToken).ConfigureAwait(false);
        }
        catch (CredentialException e)
        {
            return new ConnectResult(new ConnectFailure(ConnectFailureKind.Credentials, ConnectStage.Credentials, e.Message), false);
        }
        finally
        {
            // OpenSSL keeps the key as long as the connection needs it.
            credentials?.Dispose();
            if (!link.IsOpen)
            {
                Interlocked.CompareExchange(ref _link, null, link);
                link.Dispose();
            }
        }
    }

    /// <summary>
    /// Closes the connection, as if it were lost, if the credential files hold another certificate. The next connect uses that. If the
    /// files can't be used, this is logged and the connection stays.
    /// </summary>
    public void DropIfRenewed() => _watch.CheckForRenewal();

    /// <summary>Subscribes at QoS 1 and checks every reason code of the SUBACK.</summary>
    /// <param name="filters">1 to 8 topic filters.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>Null if every filter is granted; otherwise the failure.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no filters, or more than 8.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task<ConnectFailure?> SubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(filters.Count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filters.Count, MaxFiltersPerSubscribe);
        if (_link is not { IsOpen: true } link)
        {
            // It may have been lost since the caller connected.
            return (_link?.Reason ?? _loss) is { } loss
                ? new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Subscribe, loss)
                : new ConnectFailure(ConnectFailureKind.Unreachable, ConnectStage.Subscribe, NoConnection());
        }

        MqttSubscribePacket packet = new();
        foreach (string filter in filters)
        {
            packet.TopicFilters.Add(new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce });
        }

        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            MqttSubAckPacket answer =
                (MqttSubAckPacket)(await link.Outbound.SendAsync(packet).WaitAsync(either.Token).ConfigureAwait(false))!;
            if (answer.ReasonCodes.Count != filters.Count)
            {
                throw InvalidPacketException.Unexpected($"SUBACK with {answer.ReasonCodes.Count} reason codes for {filters.Count} filters");
            }

            for (int i = 0; i < filters.Count; i++)
            {
                MqttSubscribeReasonCode code = answer.ReasonCodes[i];
                if (code > MqttSubscribeReasonCode.GrantedQoS2)
                {
                    return ReasonCodes.OfSubscribe(filters[i], code, answer.ReasonString);
                }

                _options.Observer?.Passed(ConnectStage.Subscribe, $"{filters[i]} is granted at QoS {(int)code}");
            }

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TimeSpan? waited = timeout.IsCancellationRequested ? _options.ConnectTimeout : null;
            return ReasonCodes.OfBrokenSubscribe(e, link.ServerDisconnect, filters, waited, link.Options);
        }
    }

    /// <summary>Unsubscribes. Never throws: without a connection there is no subscription either.</summary>
    internal async Task UnsubscribeAsync(string filter)
    {
        if (_link is not { IsOpen: true } link)
        {
            return;
        }

        using CancellationTokenSource timeout = new(_options.ConnectTimeout, _time);
        try
        {
            MqttUnsubscribePacket packet = new() { TopicFilters = [filter] };
            await link.Outbound.SendAsync(packet).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Messages that still arrive are ignored.
        }
    }

    /// <summary>Publishes without retain and waits for the acknowledgement.</summary>
    /// <inheritdoc cref="PublishAsync(string, ReadOnlyMemory{byte}, PublishOptions, CancellationToken)"/>
    public ValueTask<PublishResult> PublishAsync(
        string topic,
        ReadOnlyMemory<byte> payload,
        QualityOfService qualityOfService,
        CancellationToken cancellationToken) => PublishAsync(topic, payload, new PublishOptions(qualityOfService), cancellationToken);

    /// <summary>Publishes with the options of an operation's MQTT binding, and waits for the acknowledgement.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">At most <see cref="MaxPayloadBytes"/>. Must not change during the call, nor after a cancellation.</param>
    /// <param name="options">QoS 0 counts as acknowledged once sent; MQTT 3.1.1 has no expiry.</param>
    /// <param name="cancellationToken">Stops waiting; the message may have been sent.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PublishResult> PublishAsync(
        string topic,
        ReadOnlyMemory<byte> payload,
        PublishOptions options,
        CancellationToken cancellationToken)
    {
        if (_link is not { IsOpen: true } link)
        {
            return new PublishResult(PublishStatus.NotConnected, NoConnection());
        }

        if (link.Limits.Acquire(topic, payload.Length, options) is { } refusal)
        {
            return refusal;
        }

        // Its slot is free once the acknowledgement has arrived, also after a cancellation.
        ValueTask<MqttPacketWithIdentifier?> published = SendAsync(link, topic, payload, options);
        try
        {
            MqttPacketWithIdentifier? answer = cancellationToken.CanBeCanceled
                ? await published.AsTask().WaitAsync(cancellationToken).ConfigureAwait(false)
                : await published.ConfigureAwait(false);

            // Codes below 0x80 are not refusals, even unknown ones.
            return answer is MqttPubAckPacket { ReasonCode: >= MqttPubAckReasonCode.UnspecifiedError } refused
                ? ReasonCodes.OfPublish(topic, refused.ReasonCode, refused.ReasonString)
                : PublishResult.Acknowledged;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool mayBeRefusal = link.IsClosedByServer && _options.Version == MqttVersion.V311;
            return ReasonCodes.OfBrokenPublish(topic, link.ServerDisconnect, link.Reason, mayBeRefusal);
        }
    }

    /// <summary>Pings the server now instead of at the end of the period. Without a response the connection is lost.</summary>
    public void Probe() => _link?.KeepAlive?.Probe(_options.RequestTimeout);

    /// <summary>Sends DISCONNECT and closes, within the connect time-out. The handler is not notified.</summary>
    /// <param name="cancellationToken">Closes without waiting until DISCONNECT is sent.</param>
    public async Task DisconnectAsync(CancellationToken cancellationToken)
    {
        if (Replace(null) is not { } link)
        {
            return;
        }

        await SendDisconnectAsync(link, MqttDisconnectReasonCode.NormalDisconnection, _options.ConnectTimeout, cancellationToken)
            .ConfigureAwait(false);
        link.Dispose();
    }

    /// <summary>Closes without DISCONNECT: the server keeps the session as after a loss.</summary>
    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        Replace(null)?.Dispose();
        _watch.Dispose();
        return ValueTask.CompletedTask;
    }

    private string NoConnection() => $"there is no connection to {_options.Server}";

    /// <summary>Makes another network connection, or none, the current one.</summary>
    /// <returns>The one before.</returns>
    private Link? Replace(Link? link)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed && link is not null, this);
            (Link? before, _link, _loss) = (_link, link, null);
            _watch.Stop();
            return before;
        }
    }
}
