using System.Text;
using System.Threading.Channels;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.Client.Tests;

/// <summary>The service's side of a request: a second client on the same broker that receives requests and sends given replies.</summary>
internal sealed class TestService : IMqttHandler, IAsyncDisposable
{
    private readonly Channel<(string Topic, string Payload)> _received = Channel.CreateUnbounded<(string, string)>();
    private readonly MqttConnection _connection;

    private TestService(MosquittoBroker broker) =>
        _connection = new MqttConnection(
            new MqttConnectionOptions
            {
                Host =
                "127.0.0.1",
                Port = broker.PlainPort,
                UseTls = false,
                ClientId = "service-" + Guid.NewGuid().ToString("N")[..8]
            },
            this,
            TimeProvider.System,
            NullLogger.Instance);

    public static async Task<TestService> StartAsync(MosquittoBroker broker, params string[] filters)
    {
        TestService service = new(broker);
        Assert.True((await service._connection.ConnectAsync(cleanStart: true, default)).IsConnected);
        Assert.Null(await service._connection.SubscribeAsync(filters, default));
        return service;
    }

    /// <summary>The next request.</summary>
    public async Task<(string Topic, string Payload)> ReceiveAsync() =>
        await Wait.ForAsync(_received.Reader.ReadAsync().AsTask(), "a request");

    /// <summary>The token of a request.</summary>
    public static string TokenOf(string payload)
    {
        Assert.True(CorrelationToken.TryRead(Encoding.UTF8.GetBytes(payload), "clientToken"u8, out JsonText token));
        return token.ToString();
    }

    public async Task SendAsync(string topic, string payload) =>
        Assert.Equal(PublishResult.Acknowledged, await _connection.PublishAsync(topic, Encoding.UTF8.GetBytes(payload),
        QualityOfService.AtLeastOnce, default));

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        _received.Writer.TryWrite((topic, Encoding.UTF8.GetString(payload.Span)));
        receipt.Acknowledge();
    }

    void IMqttHandler.OnDisconnected(string reason)
    {
    }
}
