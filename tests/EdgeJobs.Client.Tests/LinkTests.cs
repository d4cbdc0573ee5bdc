using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>An established connection: publishing, keep-alive, and how it ends.</summary>
public sealed class LinkTests : BrokerTests
{
    [Fact]
    public async Task A_publish_that_the_server_refuses()
    {
        await using MosquittoBroker broker =
            await MosquittoBroker.StartAsync(acl: "user thing\ntopic readwrite allowed\n", certificates: Broker.Certificates);
        await using MqttConnection connection = await ConnectedAsync(Options() with { Port = broker.TlsPort });
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "allowed", 1));
        Assert.Equal(
            new PublishResult(PublishStatus.Refused, "the server refuses a message to forbidden: 0x87 NotAuthorized; on AWS IoT: allow "
                + "iot:Publish for topic/forbidden in the thing's policy"),
            await PublishAsync(connection, "forbidden", 1));
    }

    [Fact]
    public async Task A_publish_after_which_the_server_closes_with_a_reason()
    {
        await using ScriptedServer server = new(_ => [0x20, 3, 0, 0, 0], _ => [0xE0, 2, 0x87, 0]);
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port));
        Assert.Equal(
            new PublishResult(PublishStatus.Refused, "the server refuses a message to forbidden: 0x87 NotAuthorized; on AWS IoT: allow "
                + "iot:Publish for topic/forbidden in the thing's policy"),
            await PublishAsync(connection, "forbidden", 1));
    }

    /// <summary>
    /// In MQTT 3.1.1 a server refuses a message by closing the connection. Silence or a network failure is not a refusal.
    /// </summary>
    [Theory]
    [InlineData(MqttVersion.V311, true, true)]
    [InlineData(MqttVersion.V5, true, false)]
    [InlineData(MqttVersion.V311, false, false)]
    public async Task A_lost_publish_names_the_policy_only_if_the_server_closed_the_connection(
        MqttVersion version, bool closes, bool namesPolicy)
    {
        byte[] accepted = version == MqttVersion.V5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0];
        await using ScriptedServer server = new(_ => accepted, _ => closes ? null : []);
        await using MqttConnection connection = await ConnectedAsync(
            Plain(server.Port) with { Version = version, KeepAlive = TimeSpan.FromSeconds(1), RequestTimeout = TimeSpan.FromSeconds(1) });
        PublishResult result = await PublishAsync(connection, "topic", 1);
        Assert.Equal(PublishStatus.NotConnected, result.Status);
        Assert.StartsWith("the connection was lost while publishing to topic: ", result.Reason, StringComparison.Ordinal);
        Assert.True(namesPolicy == result.Reason.Contains("allow iot:Publish for topic/topic", StringComparison.Ordinal), result.Reason);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(20 * 1024)]
    [InlineData(MqttConnection.MaxPayloadBytes)]
    public async Task Payloads_up_to_the_limit_arrive_complete(int bytes)
    {
        await using TestService service = await TestService.StartAsync(Broker, "payloads");
        await using MqttConnection connection = await ConnectedAsync(Options());
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "payloads", bytes));
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "payloads", 3));
        Assert.Equal(Text(bytes), (await service.ReceiveAsync()).Payload);
        Assert.Equal(Text(3), (await service.ReceiveAsync()).Payload);
    }

    [Fact]
    public async Task A_payload_stays_valid_after_the_next_packet()
    {
        static byte[] Message(char fill) => [0x30, 2 + 1 + 1 + 100, 0, 1, (byte)'t', 0, .. Enumerable.Repeat((byte)fill, 100)];
        await using ScriptedServer server = new(_ => [0x20, 3, 0, 0, 0, .. Message('a'), .. Message('b')], Acknowledge);
        KeepingHandler handler = new();
        await using MqttConnection connection = new(Plain(server.Port), handler, TimeProvider.System, Logger);
        Assert.Null((await connection.ConnectAsync(cleanStart: true, default)).Failure);
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "u", 100));
        Assert.Equal(
            [new string('a', 100), new string('b', 100)], handler.Payloads.Select(p => System.Text.Encoding.ASCII.GetString(p.Span)));
    }

    [Fact]
    public async Task A_payload_over_the_limit_is_not_sent()
    {
        await using MqttConnection connection = await ConnectedAsync(Options());
        Assert.Equal(
            new PublishResult(PublishStatus.TooLarge, "the message to payloads has 131073 bytes; AWS IoT takes 131072 at most"),
            await PublishAsync(connection, "payloads", MqttConnection.MaxPayloadBytes + 1));
    }

    [Fact]
    public async Task A_packet_is_sent_in_one_segment()
    {
        int packets = 0;
        TaskCompletionSource<int> first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = new(_ => [0x20, 3, 0, 0, 0], publish =>
        {
            packets++;
            first.TrySetResult(publish.Length);
            return Acknowledge(publish);
        });
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port));
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "t", 100));
        Assert.Equal((1, 108), (packets, await first.Task));
    }

    [Theory]
    [InlineData(MqttVersion.V5, true, 90.0, new byte[] { 0x33, 12, 0, 1, (byte)'t', 0x80, 0, 5, 0x02, 0, 0, 0, 90, (byte)'x' })]
    [InlineData(MqttVersion.V5, false, null, new byte[] { 0x32, 7, 0, 1, (byte)'t', 0x80, 0, 0, (byte)'x' })]
    [InlineData(MqttVersion.V311, true, 90.0, new byte[] { 0x33, 6, 0, 1, (byte)'t', 0x80, 0, (byte)'x' })]
    public async Task A_message_is_published_with_its_binding(MqttVersion version, bool retain, double? seconds, byte[] packet)
    {
        TaskCompletionSource<byte[]> published = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = new(
            _ => version == MqttVersion.V5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0],
            publish =>
            {
                published.SetResult(publish);
                return Acknowledge(publish);
            });
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port) with { Version = version });
        PublishOptions options = new(QualityOfService.AtLeastOnce, retain, seconds is { } s ? TimeSpan.FromSeconds(s) : null);
        Assert.Equal(PublishResult.Acknowledged, await connection.PublishAsync("t", "x"u8.ToArray(), options, default));
        Assert.Equal(packet, await published.Task);
    }

    [Fact]
    public async Task A_request_is_published_with_its_binding()
    {
        RequestOperation<DescribeJobExecutionRequest, DescribeJobExecutionResponse, RejectedResponse> operation =
            new("ask", QualityOfService.AtMostOnce, 1, 2, 3, [])
            {
                Retain = true,
                MessageExpiry = TimeSpan.FromSeconds(5),
            };
        PublishOptions? seen = null;
        RequestClient client = new(
            JobsSpec.Instance,
            (_, _, options, _) =>
            {
                seen = options;
                return ValueTask.FromResult(new PublishResult(PublishStatus.NotConnected, "a test"));
            },
            TimeSpan.FromSeconds(10),
            TimeProvider.System,
            new Random(1),
            Logger);
        Assert.Equal(
            ReplyStatus.NotConnected, (await client.RequestAsync(operation, "t", new DescribeJobExecutionRequest(), default)).Status);
        Assert.Equal(new PublishOptions(QualityOfService.AtMostOnce, true, TimeSpan.FromSeconds(5)), seen);
    }

    /// <summary>The PUBACK for a PUBLISH with a topic of one letter.</summary>
    private static byte[] Acknowledge(byte[] publish)
    {
        const int PacketId = 5;
        return [0x40, 2, publish[PacketId], publish[PacketId + 1]];
    }

    [Fact]
    public async Task An_acknowledgement_after_a_cancellation_does_not_break_the_connection()
    {
        TaskCompletionSource published = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource acknowledge = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = new(
            _ => [0x20, 3, 0, 0, 0],
            publish =>
            {
                published.SetResult();
                acknowledge.Task.Wait(Wait.Deadline);
                return Acknowledge(publish);
            },
            Acknowledge);
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port));
        using CancellationTokenSource giveUp = new();
        Task<PublishResult> publishing = connection.PublishAsync("t", "x"u8.ToArray(), QualityOfService.AtLeastOnce, giveUp.Token).AsTask();
        await Wait.ForAsync(published.Task, "the publish");
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
        acknowledge.SetResult();
        Assert.Equal(PublishResult.Acknowledged, await PublishAsync(connection, "t", 1));
        Assert.False(IsLost);
    }

    [Fact]
    public async Task Unacknowledged_messages_stay_within_the_servers_limit()
    {
        // Receive Maximum (property 0x21) of two.
        await using ScriptedServer server = new(_ => [0x20, 6, 0, 0, 3, 0x21, 0, 2], _ => []);
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port));
        Task<PublishResult> first = connection.PublishAsync("t", default, QualityOfService.AtLeastOnce, default).AsTask();
        Task<PublishResult> second = connection.PublishAsync("t", default, QualityOfService.AtLeastOnce, default).AsTask();
        Assert.Equal(
            new PublishResult(
                PublishStatus.NotConnected, "2 messages wait for the server's acknowledgement; the message to t was not sent"),
            await PublishAsync(connection, "t", 1));
        await connection.DisposeAsync();
        Assert.Equal(PublishStatus.NotConnected, (await Wait.ForAsync(first, "the end of the first")).Status);
        Assert.Equal(PublishStatus.NotConnected, (await Wait.ForAsync(second, "the end of the second")).Status);
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_server_that_does_not_answer_a_ping_is_disconnected(MqttVersion version)
    {
        TaskCompletionSource<byte[]> connect = new(), ping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer server = new(
            packet =>
            {
                connect.SetResult(packet);
                return version == MqttVersion.V5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0];
            },
            packet =>
            {
                ping.SetResult(packet);
                return [];
            });
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port) with { Version = version }, time);
        Assert.Equal((0, 60), ((await connect.Task)[10], (await connect.Task)[11]));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal([0xC0, 0], await Wait.ForAsync(ping.Task, "the ping"));
        for (int i = 0; i < 10_000 && !IsLost; i++)
        {
            // The time-out of the response starts shortly after the ping has arrived.
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        Assert.Equal("the server has not answered a ping within 30 s", await LossAsync());
        Assert.False(connection.IsConnected);
    }

    [Fact]
    public async Task The_server_can_shorten_the_keep_alive()
    {
        // Server Keep Alive (property 0x13) of ten seconds.
        TaskCompletionSource<byte[]> ping = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Func<byte[], byte[]> answer = packet =>
        {
            ping.TrySetResult(packet);
            return [0xD0, 0];
        };
        await using ScriptedServer server = new([_ => [0x20, 6, 0, 0, 3, 0x13, 0, 10], .. Enumerable.Repeat(answer, 20)]);
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port), time);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([0xC0, 0], await Wait.ForAsync(ping.Task, "the ping"));
    }

    [Fact]
    public async Task A_client_takeover_is_reported_if_the_server_states_it()
    {
        await using ScriptedServer server = new(_ => [0x20, 3, 0, 0, 0], _ => [0xE0, 2, 0x8E, 0]);
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port));
        await PublishAsync(connection, "t", 1);
        Assert.Equal(
            "another client uses the client id 'thing': it has connected, and the server has closed this connection (0x8E); give each "
                + "agent its own --client_id",
            await LossAsync());
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_client_takeover_is_suggested_if_Mosquitto_states_no_reason(MqttVersion version)
    {
        await using MqttConnection connection = await ConnectedAsync(Options() with { Version = version });
        await using MqttConnection second = new(Options() with { Version = version }, new NullHandler(), TimeProvider.System, Logger);
        Assert.True((await second.ConnectAsync(cleanStart: true, default)).IsConnected);
        Assert.Equal(
            "the connection to the server was lost: the server closed it without a reason, as some do when another client connects with "
                + "the client id 'thing'",
            await LossAsync());
    }

    [Fact]
    public async Task The_reason_of_a_loss_is_not_reported_for_the_next()
    {
        Losses losses = new();
        await using ScriptedServer server = new(
            [_ => [0x20, 3, 0, 0, 0], _ => [0xE0, 2, 0x8E, 0]],
            [_ => [0x20, 3, 0, 0, 0], _ => null]);
        await using MqttConnection connection = new(Plain(server.Port), losses, TimeProvider.System, Logger);
        Assert.True((await connection.ConnectAsync(cleanStart: true, default)).IsConnected);
        await PublishAsync(connection, "t", 1);
        Assert.StartsWith("another client uses the client id", await losses.NextAsync(), StringComparison.Ordinal);
        Assert.True((await connection.ConnectAsync(cleanStart: true, default)).IsConnected);
        await PublishAsync(connection, "t", 1);
        Assert.Equal("the connection to the server was lost: the server closed it without a reason, as some do when another client "
            + "connects with the client id 'thing'", await losses.NextAsync());
    }

    [Fact]
    public async Task A_close_right_after_CONNACK_is_detected()
    {
        Losses losses = new();
        await using ScriptedServer server = new(_ => [0x20, 3, 0, 0, 0, 0xE0, 2, 0x8B, 0]);
        await using MqttConnection connection = new(Plain(server.Port), losses, TimeProvider.System, Logger);
        ConnectResult result = await connection.ConnectAsync(cleanStart: true, default);
        string reason = result.Failure?.Message ?? await losses.NextAsync();
        Assert.EndsWith("the server closed the connection: 0x8B ServerShuttingDown", reason, StringComparison.Ordinal);
        Assert.False(connection.IsConnected);
    }

    /// <summary>If the connection is lost between two steps of connecting, the caller gets the reason.</summary>
    [Fact]
    public async Task Subscribing_after_a_loss_fails_with_its_reason()
    {
        Losses losses = new();
        await using ScriptedServer server = new(_ => [0x20, 3, 0, 0, 0, 0xE0, 2, 0x8B, 0]);
        await using MqttConnection connection = new(Plain(server.Port), losses, TimeProvider.System, Logger);
        Assert.Contains("there is no connection", (await connection.SubscribeAsync(["t"], default))!.Message, StringComparison.Ordinal);
        ConnectResult result = await connection.ConnectAsync(cleanStart: true, default);
        string reason = result.Failure?.Message ?? await losses.NextAsync();
        ConnectFailure? failure = await connection.SubscribeAsync(["t"], default);
        Assert.Equal(new ConnectFailure(ConnectFailureKind.Protocol, ConnectStage.Subscribe, reason), failure);
    }

    [Fact]
    public async Task Disconnecting_is_clean_and_not_a_loss()
    {
        await using MqttConnection connection = await ConnectedAsync(Options());
        await connection.DisconnectAsync(default);
        Assert.False(connection.IsConnected);
        Assert.Equal(
            new PublishResult(PublishStatus.NotConnected, $"there is no connection to localhost:{Broker.TlsPort}"),
            await PublishAsync(connection, "t", 1));

        // Mosquitto's log distinguishes a DISCONNECT from a lost connection.
        await using TestService other = await TestService.StartAsync(Broker, "t");
        Assert.Contains("Client thing disconnected.", Broker.Log, StringComparison.Ordinal);
        Assert.False(IsLost);
        await connection.DisconnectAsync(default);
        await connection.DisposeAsync();
        await connection.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => connection.ConnectAsync(cleanStart: true, default));
    }

    private static string Text(int length) => new('x', length);

    private static ValueTask<PublishResult> PublishAsync(MqttConnection connection, string topic, int bytes) =>
        connection.PublishAsync(topic, System.Text.Encoding.ASCII.GetBytes(Text(bytes)), QualityOfService.AtLeastOnce, default);

    private sealed class NullHandler : IMqttHandler
    {
        public void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
        {
        }

        public void OnDisconnected(string reason)
        {
        }
    }

    private sealed class Losses : IMqttHandler
    {
        private readonly System.Threading.Channels.Channel<string> _reasons = System.Threading.Channels.Channel.CreateUnbounded<string>();

        public Task<string> NextAsync() => Wait.ForAsync(_reasons.Reader.ReadAsync().AsTask(), "a loss");

        public void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt)
        {
        }

        public void OnDisconnected(string reason) => _reasons.Writer.TryWrite(reason);
    }

    private sealed class KeepingHandler : IMqttHandler
    {
        public List<ReadOnlyMemory<byte>> Payloads { get; } = [];

        public void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt) =>
            Payloads.Add(payload);

        public void OnDisconnected(string reason)
        {
        }
    }
}
