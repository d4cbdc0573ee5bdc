using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using EdgeJobs.LocalCloud.Jobs;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// The embedded MQTT broker. What clients publish to reserved topics goes to the Jobs service and never to other clients;
/// the service's answers go to the client that asked and to no other, its notifications to those who subscribed.
/// </summary>
internal sealed partial class CloudBroker : IDeviceGateway, IAsyncDisposable
{
    // No client can have this name: one that starts with a dollar sign is refused.
    private const string ServiceId = "$service";
    private const string ThingItem = "thing";
    private const string VersionItem = "version";

    private readonly JobsService _service;
    private readonly ILogger _logger;
    private readonly MqttServer _server;
    private readonly GrantedFilters _filters = new();
    private readonly Channel<(string? ClientId, DeviceMessage Message)> _outbox =
        Channel.CreateUnbounded<(string? ClientId, DeviceMessage Message)>(new UnboundedChannelOptions { SingleReader = true });

    private Task _delivering = Task.CompletedTask;

    private CloudBroker(JobsService service, SocketAdapter? plain, SocketAdapter? tls, ILogger logger)
    {
        _service = service;
        _logger = logger;
        PlainEndPoint = plain?.EndPoint;
        TlsEndPoint = tls?.EndPoint;
        MqttServerOptions options = new()
        {
            EnablePersistentSessions = true,
            MaxPendingMessagesPerClient = BrokerLimits.WaitingMessages,
            PendingMessagesOverflowStrategy = MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage,
        };
        List<IMqttServerAdapter> adapters = [];
        adapters.AddRange(new[] { plain, tls }.OfType<IMqttServerAdapter>());
        _server = new MqttServer(options, adapters, new MqttLog(logger));
        _server.ValidatingConnectionAsync += ValidateConnectionAsync;
        _server.InterceptingInboundPacketAsync += InterceptInboundAsync;
        _server.InterceptingOutboundPacketAsync += InterceptOutboundAsync;
        _server.InterceptingSubscriptionAsync += InterceptSubscriptionAsync;
        _server.InterceptingPublishAsync += InterceptPublishAsync;
        _server.ClientSubscribedTopicAsync += OnSubscribedAsync;
        _server.ClientUnsubscribedTopicAsync += OnUnsubscribedAsync;
        _server.SessionDeletedAsync += OnSessionDeletedAsync;
    }

    /// <summary>Where the port without TLS is; null without one.</summary>
    public IPEndPoint? PlainEndPoint { get; }

    /// <summary>Where the port with mutual TLS is; null without one.</summary>
    public IPEndPoint? TlsEndPoint { get; }

    /// <summary>Starts a broker that is attached to a Jobs service. When it returns, its ports accept.</summary>
    /// <exception cref="BrokerException">A port is taken, or may not be used.</exception>
    /// <exception cref="ArgumentException">A TLS port without certificates.</exception>
    public static async Task<CloudBroker> StartAsync(JobsService service, CloudBrokerOptions options, ILogger<CloudBroker> logger)
    {
        SocketAdapter? plain = null, tls = null;
        try
        {
            if (options.PlainPort is { } plainPort)
            {
                plain = new SocketAdapter(new IPEndPoint(options.Address, plainPort), null, logger);
            }

            if (options.TlsPort is { } tlsPort)
            {
                if (options is not { ServerCertificate: { } server, ClientAuthority: { } authority })
                {
                    throw new ArgumentException("A TLS port needs the broker's certificate and the clients' authority.", nameof(options));
                }

                tls = new SocketAdapter(new IPEndPoint(options.Address, tlsPort), TlsTerms.Of(server, authority), logger);
            }

            CloudBroker broker = new(service, plain, tls, logger);
            broker._delivering = Task.Run(broker.DeliverAsync);
            await broker._server.StartAsync().ConfigureAwait(false);
            service.Attach(broker);
            return broker;
        }
        catch
        {
            plain?.Dispose();
            tls?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Reply(string clientId, DeviceMessage message) => _outbox.Writer.TryWrite((clientId, message));

    /// <inheritdoc/>
    public void Publish(DeviceMessage message) => _outbox.Writer.TryWrite((null, message));

    /// <summary>Detaches from the service, delivers what waits, says goodbye to the clients and gives the ports back.</summary>
    public async ValueTask DisposeAsync()
    {
        _service.Detach(this);
        _outbox.Writer.TryComplete();
        await _delivering.ConfigureAwait(false);
        if (_server.IsStarted)
        {
            MqttServerClientDisconnectOptions goodbye = new() { ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown };
            await _server.StopAsync(new MqttServerStopOptions { DefaultClientDisconnectOptions = goodbye }).ConfigureAwait(false);
        }

        _server.Dispose();
    }

    private async Task DeliverAsync()
    {
        await foreach ((string? clientId, DeviceMessage message) in _outbox.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            MqttApplicationMessage publish = new()
            {
                Topic = message.Topic,
                Payload = new ReadOnlySequence<byte>(message.Payload),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            };
            try
            {
                if (clientId is null)
                {
                    await _server.InjectApplicationMessage(new InjectedMqttApplicationMessage(publish) { SenderClientId = ServiceId }, CancellationToken.None).ConfigureAwait(false);
                }
                else
                {
                    publish.QualityOfServiceLevel = _filters.QualityFor(clientId, message.Topic);
                    MqttSessionStatus session = await _server.GetSessionAsync(clientId).ConfigureAwait(false);
                    _ = session.TryEnqueueApplicationMessage(publish, out _);
                }
            }
#pragma warning disable CA1031 // One message that can't be delivered (its client has just left) must not stop the others.
            catch (Exception e)
#pragma warning restore CA1031
            {
                NotDelivered(message.Topic, clientId, e.Message);
            }
        }
    }

    private Task ValidateConnectionAsync(ValidatingConnectionEventArgs e)
    {
        string? thing = e.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        e.SessionItems[ThingItem] = thing;
        e.SessionItems[VersionItem] = e.ProtocolVersion;
        if (!BrokerLimits.IsClientId(e.ClientId))
        {
            e.ReasonCode = MqttConnectReasonCode.ClientIdentifierNotValid;
            e.ReasonString = $"a client id has 1 to {BrokerLimits.ClientIdBytes} bytes and does not start with a dollar sign";
        }
        else if (!ThingPolicy.MayConnect(thing, e.ClientId))
        {
            e.ReasonCode = MqttConnectReasonCode.NotAuthorized;
            e.ReasonString = $"the certificate is that of {thing}: connect with that client id";
        }

        if (e.ReasonCode != MqttConnectReasonCode.Success)
        {
            ConnectRefused(e.ClientId, e.RemoteEndPoint, e.ReasonString);
        }

        return Task.CompletedTask;
    }

    private async Task InterceptInboundAsync(InterceptingPacketEventArgs e)
    {
        if (e.Packet is MqttSubscribePacket subscribe && ClientFault.Of(subscribe) is { } fault)
        {
            e.ProcessPacket = false;
            await DisconnectAsync(e.ClientId, fault).ConfigureAwait(false);
        }
    }

    // What a client of AWS IoT Core reads in CONNACK, so that it keeps to it here, too.
    private static Task InterceptOutboundAsync(InterceptingPacketEventArgs e)
    {
        if (e.Packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } acknowledgement)
        {
            acknowledgement.MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce;
            acknowledgement.SubscriptionIdentifiersAvailable = false;
            acknowledgement.TopicAliasMaximum = 8;
        }

        return Task.CompletedTask;
    }

    private Task InterceptSubscriptionAsync(InterceptingSubscriptionEventArgs e)
    {
        string filter = e.TopicFilter.Topic;
        bool allowed = ThingPolicy.MaySubscribe(ThingOf(e.SessionItems), filter);
        if (!allowed || !BrokerLimits.IsTopic(filter))
        {
            e.ProcessSubscription = false;
            // 3.1.1 has one code for all refusals.
            e.Response.ReasonCode = e.SessionItems[VersionItem] is not MqttProtocolVersion.V500 ? MqttSubscribeReasonCode.UnspecifiedError
                : allowed ? MqttSubscribeReasonCode.TopicFilterInvalid
                : MqttSubscribeReasonCode.NotAuthorized;
            SubscriptionRefused(e.ClientId, filter, allowed ? "it is too long or too deep" : "it reaches other things' topics");
        }

        return Task.CompletedTask;
    }

    private async Task InterceptPublishAsync(InterceptingPublishEventArgs e)
    {
        if (e.ClientId == ServiceId)
        {
            return;
        }

        if (ClientFault.Of(ThingOf(e.SessionItems), e.ApplicationMessage) is { } fault)
        {
            e.ProcessPublish = false;
            e.CloseConnection = true;
            await DisconnectAsync(e.ClientId, fault).ConfigureAwait(false);
            return;
        }

        string topic = e.ApplicationMessage.Topic;
        if (!ThingPolicy.IsReserved(topic))
        {
            return;
        }

        e.ProcessPublish = false;
        if (ThingPolicy.IsJobs(topic))
        {
            _service.HandleRequest(this, e.ClientId, topic, e.ApplicationMessage.Payload.ToArray());
        }
        else
        {
            e.Response.ReasonCode = MqttPubAckReasonCode.TopicNameInvalid;
        }
    }

    private Task OnSubscribedAsync(ClientSubscribedTopicEventArgs e)
    {
        _filters.Add(e.ClientId, e.TopicFilter.Topic, e.TopicFilter.QualityOfServiceLevel);
        return Task.CompletedTask;
    }

    private Task OnUnsubscribedAsync(ClientUnsubscribedTopicEventArgs e)
    {
        _filters.Remove(e.ClientId, e.TopicFilter);
        return Task.CompletedTask;
    }

    private Task OnSessionDeletedAsync(SessionDeletedEventArgs e)
    {
        _filters.Forget(e.Id);
        return Task.CompletedTask;
    }

    private async Task DisconnectAsync(string clientId, ClientFault fault)
    {
        Disconnected(clientId, fault.Why);
        try
        {
            MqttServerClientDisconnectOptions goodbye = new() { ReasonCode = fault.Reason, ReasonString = fault.Why };
            await _server.DisconnectClientAsync(clientId, goodbye).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            // It has left by itself.
        }
    }

    private static string? ThingOf(System.Collections.IDictionary sessionItems) => sessionItems[ThingItem] as string;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{ClientId} at {Address} was refused: {Why}")]
    private partial void ConnectRefused(string clientId, EndPoint? address, string? why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{ClientId} was refused the subscription {Filter}: {Why}")]
    private partial void SubscriptionRefused(string clientId, string filter, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{ClientId} was disconnected: {Why}")]
    private partial void Disconnected(string clientId, string why);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Topic} was not delivered to {ClientId}: {Why}")]
    private partial void NotDelivered(string topic, string? clientId, string why);
}
