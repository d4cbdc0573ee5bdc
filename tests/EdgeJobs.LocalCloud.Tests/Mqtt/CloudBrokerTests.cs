using System.Buffers;
using System.Net;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Mqtt;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

/// <summary>The broker as clients on the plain port see it.</summary>
public sealed class CloudBrokerTests
{
    private const string Get = "$aws/things/pump/jobs/get";

    private static readonly byte[] Empty = "{}"u8.ToArray();

    [Fact]
    public async Task Response_goes_only_to_the_requester_even_without_a_subscription()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice asking = await running.ConnectAsync("asking");
        await using MqttDevice listening = await running.ConnectAsync("listening");
        await listening.SubscribeAsync("$aws/things/pump/jobs/#");
        Assert.Equal(MqttClientPublishReasonCode.Success, await asking.PublishAsync(Get, """{"clientToken":"1"}"""u8.ToArray()));
        Assert.Equal("1", (string?)(await asking.NextAsync()).Json["clientToken"]);

        // The request isn't forwarded either: the other client first receives its own response.
        await listening.PublishAsync(Get, """{"clientToken":"2"}"""u8.ToArray());
        Assert.Equal("2", (string?)(await listening.NextAsync()).Json["clientToken"]);
        Assert.True(asking.IsIdle);
    }

    [Theory]
    [InlineData("$aws/things/pump/jobs/notify", true)]
    [InlineData("$aws/things/+/jobs/notify", true)]
    [InlineData("$aws/#", true)]
    [InlineData("$aws/things/valve/jobs/notify", false)]
    [InlineData("#", false)]
    [InlineData("+/things/pump/jobs/notify", false)]
    public async Task Notification_goes_to_subscribers(string filter, bool hears)
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        await device.SubscribeAsync(filter);
        running.CreateJob("one", "pump");
        if (hears)
        {
            MqttApplicationMessage message = await device.NextMessageAsync();
            Assert.Equal(("$aws/things/pump/jobs/notify", MqttQualityOfServiceLevel.AtLeastOnce, false), (
                message.Topic, message.QualityOfServiceLevel, message.Retain));
        }
        else
        {
            await device.PublishAsync("$aws/things/valve/jobs/get", Empty);
            Assert.Equal("$aws/things/valve/jobs/get/accepted", (await device.NextAsync()).Topic);
        }
    }

    [Theory]
    [InlineData(MqttQualityOfServiceLevel.AtMostOnce)]
    [InlineData(MqttQualityOfServiceLevel.AtLeastOnce)]
    public async Task Messages_have_the_granted_quality_of_service(MqttQualityOfServiceLevel quality)
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        await device.SubscribeAsync("$aws/things/pump/jobs/#", quality);
        await device.PublishAsync(Get, Empty, MqttQualityOfServiceLevel.AtMostOnce);
        Assert.Equal(quality, (await device.NextMessageAsync()).QualityOfServiceLevel);
        running.CreateJob("one", "pump");
        Assert.Equal(quality, (await device.NextMessageAsync()).QualityOfServiceLevel);
    }

    [Fact]
    public async Task Other_reserved_topics_are_not_forwarded()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        await device.SubscribeAsync("$aws/#");
        Assert.Equal(MqttClientPublishReasonCode.TopicNameInvalid, await device.PublishAsync("$aws/events/job/one/completed", Empty));
        await device.PublishAsync(Get, Empty);
        Assert.Equal(Get + "/accepted", (await device.NextAsync()).Topic);
    }

    [Fact]
    public async Task Other_topics_are_forwarded()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        await using MqttDevice other = await running.ConnectAsync("other", MqttProtocolVersion.V311);
        await device.PublishAsync("telemetry/last", "hello"u8.ToArray(), retain: true);
        await other.SubscribeAsync("telemetry/last");
        Assert.Equal("hello"u8.ToArray(), (await other.NextMessageAsync()).Payload.ToArray());
    }

    [Fact]
    public async Task Notification_without_subscribers_is_not_retained()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        running.CreateJob("one", "pump");
        await using MqttDevice device = await running.ConnectAsync("device");
        await device.SubscribeAsync("$aws/things/pump/jobs/#");
        await device.PublishAsync(Get, Empty);
        Assert.Equal(Get + "/accepted", (await device.NextAsync()).Topic);
    }

    public static TheoryData<string, int, MqttQualityOfServiceLevel, bool, MqttClientDisconnectReason> Faults() => new()
    {
        { Get, 2, MqttQualityOfServiceLevel.ExactlyOnce, false, MqttClientDisconnectReason.QosNotSupported },
        { Get, 2, MqttQualityOfServiceLevel.AtLeastOnce, true, MqttClientDisconnectReason.NotAuthorized },
        { Get, BrokerLimits.PayloadBytes + 1, MqttQualityOfServiceLevel.AtLeastOnce, false, MqttClientDisconnectReason.PacketTooLarge },
        { "a/b/c/d/e/f/g/h/i", 2, MqttQualityOfServiceLevel.AtLeastOnce, false, MqttClientDisconnectReason.TopicNameInvalid },
        { new string(
            't',
            BrokerLimits.TopicBytes + 1), 2, MqttQualityOfServiceLevel.AtLeastOnce, false, MqttClientDisconnectReason.TopicNameInvalid },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Disallowed_message_ends_the_connection(
        string topic, int bytes, MqttQualityOfServiceLevel quality, bool retain, MqttClientDisconnectReason reason)
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        byte[] payload = new byte[bytes];
        payload.AsSpan().Fill((byte)' ');
        payload[0] = (byte)'{';
        payload[^1] = (byte)'}';
        _ = device.PublishAsync(topic, payload, quality, retain);
        Assert.Equal(reason, (await device.DisconnectedAsync()).Reason);
    }

    [Fact]
    public async Task Largest_payload_is_accepted()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        byte[] payload = new byte[BrokerLimits.PayloadBytes];
        payload.AsSpan().Fill((byte)' ');
        payload[0] = (byte)'{';
        payload[^1] = (byte)'}';
        await device.PublishAsync(Get, payload);
        Assert.Equal(Get + "/accepted", (await device.NextAsync()).Topic);
    }

    [Fact]
    public async Task Nine_filters_in_one_subscribe_end_the_connection()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        MqttClientSubscribeOptions nine =
            new() { TopicFilters = [.. Enumerable.Range(0, 9).Select(i => new MqttTopicFilter { Topic = $"t/{i}" })] };
        _ = device.SubscribeAsync(nine);
        Assert.Equal(MqttClientDisconnectReason.QuotaExceeded, (await device.DisconnectedAsync()).Reason);
    }

    [Fact]
    public async Task Subscription_with_QoS_2_ends_the_connection()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        _ = device.SubscribeAsync("t", MqttQualityOfServiceLevel.ExactlyOnce);
        Assert.Equal(MqttClientDisconnectReason.QosNotSupported, (await device.DisconnectedAsync()).Reason);
    }

    [Theory]
    [InlineData("$device")]
    [InlineData(
        "a-client-id-may-be-as-long-as-one-hundred-and-twenty-eight-bytes-"
        + "and-this-one-is-a-little-longer-than-that-which-is-why-it-is-refused")]
    public async Task Reserved_or_long_client_id_is_rejected(string clientId)
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = new();
        MqttClientConnectResult result = await device.ConnectAsync(running.Broker.PlainEndPoint!, clientId);
        Assert.Equal(MqttClientConnectResultCode.ClientIdentifierNotValid, result.ResultCode);
    }

    [Fact]
    public async Task Connack_announces_missing_features()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = new();
        MqttClientConnectResult result = await device.ConnectAsync(running.Broker.PlainEndPoint!, "device");
        Assert.Equal((MqttQualityOfServiceLevel.AtLeastOnce, false), (result.MaximumQoS, result.SubscriptionIdentifiersAvailable));
    }

    [Fact]
    public async Task Newer_connection_takes_over_the_client_id()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice older = await running.ConnectAsync("device");
        await using MqttDevice newer = await running.ConnectAsync("device");
        Assert.Equal(MqttClientDisconnectReason.SessionTakenOver, (await older.DisconnectedAsync()).Reason);
        await newer.PublishAsync(Get, Empty);
        Assert.Equal(Get + "/accepted", (await newer.NextAsync()).Topic);
    }

    [Fact]
    public async Task Thousand_requests_get_responses_in_order()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        await device.SubscribeAsync("$aws/things/pump/jobs/#");
        for (int i = 0; i < 1000; i++)
        {
            await device.PublishAsync(
                Get, System.Text.Encoding.UTF8.GetBytes($$"""{"clientToken":"{{i}}"}"""), MqttQualityOfServiceLevel.AtMostOnce);
        }

        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(
                i.ToString(System.Globalization.CultureInfo.InvariantCulture), (string?)(await device.NextAsync()).Json["clientToken"]);
        }
    }

    [Fact]
    public async Task Port_in_use_is_reported()
    {
        await using RunningBroker running = await RunningBroker.StartAsync();
        IPEndPoint taken = running.Broker.PlainEndPoint!;
        BrokerException error = await Assert.ThrowsAsync<BrokerException>(() =>
            CloudBroker.StartAsync(running.Service, new CloudBrokerOptions { PlainPort = taken.Port }, NullLogger<CloudBroker>.Instance));
        Assert.Contains(taken.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_are_released_on_dispose()
    {
        RunningBroker running = await RunningBroker.StartAsync();
        await using MqttDevice device = await running.ConnectAsync("device");
        int port = running.Broker.PlainEndPoint!.Port;
        await running.DisposeAsync();
        Assert.Equal(MqttClientDisconnectReason.ServerShuttingDown, (await device.DisconnectedAsync()).Reason);
        using JobsService service = new(new MemoryStore(), TimeProvider.System, new JobsServiceOptions(), NullLogger<JobsService>.Instance);
        await using CloudBroker again =
            await CloudBroker.StartAsync(service, new CloudBrokerOptions { PlainPort = port }, NullLogger<CloudBroker>.Instance);
        Assert.Equal(port, again.PlainEndPoint!.Port);
    }
}
