using System.Globalization;
using System.Threading.Channels;
using EdgeJobs.Client;
using EdgeJobs.LocalCloud.Mqtt;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

/// <summary>The agent's own MQTT session with what AWS IoT Core does and Mosquitto does not.</summary>
public sealed class DeviceSessionTests : IMqttHandler, IConnectObserver
{
    private readonly Channel<(string Topic, int Bytes)> _messages = Channel.CreateUnbounded<(string Topic, int Bytes)>();
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _stages = [];

    [Fact]
    public async Task A_takeover_is_reported_to_the_older_connection()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttConnection older = await ConnectAsync(Options(running));
        await using MqttConnection newer = await ConnectAsync(Options(running));
        Assert.Equal(
            "another client uses the client id 'pump': it has connected, and the server has closed this connection (0x8E); give each "
                + "agent its own --client_id",
            await Wait.ForAsync(_lost.Task, "the loss"));
        Assert.False(older.IsConnected);
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(newer, "t", 1));
    }

    [Theory]
    [InlineData(0, 1200)]
    [InlineData(5, 30)]
    [InlineData(60, 60)]
    [InlineData(4000, 1200)]
    public async Task The_keep_alive_of_the_server_replaces_the_clients(int requested, int expected)
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttConnection connection =
            await ConnectAsync(Options(running) with { KeepAlive = TimeSpan.FromSeconds(requested), Observer = this });
        string negotiated = string.Create(CultureInfo.InvariantCulture, $"a ping every {expected} s, at most 100 ");
        Assert.Contains(_stages, stage => stage.Contains(negotiated, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_packet_over_the_maximum_of_the_server_is_not_sent()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttConnection connection = await ConnectAsync(Options(running));
        PublishOptions large = new(QualityOfService.AtLeastOnce)
        {
            Properties = new MessageProperties { UserProperties = [new("name", new string('v', 19 * 1024))] },
        };
        PublishResult refused = await connection.PublishAsync("t", new byte[BrokerLimits.PayloadBytes], large, default);
        Assert.Equal(
            new PublishResult(
                PublishStatus.TooLarge, "the message to t would make a packet of up to 150569 bytes; the server takes 149504 at most"),
            refused);
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "t", BrokerLimits.PayloadBytes));
        Assert.True(connection.IsConnected);
    }

    /// <summary>The server offers eight aliases. The client uses none, and offers none to the server.</summary>
    [Fact]
    public async Task Offered_topic_aliases_are_not_used()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttConnection connection = await ConnectAsync(Options(running));
        Assert.Null(await connection.SubscribeAsync(["t/+"], default));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "t/1", i + 1));
            Assert.Equal(("t/1", i + 1), await Wait.ForAsync(_messages.Reader.ReadAsync().AsTask(), "the message"));
        }
    }

    [Fact]
    public async Task A_server_that_shuts_down_says_so()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttConnection connection = await ConnectAsync(Options(running));
        await running.Broker.DisposeAsync();
        Assert.Equal("the server closed the connection: 0x8B ServerShuttingDown", await Wait.ForAsync(_lost.Task, "the loss"));
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
    {
        _messages.Writer.TryWrite((topic, payload.Length));
        receipt.Acknowledge();
    }

    void IMqttHandler.OnDisconnected(string reason) => _lost.TrySetResult(reason);

    void IConnectObserver.Passed(ConnectStage stage, string detail) => _stages.Add(detail);

    private static MqttConnectionOptions Options(RunningBroker running) =>
        new() { Host = "127.0.0.1", Port = running.Broker.PlainEndPoint!.Port, ClientId = "pump", UseTls = false };

    private static ValueTask<PublishResult> PublishAsync(MqttConnection connection, string topic, int bytes) =>
        connection.PublishAsync(topic, new byte[bytes], QualityOfService.AtLeastOnce, default);

    private async Task<MqttConnection> ConnectAsync(MqttConnectionOptions options)
    {
        MqttConnection connection = new(options, this, TimeProvider.System, NullLogger.Instance);
        Assert.Null((await connection.ConnectAsync(cleanStart: true, default)).Failure);
        return connection;
    }
}
