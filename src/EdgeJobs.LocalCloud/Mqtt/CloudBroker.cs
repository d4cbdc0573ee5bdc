using System.Buffers;
using System.Net;
using System.Threading.Channels;
using EdgeJobs.LocalCloud.Jobs;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// The embedded MQTT broker. Messages to reserved topics go to the Jobs service, never to other clients. The service's responses go to
/// the requesting client only, its notifications to the subscribers.
/// </summary>
internal sealed partial class CloudBroker : IDeviceGateway, IAsyncDisposable
{
    // No client can have this id: ids that start with a dollar sign are rejected.
    private const string ServiceId = "$service";

    private readonly JobsService _service;
    private readonly ProvisioningApi? _provisioning;
    private readonly ILogger _logger;
    private readonly MqttServer _server;
    private readonly PolicyEnforcer _gate;
    private readonly Channel<(string? ClientId, DeviceMessage Message)> _outbox =
        Channel.CreateUnbounded<(string? ClientId, DeviceMessage Message)>(new UnboundedChannelOptions { SingleReader = true });

    private Task _delivering = Task.CompletedTask;

    private CloudBroker(
        JobsService service, ProvisioningApi? provisioning, PolicyEnforcer gate, SocketAdapter? plain, SocketAdapter? tls, ILogger logger)
    {
        _service = service;
        _provisioning = provisioning;
        _logger = logger;
        _gate = gate;
        PlainEndPoint = plain?.EndPoint;
        TlsEndPoint = tls?.EndPoint;
        MqttServerOptions options = new()
        {
            EnablePersistentSessions = true,
            MaxPendingMessagesPerClient = BrokerLimits.QueuedMessages,
            PendingMessagesOverflowStrategy = MqttPendingMessagesOverflowStrategy.DropOldestQueuedMessage,
        };
        List<IMqttServerAdapter> adapters = [];
        adapters.AddRange(new[] { plain, tls }.OfType<IMqttServerAdapter>());
        _server = new MqttServer(options, adapters, new MqttNetLogger(logger));
        _server.ValidatingConnectionAsync += ValidateConnectionAsync;
        _server.InterceptingInboundPacketAsync += InterceptInboundAsync;
        _server.InterceptingOutboundPacketAsync += InterceptOutboundAsync;
        _server.InterceptingSubscriptionAsync += InterceptSubscriptionAsync;
        _server.InterceptingPublishAsync += InterceptPublishAsync;
        _server.InterceptingClientEnqueueAsync += InterceptEnqueueAsync;
        _server.ClientSubscribedTopicAsync += OnSubscribedAsync;
        _server.ClientUnsubscribedTopicAsync += OnUnsubscribedAsync;
    }

    public IPEndPoint? PlainEndPoint { get; }
    public IPEndPoint? TlsEndPoint { get; }

    /// <summary>Starts a broker that is attached to a Jobs service. Its ports accept connections when this method returns.</summary>
    public static async Task<CloudBroker> StartAsync(JobsService service, CloudBrokerOptions options, ILogger<CloudBroker> logger)
    {
        SocketAdapter? plain = null, tls = null;
        PolicyEnforcer gate = new(service, logger);
        try
        {
            if (options.PlainPort is { } plainPort)
            {
                plain = new SocketAdapter(new IPEndPoint(options.Address, plainPort), null, gate, logger);
            }

            if (options.TlsPort is { } tlsPort)
            {
                if (options is not { ServerCertificate: { } server, ClientAuthority: { } authority })
                {
                    throw new ArgumentException("A TLS port needs the broker's certificate and the clients' authority.", nameof(options));
                }

                tls = new SocketAdapter(new IPEndPoint(options.Address, tlsPort), TlsServerOptions.Create(server, authority), gate, logger);
            }

            CloudBroker broker = new(service, options.Provisioning, gate, plain, tls, logger);
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

    /// <summary>Detaches from the service, delivers queued messages, disconnects the clients and closes the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        _service.Detach(this);
        _outbox.Writer.TryComplete();
        await _delivering.ConfigureAwait(false);
        if (_server.IsStarted)
        {
            MqttServerClientDisconnectOptions options = new() { ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown };
            await _server.StopAsync(new MqttServerStopOptions { DefaultClientDisconnectOptions = options }).ConfigureAwait(false);
        }

        _server.Dispose();
    }

    private Task ValidateConnectionAsync(ValidatingConnectionEventArgs e)
    {
        if (!BrokerLimits.IsClientId(e.ClientId))
        {
            e.ReasonCode = MqttConnectReasonCode.ClientIdentifierNotValid;
            e.ReasonString = $"the client id must have 1 to {BrokerLimits.ClientIdBytes} bytes and must not start with a dollar sign";
        }
        else if (!_gate.MayConnect(e))
        {
            // AWS does not name the missing permission either; the log does.
            e.ReasonCode = MqttConnectReasonCode.NotAuthorized;
        }

        if (e.ReasonCode != MqttConnectReasonCode.Success)
        {
            LogConnectionRejected(e.ClientId, e.RemoteEndPoint, e.ReasonString ?? "the policies do not allow it");
            return Task.CompletedTask;
        }

        // A resumed session has the items of its first connection.
        new ClientSession(_gate.Current!.Principal).AddTo(e.SessionItems);

        return Task.CompletedTask;
    }

    private async Task InterceptInboundAsync(InterceptingPacketEventArgs e)
    {
        if (!_gate.IsActive())
        {
            e.ProcessPacket = false;
            await DisconnectAsync(e.ClientId, new DisconnectReason(
                MqttDisconnectReasonCode.NotAuthorized, "its certificate is no longer active")).ConfigureAwait(false);
        }
        else if (e.Packet is MqttSubscribePacket subscribe && CheckSubscribe(subscribe) is { } fault)
        {
            e.ProcessPacket = false;
            await DisconnectAsync(e.ClientId, fault).ConfigureAwait(false);
        }
    }

    // MQTT 5 has a code for each filter; for a 3.1.1 client AWS closes the connection without a SUBACK.
    private DisconnectReason? CheckSubscribe(MqttSubscribePacket subscribe) => DisconnectReason.Check(subscribe)
        ?? (_gate.Current is { IsMqtt5: true } || _gate.MaySubscribe(subscribe.TopicFilters) ? null : DisconnectReason.NotAuthorized);

    private async Task InterceptOutboundAsync(InterceptingPacketEventArgs e)
    {
        if (e.Packet is not MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } acknowledgement)
        {
            return;
        }

        if (_gate.Current is not { } connection || ClientSession.Of(e.SessionItems)?.Principal != connection.Principal)
        {
            await RejectSessionAsync(e, acknowledgement).ConfigureAwait(false);
            return;
        }

        // What a client of AWS IoT Core reads in CONNACK, so that it respects the same limits here.
        acknowledgement.MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce;
        acknowledgement.SubscriptionIdentifiersAvailable = false;
        acknowledgement.TopicAliasMaximum = 8;
        acknowledgement.ReceiveMaximum = BrokerLimits.Unacknowledged;
        acknowledgement.MaximumPacketSize = BrokerLimits.PacketBytes;
        acknowledgement.ServerKeepAlive = connection.KeepAlive;
    }

    // The session's filters and messages were granted to another principal.
    private async Task RejectSessionAsync(InterceptingPacketEventArgs e, MqttConnAckPacket acknowledgement)
    {
        if (_gate.Current is { } connection)
        {
            connection.IsAdmitted = false;
        }

        acknowledgement.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
        acknowledgement.ReturnCode = MqttConnectReturnCode.ConnectionRefusedServerUnavailable;
        acknowledgement.IsSessionPresent = false;
        LogConnectionRejected(
            e.ClientId, e.RemoteEndPoint, "its session belongs to another certificate and is deleted; reconnect to start a new one");
        MqttSessionStatus session = await _server.GetSessionAsync(e.ClientId).ConfigureAwait(false);
        await session.DeleteAsync().ConfigureAwait(false);
    }

    private Task InterceptSubscriptionAsync(InterceptingSubscriptionEventArgs e)
    {
        string filter = e.TopicFilter.Topic;
        bool isMqtt5 = _gate.Current is { IsMqtt5: true };
        if (!BrokerLimits.IsTopic(filter))
        {
            e.ProcessSubscription = false;
            // 3.1.1 has one code for all rejections.
            e.Response.ReasonCode = isMqtt5 ? MqttSubscribeReasonCode.TopicFilterInvalid : MqttSubscribeReasonCode.UnspecifiedError;
            LogSubscriptionRejected(
                e.ClientId, filter, $"it has more than {BrokerLimits.TopicBytes} bytes or {BrokerLimits.TopicSlashes} slashes");
        }
        else if (isMqtt5 ? !_gate.MaySubscribe(filter) : !_gate.IsActive())
        {
            // The filters of a 3.1.1 client were checked with the packet.
            e.ProcessSubscription = false;
            e.Response.ReasonCode = isMqtt5 ? MqttSubscribeReasonCode.NotAuthorized : MqttSubscribeReasonCode.UnspecifiedError;
        }

        return Task.CompletedTask;
    }

    private async Task InterceptPublishAsync(InterceptingPublishEventArgs e)
    {
        if (e.ClientId == ServiceId)
        {
            return;
        }

        MqttApplicationMessage message = e.ApplicationMessage;
        DisconnectReason? reason = DisconnectReason.Check(message)
            ?? (_gate.MayPublish(message.Topic, message.Retain) ? null : DisconnectReason.NotAuthorized);
        if (reason is { } fault)
        {
            e.ProcessPublish = false;
            e.CloseConnection = true;
            await DisconnectAsync(e.ClientId, fault).ConfigureAwait(false);
            return;
        }

        string topic = message.Topic;
        if (!ReservedTopics.Contains(topic))
        {
            return;
        }

        e.ProcessPublish = false;
        if (ReservedTopics.IsJobs(topic))
        {
            _service.HandleRequest(this, e.ClientId, topic, e.ApplicationMessage.Payload.ToArray());
        }
        else if (_provisioning is not null && ProvisioningApi.Handles(topic))
        {
            _provisioning.HandleRequest(this, e.ClientId, topic, e.ApplicationMessage.Payload.ToArray());
        }
        else
        {
            e.Response.ReasonCode = MqttPubAckReasonCode.TopicNameInvalid;
        }
    }

    // A message that its receiver may not receive is dropped silently.
    private Task InterceptEnqueueAsync(InterceptingClientApplicationMessageEnqueueEventArgs e)
    {
        e.AcceptEnqueue = _gate.MayQueue(e.ReceiverClientId, e.ApplicationMessage.Topic);
        return Task.CompletedTask;
    }

    private Task OnSubscribedAsync(ClientSubscribedTopicEventArgs e)
    {
        ClientSession.Of(e.SessionItems)?.Add(e.TopicFilter.Topic, e.TopicFilter.QualityOfServiceLevel);
        return Task.CompletedTask;
    }

    private Task OnUnsubscribedAsync(ClientUnsubscribedTopicEventArgs e)
    {
        ClientSession.Of(e.SessionItems)?.Remove(e.TopicFilter);
        return Task.CompletedTask;
    }

    private async Task DisconnectAsync(string clientId, DisconnectReason reason)
    {
        LogDisconnected(clientId, reason.Message);
        try
        {
            MqttServerClientDisconnectOptions options =
                new() { ReasonCode = reason.Code, ReasonString = reason.IsSent ? reason.Message : null };
            await _server.DisconnectClientAsync(clientId, options).ConfigureAwait(false);
        }
        catch (InvalidOperationException)
        {
            // The client has already disconnected.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rejected the connection of {ClientId} at {Address}: {Reason}")]
    private partial void LogConnectionRejected(string clientId, EndPoint? address, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Rejected the subscription of {ClientId} to {Filter}: {Reason}")]
    private partial void LogSubscriptionRejected(string clientId, string filter, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Disconnected {ClientId}: {Reason}")]
    private partial void LogDisconnected(string clientId, string reason);
}
