using System.Buffers;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using EdgeJobs.LocalCloud.Jobs;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Mqtt;

/// <summary>
/// The Jobs service as a client of an external broker, such as Mosquitto. It differs from AWS: the broker's access rules decide which
/// client may act for which thing, a response reaches every subscriber of its topic, and requests on topics without an operation get no
/// response.
/// </summary>
internal sealed partial class JobsBridge : IDeviceGateway, IAsyncDisposable
{
    // Only the four request topics: with jobs/# the service would receive its own responses.
    private static readonly string[] Requests =
        ["$aws/things/+/jobs/get", "$aws/things/+/jobs/start-next", "$aws/things/+/jobs/+/get", "$aws/things/+/jobs/+/update"];

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MinRetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromSeconds(30);

    private readonly JobsService _service;
    private readonly JobsBridgeOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly IMqttClient _client;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _lost = new(0);
    private readonly Channel<DeviceMessage> _outbox = Channel.CreateBounded<DeviceMessage>(
        new BoundedChannelOptions(BrokerLimits.QueuedMessages) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    private Task _running = Task.CompletedTask;

    private JobsBridge(JobsService service, JobsBridgeOptions options, TimeProvider clock, ILogger logger)
    {
        _service = service;
        _options = options;
        _clock = clock;
        _logger = logger;
        _client = new MqttClientFactory(new MqttNetLogger(logger)).CreateMqttClient();
        _client.ApplicationMessageReceivedAsync += OnRequestAsync;
        _client.DisconnectedAsync += OnDisconnectedAsync;
    }

    public string Address => $"{(_options.UseTls ? "mqtts" : "mqtt")}://{_options.Host}:{_options.Port}";

    /// <summary>Connects and subscribes. After that, the bridge reconnects whenever the connection is lost.</summary>
    public static async Task<JobsBridge> StartAsync(
        JobsService service, JobsBridgeOptions options, TimeProvider clock, ILogger<JobsBridge> logger, CancellationToken cancellationToken)
    {
        JobsBridge bridge = new(service, options, clock, logger);
        try
        {
            await bridge.ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerException)
        {
            bridge._client.Dispose();
            throw;
        }

        service.Attach(bridge);
        bridge._running =
            Task.WhenAll(Task.Run(bridge.SendAsync, CancellationToken.None), Task.Run(bridge.ReconnectAsync, CancellationToken.None));
        return bridge;
    }

    public void Reply(string clientId, DeviceMessage message) => _outbox.Writer.TryWrite(message);

    public void Publish(DeviceMessage message) => _outbox.Writer.TryWrite(message);

    /// <summary>Detaches from the service and disconnects from the broker.</summary>
    public async ValueTask DisposeAsync()
    {
        _service.Detach(this);
        _outbox.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await DisconnectAsync().ConfigureAwait(false);
        _client.Dispose();
        _lost.Dispose();
        _stopping.Dispose();
    }

    private Task OnRequestAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        // The message is acknowledged when this returns: by then the change is stored.
        _service.HandleRequest(this, _options.ClientId, e.ApplicationMessage.Topic, e.ApplicationMessage.Payload.ToArray());
        return Task.CompletedTask;
    }

    private Task OnDisconnectedAsync(MqttClientDisconnectedEventArgs e)
    {
        if (e.ClientWasConnected && !_stopping.IsCancellationRequested)
        {
            LogConnectionLost(Address, e.ReasonString ?? e.Exception?.Message ?? e.Reason.ToString());
            _lost.Release();
        }

        return Task.CompletedTask;
    }

    private async Task SendAsync()
    {
        try
        {
            await foreach (DeviceMessage message in _outbox.Reader.ReadAllAsync(_stopping.Token).ConfigureAwait(false))
            {
                MqttApplicationMessage publish = new()
                {
                    Topic = message.Topic,
                    Payload = new ReadOnlySequence<byte>(message.Payload),
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                };
                while (!await TrySendAsync(publish).ConfigureAwait(false))
                {
                    await Task.Delay(MinRetryDelay, _clock, _stopping.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task<bool> TrySendAsync(MqttApplicationMessage message)
    {
        try
        {
            MqttClientPublishResult result = await _client.PublishAsync(message, _stopping.Token).ConfigureAwait(false);
            if (!result.IsSuccess)
            {
                // Rejected by the broker's access rules: a retry would not help.
                LogPublishRejected(message.Topic, Address, result.ReasonCode);
            }

            return true;
        }
        catch (Exception e) when (e is MqttClientNotConnectedException or MqttCommunicationException
            || (e is OperationCanceledException && !_stopping.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task ReconnectAsync()
    {
        try
        {
            while (true)
            {
                await _lost.WaitAsync(_stopping.Token).ConfigureAwait(false);
                TimeSpan pause = MinRetryDelay;
                while (!_client.IsConnected)
                {
                    await Task.Delay(pause, _clock, _stopping.Token).ConfigureAwait(false);
                    try
                    {
                        await ConnectAsync(_stopping.Token).ConfigureAwait(false);
                        LogReconnected(Address);
                    }
                    catch (BrokerException e)
                    {
                        LogReconnectFailed(e.Message);
                        pause = pause * 2 < MaxRetryDelay ? pause * 2 : MaxRetryDelay;
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    // Either connected and subscribed, or not connected.
    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        bool done = false;
        try
        {
            MqttClientConnectResult connected = await _client.ConnectAsync(BuildOptions(), cancellationToken).ConfigureAwait(false);
            if (connected.ResultCode != MqttClientConnectResultCode.Success)
            {
                throw new BrokerException($"{Address} rejected the connection: {connected.ResultCode}; check its log and its access rules");
            }

            MqttClientSubscribeOptions subscribe = new();
            foreach (string filter in Requests)
            {
                subscribe.TopicFilters.Add(
                    new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce });
            }

            MqttClientSubscribeResult granted = await _client.SubscribeAsync(subscribe, cancellationToken).ConfigureAwait(false);
            foreach (MqttClientSubscribeResultItem item in granted.Items)
            {
                if (item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2)
                {
                    throw new BrokerException(
                        $"{Address} rejected the subscription {item.TopicFilter.Topic}: {item.ResultCode}; allow it in the broker's "
                        + "access rules");
                }
            }

            done = true;
        }
        catch (Exception e) when (
            e is MqttCommunicationException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new BrokerException($"can't reach {Address}: {e.GetBaseException().Message}", e);
        }
        finally
        {
            if (!done)
            {
                await DisconnectAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task DisconnectAsync()
    {
        if (_client.IsConnected)
        {
            try
            {
                await _client.DisconnectAsync(new MqttClientDisconnectOptions(), CancellationToken.None).ConfigureAwait(false);
            }
            catch (MqttCommunicationException)
            {
                // The broker disconnected first.
            }
        }
    }

    private MqttClientOptions BuildOptions()
    {
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder()
            .WithTcpServer(_options.Host, _options.Port)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(30))
            .WithTimeout(ConnectTimeout)
            .WithClientId(_options.ClientId)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithCleanStart();
        if (_options.UseTls)
        {
            options.WithTlsOptions(tls =>
            {
                tls.UseTls().WithTargetHost(_options.Host).WithRevocationMode(X509RevocationMode.NoCheck);
                if (_options.Authorities.Count > 0)
                {
                    tls.WithTrustChain(_options.Authorities);
                }

                if (_options.ClientCertificate is { } certificate)
                {
                    tls.WithClientCertificates([certificate]);
                }
            });
        }

        return options.Build();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lost the connection to {Address} ({Reason}); reconnecting")]
    private partial void LogConnectionLost(string address, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}; retrying")]
    private partial void LogReconnectFailed(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Reconnected to {Address}")]
    private partial void LogReconnected(string address);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "{Address} rejected a message to {Topic}: {Reason}; allow it in the broker's access rules")]
    private partial void LogPublishRejected(string topic, string address, MqttClientPublishReasonCode reason);
}
