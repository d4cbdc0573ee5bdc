using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests.Generated;

/// <summary>The generated client of greenhouse.topics.json against a real Mosquitto over mutual TLS.</summary>
public sealed class GeneratedClientTests : BrokerTests
{
    private const string Bed = "greenhouse/north/beds/b7/set-point";

    [Fact]
    public async Task A_request_is_accepted_or_rejected()
    {
        await using TestService service = await TestService.StartAsync(Broker, "greenhouse/+/beds/+/set-point");
        await using GreenhouseClient client = await ConnectedAsync();
        Task<Reply<SetPointDone, SetPointFailed>> asked =
            client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 21.5 }).AsTask();
        (string topic, string payload) = await service.ReceiveAsync();
        Assert.Equal((Bed, 21.5), (topic, Read<SetPointRequest>(payload).Celsius));
        await service.SendAsync(Bed + "/done", $$"""{"requestId":"{{Read<SetPointRequest>(payload).RequestId}}","celsius":21}""");
        Reply<SetPointDone, SetPointFailed> reply = await asked;
        Assert.True(reply.IsAccepted);
        Assert.Equal(21, reply.Accepted.Celsius);

        asked = client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 2 }).AsTask();
        (_, payload) = await service.ReceiveAsync();
        await service.SendAsync(Bed + "/failed", $$"""{"requestId":"{{Read<SetPointRequest>(payload).RequestId}}","why":"frost"}""");
        reply = await asked;
        Assert.True(reply.IsRejected);
        Assert.Equal("frost", reply.Rejected.Why);
    }

    [Fact]
    public async Task A_request_that_is_not_sent_or_gets_no_reply_is_a_value()
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        await using TestService service = await TestService.StartAsync(Broker, "greenhouse/+/beds/+/set-point");
        await using GreenhouseClient client = new(ClientOptions(time: time));
        Reply<SetPointDone, SetPointFailed> reply = await client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 2 });
        Assert.Equal(
            (ReplyStatus.NotConnected, $"setPoint was not sent: there is no connection to localhost:{Broker.TlsPort}"),
            (reply.Status, reply.Reason));

        Assert.Null((await client.ConnectAsync()).Failure);
        reply = await client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 99 });
        Assert.Equal((ReplyStatus.Invalid, "setPoint was not sent: celsius must be -5 to 45"), (reply.Status, reply.Reason));

        var asked = client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 2 }).AsTask();
        await service.ReceiveAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ReplyStatus.TimedOut, (await Wait.ForAsync(asked, "the time-out")).Status);
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.SetPointAsync("north", "B 7", new() { Celsius = 2 }));
    }

    [Fact]
    public async Task A_request_can_be_cancelled_and_disposal_ends_it_with_a_value()
    {
        await using TestService service = await TestService.StartAsync(Broker, "greenhouse/+/beds/+/set-point");
        GreenhouseClient client = await ConnectedAsync();
        using CancellationTokenSource canceling = new();
        var canceled = client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 2 }, canceling.Token).AsTask();
        await service.ReceiveAsync();
        await canceling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.ForAsync(canceled, "the cancellation"));

        var waiting = client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 2 }).AsTask();
        await service.ReceiveAsync();
        await client.DisposeAsync();
        Reply<SetPointDone, SetPointFailed> reply = await Wait.ForAsync(waiting, "the end of the request");
        Assert.Equal(ReplyStatus.NotConnected, reply.Status);
    }

    [Fact]
    public async Task Requests_subscribe_once_and_not_to_what_an_option_covers()
    {
        await using TestService service = await TestService.StartAsync(Broker, "greenhouse/+/beds/+/set-point");
        await using (GreenhouseClient client = await ConnectedAsync())
        {
            var first = client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 1 }).AsTask();
            var second = client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 2 }).AsTask();
            await service.ReceiveAsync();
            await service.ReceiveAsync();
            _ = client.SetPointAsync("north", "b8", new SetPointRequest { Celsius = 2 }).AsTask();
            await service.ReceiveAsync();
            Assert.Equal(["greenhouse/north/beds/b7/set-point/+", "greenhouse/north/beds/b8/set-point/+"], Subscribed());
        }

        await using GreenhouseClient wide = await ConnectedAsync(ClientOptions(filters: [GreenhouseTopics.SetPointReplyFilter("south")]));
        _ = wide.SetPointAsync("south", "b7", new SetPointRequest { Celsius = 1 }).AsTask();
        await service.ReceiveAsync();
        Assert.Equal("greenhouse/south/beds/+/set-point/+", Assert.Single(Subscribed().Skip(2)));
    }

    [Fact]
    public async Task A_feed_has_typed_topic_parameters_and_leaves_out_what_it_can_not_read()
    {
        await using TestService service = await TestService.StartAsync(Broker, "unused");
        await using GreenhouseClient client = await ConnectedAsync();
        EventFeed<ReadingsReceived> north = client.Readings("north");
        Assert.Null(await north.SubscribeAsync());
        await service.SendAsync("telemetry/south/v1-air/readings", """{"values":[1]}""");
        await service.SendAsync("telemetry/north/v1-air/readings", """{"values":"none"}""");
        await service.SendAsync("telemetry/north/v1-soil/readings", """{"values":[20.5,7]}""");
        await foreach (ReadingsReceived received in north)
        {
            Assert.Equal(new ReadingsReceived("north", "soil", new Readings { Values = [20.5, 7] }), received with { Receipt = default });
            break;
        }

        Assert.Contains(
            "Warning: left out an event on telemetry/north/v1-air/readings, which can't be read: values: the value has the wrong JSON type "
                + "(byte 10)",
            Logger.Lines);
        await WaitUntilAsync(() => Unsubscribed().Any(), "UNSUBSCRIBE");
    }

    [Fact]
    public async Task Requests_and_feeds_go_on_after_the_broker_has_restarted()
    {
        await using GreenhouseClient client = await ConnectedAsync();
        await using EventFeed<AlarmReceived> alarms = client.Alarm();
        Assert.Null(await alarms.SubscribeAsync());
        await Broker.KillAsync();
        await ConnectionChangesAsync(isConnected: false);
        Assert.Equal(ReplyStatus.NotConnected, (await client.SetPointAsync("north", "b7", new() { Celsius = 1 })).Status);
        await Broker.StartAsync();
        await ConnectionChangesAsync(isConnected: true);

        await using TestService service = await TestService.StartAsync(Broker, "greenhouse/+/beds/+/set-point");
        await service.SendAsync("alarm", """{"values":[3]}""");
        await foreach (AlarmReceived alarm in alarms)
        {
            Assert.Equal([3], alarm.Message.Values);
            break;
        }

        Task<Reply<SetPointDone, SetPointFailed>> asked =
            client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 21.5 }).AsTask();
        (_, string payload) = await service.ReceiveAsync();
        await service.SendAsync(Bed + "/done", $$"""{"requestId":"{{Read<SetPointRequest>(payload).RequestId}}"}""");
        Assert.Equal(ReplyStatus.Accepted, (await asked).Status);
    }

    [Fact]
    public async Task A_full_feed_drops_the_oldest_and_ends_with_the_client()
    {
        await using TestService service = await TestService.StartAsync(Broker, "unused");
        GreenhouseClient client = await ConnectedAsync(ClientOptions(capacity: 2));
        EventFeed<AlarmReceived> alarms = client.Alarm();
        Assert.Null(await alarms.SubscribeAsync());
        for (int i = 1; i <= 5; i++)
        {
            await service.SendAsync("alarm", $$"""{"values":[{{i}}]}""");
        }

        await WaitUntilAsync(() => alarms.Dropped == 3, "three dropped events");
        await client.DisposeAsync();
        List<double> values = [];
        await foreach (AlarmReceived alarm in alarms)
        {
            values.Add(alarm.Message.Values[0]);
        }

        Assert.Equal([4, 5], values);
        Assert.Contains(
            "Warning: dropped an event on alarm: its feed holds 2 already, because its consumer is too slow", Logger.Lines);
    }

    [Fact]
    public async Task A_waiting_feed_can_be_cancelled_and_disposed_of()
    {
        GreenhouseClient client = await ConnectedAsync();
        using CancellationTokenSource canceling = new();
        await using var canceled = client.Alarm().GetAsyncEnumerator(canceling.Token);
        Task<bool> next = canceled.MoveNextAsync().AsTask();
        await canceling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.ForAsync(next, "the cancellation"));

        await using var ended = client.Alarm().GetAsyncEnumerator();
        next = ended.MoveNextAsync().AsTask();
        await client.DisposeAsync();
        Assert.False(await Wait.ForAsync(next, "the end of the feed"));
    }

    [Fact]
    public async Task An_event_is_published_with_the_default_of_its_topic_parameter()
    {
        await using TestService service = await TestService.StartAsync(Broker, "telemetry/#");
        await using GreenhouseClient client = await ConnectedAsync();
        Assert.Equal(PublishResult.Acknowledged, await client.CalibrateAsync("north", new Readings { Values = [1] }));
        Assert.Equal(("telemetry/north/v1-air/readings", """{"values":[1]}"""), await service.ReceiveAsync());
        await client.CalibrateAsync("north", new Readings { Values = [2] }, "soil");
        Assert.Equal("telemetry/north/v1-soil/readings", (await service.ReceiveAsync()).Topic);
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task Both_sides_of_a_document_talk_to_each_other(MqttVersion version)
    {
        MqttConnectionOptions connection = Options() with { Version = version };
        await using Peer.GreenhouseClient house = new(ClientOptions(connection with { ClientId = "house" }));
        house.AnswerSetPoint((request, _) => new(request.Message.Celsius < 5
            ? request.Reject(new Peer.SetPointFailed { Why = $"frost in {request.Site}/{request.Bed}" })
            : request.Accept(new Peer.SetPointDone { Celsius = request.Message.Celsius })));
        Assert.Null((await house.ConnectAsync()).Failure);
        Assert.Throws<InvalidOperationException>(() => house.AnswerSetPoint((_, _) => throw new NotSupportedException()));

        await using GreenhouseClient room = await ConnectedAsync(ClientOptions(connection));
        Assert.Equal(21.5, (await room.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 21.5 })).Accepted?.Celsius);
        Assert.Equal("frost in south/b8", (await room.SetPointAsync("south", "b8", new SetPointRequest { Celsius = 2 })).Rejected?.Why);

        await using EventFeed<ReadingsReceived> readings = room.Readings(kind: "soil");
        Assert.Null(await readings.SubscribeAsync());
        Assert.Equal(PublishResult.Acknowledged, await house.ReadingsAsync("north", new Peer.Readings { Values = [7] }, "soil"));
        await foreach (ReadingsReceived received in readings)
        {
            Assert.Equal(("north", "soil", 7), (received.Site, received.Kind, received.Message.Values[0]));
            break;
        }
    }

    [Fact]
    public async Task Properties_and_members_distinguish_the_messages_of_requests_and_replies()
    {
        await using Peer.GreenhouseClient house = new(ClientOptions(Options() with { ClientId = "house" }));
        house.AnswerChangeLamp((request, _) => new(request.Message switch
        {
            Peer.LampMessage.OfBrighter({ Value: 9 }) => request.Reject(new Peer.LampFailed { Why = "bright" }),
            Peer.LampMessage.OfBrighter(var by) => request.Accept(new Peer.After(by.Value + 5)),
            Peer.LampMessage.OfDarker(var by) => request.Accept(new Peer.Before(by.Value)),
            _ => throw new NotSupportedException(),
        }));
        Assert.Null((await house.ConnectAsync()).Failure);

        await using GreenhouseClient room = await ConnectedAsync();
        Assert.Equal(new LampChangedMessage.OfAfter(new After(7)), (await room.ChangeLampAsync("north", new Brighter(2))).Accepted);
        Assert.Equal(new LampChangedMessage.OfBefore(new Before(2)), (await room.ChangeLampAsync("north", new Darker(2))).Accepted);
        Reply<LampChangedMessage, LampFailed> refused = await room.ChangeLampAsync("north", new Brighter(9));
        Assert.Equal((ReplyStatus.Rejected, "bright"), (refused.Status, refused.Rejected?.Why));
    }

    [Fact]
    public async Task Disposal_cancels_a_handler_and_waits_for_it()
    {
        Peer.GreenhouseClient house = new(ClientOptions(Options() with { ClientId = "house" }));
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool isCanceled = false;
        house.AnswerSetPoint(async (request, cancellation) =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                isCanceled = true;
            }

            return request.Accept(new Peer.SetPointDone());
        });
        Assert.Null((await house.ConnectAsync()).Failure);
        await using GreenhouseClient room = await ConnectedAsync();
        _ = room.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 21.5 }).AsTask();
        await Wait.ForAsync(started.Task, "the request");
        await house.DisposeAsync();
        Assert.True(isCanceled);
    }

    [Fact]
    public async Task A_refused_subscription_is_a_value_and_the_connection_stays()
    {
        string roles = """
            {"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,"subscribe":true,"unsubscribe":true},
             "clients":[{"username":"thing","roles":[{"rolename":"device"}]}],
             "roles":[{"rolename":"device","acls":[{"acltype":"subscribePattern","topic":"telemetry/#","allow":false},
               {"acltype":"subscribePattern","topic":"greenhouse/#","allow":false}]}]}
            """;
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, roles: roles);
        await using GreenhouseClient client = await ConnectedAsync(ClientOptions(Options() with { Port = broker.TlsPort }));
        EventFeed<ReadingsReceived> readings = client.Readings();
        Assert.Equal(ConnectFailureKind.SubscriptionRefused, (await readings.SubscribeAsync())?.Kind);
        SubscriptionRefusedException refused = await Assert.ThrowsAsync<SubscriptionRefusedException>(async () =>
        {
            await foreach (ReadingsReceived received in readings)
            {
                Assert.Fail("received " + received);
            }
        });
        Assert.Equal(ConnectFailureKind.SubscriptionRefused, refused.Failure.Kind);
        Assert.Equal(ReplyStatus.Refused, (await client.SetPointAsync("north", "b7", new SetPointRequest { Celsius = 2 })).Status);
        Assert.True(client.IsConnected);
    }

    private readonly List<bool> _changes = [];

    private Task ConnectionChangesAsync(bool isConnected) =>
        WaitUntilAsync(() => _changes.Count > 0 && _changes[^1] == isConnected, isConnected ? "the reconnection" : "the loss");

    private static async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, what + " did not happen");
            await Task.Delay(10);
        }
    }

    private static T Read<T>(string payload)
        where T : class, IMessage<T>
    {
        Assert.True(T.TryRead(System.Text.Encoding.UTF8.GetBytes(payload), out T? message, out CodecError error), error.ToString());
        return message;
    }

    /// <summary>The filters that clients with certificates have subscribed to, as the broker has logged them.</summary>
    private IEnumerable<string> Subscribed() => Broker.Log.Split('\n')
        .Where(line => line.Contains(": thing 1 ", StringComparison.Ordinal)).Select(line => line.Split(' ')[^1]);

    private IEnumerable<string> Unsubscribed() =>
        Broker.Log.Split('\n').Where(line => line.Contains("Received UNSUBSCRIBE from thing", StringComparison.Ordinal));

    private ServiceClientOptions ClientOptions(
        MqttConnectionOptions? connection = null, TimeProvider? time = null, string[]? filters = null, int capacity = 256) => new()
        {
            Connection = connection ?? Options(),
            Filters = filters ?? [],
            EventCapacity = capacity,
            Backoff = new ReconnectBackoff(new Random(1), first: TimeSpan.FromMilliseconds(20), last: TimeSpan.FromMilliseconds(200)),
            ConnectionChanged = change => _changes.Add(change.IsConnected),
            Time = time ?? TimeProvider.System,
            Logger = Logger,
        };

    private async Task<GreenhouseClient> ConnectedAsync(ServiceClientOptions? options = null)
    {
        GreenhouseClient client = new(options ?? ClientOptions());
        Assert.Null((await client.ConnectAsync()).Failure);
        Assert.True(client.IsConnected);
        return client;
    }
}
