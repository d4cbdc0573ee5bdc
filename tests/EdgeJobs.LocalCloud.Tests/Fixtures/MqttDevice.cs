using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>An MQTT client that collects the messages it receives.</summary>
internal sealed class MqttDevice : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly Channel<MqttApplicationMessage> _inbox = Channel.CreateUnbounded<MqttApplicationMessage>();
    private readonly TaskCompletionSource<MqttClientDisconnectedEventArgs> _disconnected =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MqttDevice()
    {
        _client.ApplicationMessageReceivedAsync += e =>
        {
            _inbox.Writer.TryWrite(e.ApplicationMessage);
            return Task.CompletedTask;
        };
        _client.DisconnectedAsync += e =>
        {
            _disconnected.TrySetResult(e);
            return Task.CompletedTask;
        };
    }

    /// <summary>Connects, over TLS if certificates are given.</summary>
    public async Task<MqttClientConnectResult> ConnectAsync(
        IPEndPoint endPoint,
        string clientId,
        MqttProtocolVersion version = MqttProtocolVersion.V500,
        X509Certificate2? authority = null,
        X509Certificate2? client = null,
        Action<MqttClientOptionsBuilder>? more = null)
    {
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder()
            .WithTcpServer(endPoint.Address.ToString(), endPoint.Port)
            .WithClientId(clientId)
            .WithProtocolVersion(version)
            .WithTimeout(Deadline);
        if (authority is not null)
        {
            options.WithTlsOptions(tls =>
            {
                tls.UseTls().WithTargetHost("localhost").WithRevocationMode(X509RevocationMode.NoCheck).WithTrustChain([authority]);
                if (client is not null)
                {
                    tls.WithClientCertificates([client]);
                }
            });
        }

        more?.Invoke(options);
        return await _client.ConnectAsync(options.Build());
    }

    public async Task<MqttClientSubscribeResultCode> SubscribeAsync(
        string filter, MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce) =>
        (await _client.SubscribeAsync(
            new MqttClientSubscribeOptions { TopicFilters = [new MqttTopicFilter { Topic = filter, QualityOfServiceLevel = quality }] }))
            .Items.Single().ResultCode;

    public Task SubscribeAsync(MqttClientSubscribeOptions options) => _client.SubscribeAsync(options);

    public async Task<MqttClientPublishReasonCode> PublishAsync(
        string topic, byte[] payload, MqttQualityOfServiceLevel quality = MqttQualityOfServiceLevel.AtLeastOnce, bool retain = false) =>
        (await _client.PublishAsync(new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(payload),
            QualityOfServiceLevel = quality,
            Retain = retain,
        })).ReasonCode;

    public async Task<MqttApplicationMessage> NextMessageAsync() => await _inbox.Reader.ReadAsync().AsTask().WaitAsync(Deadline);

    public async Task<Received> NextAsync()
    {
        MqttApplicationMessage message = await NextMessageAsync();
        return Received.Of(message.Topic, message.Payload.ToArray());
    }

    /// <summary>The next message, or null if none has arrived.</summary>
    public Received? TryNext() =>
        _inbox.Reader.TryRead(out MqttApplicationMessage? message) ? Received.Of(message.Topic, message.Payload.ToArray()) : null;

    public bool IsIdle => _inbox.Reader.Count == 0;

    public Task<MqttClientDisconnectedEventArgs> DisconnectedAsync() => _disconnected.Task.WaitAsync(Deadline);

    public Task DisconnectAsync() => _client.DisconnectAsync(new MqttClientDisconnectOptions());

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return default;
    }
}
