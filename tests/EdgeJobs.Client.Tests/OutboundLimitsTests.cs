using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

public sealed class OutboundLimitsTests : BrokerTests
{
    private static readonly PublishOptions Retained = new(QualityOfService.AtLeastOnce, true);

    [Fact]
    public void At_most_a_hundred_messages_are_sent_per_second()
    {
        FakeTimeProvider time = new();
        OutboundLimits limits = new(time);
        Random random = new(3);
        List<DateTimeOffset> sent = [];
        for (int i = 0; i < 5_000; i++)
        {
            time.Advance(TimeSpan.FromMilliseconds(random.Next(20) == 0 ? random.Next(1_500) : random.Next(3)));
            sent.Add(time.GetUtcNow() + limits.ReserveSendTime());
        }

        sent.Sort();
        for (int i = OutboundLimits.MaxPerSecond; i < sent.Count; i++)
        {
            Assert.True(sent[i] - sent[i - OutboundLimits.MaxPerSecond] >= TimeSpan.FromSeconds(1), $"message {i}");
        }
    }

    [Fact]
    public void A_normal_rate_is_not_delayed()
    {
        FakeTimeProvider time = new();
        OutboundLimits limits = new(time);
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal(TimeSpan.Zero, limits.ReserveSendTime());
            time.Advance(TimeSpan.FromMilliseconds(10));
        }
    }

    [Fact]
    public async Task Retain_is_rejected_on_AWS_topics()
    {
        await using MqttConnection connection = await ConnectedAsync(Options());
        Assert.Equal(
            new PublishResult(PublishStatus.Invalid, "the message to $aws/things/t/jobs/get was not sent: AWS IoT does not retain messages "
                + "on its own topics and closes the connection"),
            await connection.PublishAsync("$aws/things/t/jobs/get", default, Retained, default));
        Assert.Equal(PublishResult.Acknowledged, await connection.PublishAsync("mine", default, Retained, default));
    }

    [Fact]
    public async Task Limits_of_CONNACK_are_enforced()
    {
        // Retain Available (0x25) 0, Maximum Packet Size (0x27) 100.
        await using ScriptedServer server = new(_ => [0x20, 10, 0, 0, 7, 0x25, 0, 0x27, 0, 0, 0, 100], _ => [0x40, 2, 0x80, 0]);
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port));
        Assert.Equal(
            new PublishResult(PublishStatus.Invalid, "the message to t was not sent: the server retains no messages"),
            await connection.PublishAsync("t", default, Retained, default));
        Assert.Equal(
            new PublishResult(PublishStatus.TooLarge, "the message to t would make a packet of up to 101 bytes; the server takes 100 at "
                + "most"),
            await connection.PublishAsync("t", new byte[84], QualityOfService.AtLeastOnce, default));
        Assert.Equal(PublishResult.Acknowledged, await connection.PublishAsync("t", new byte[83], QualityOfService.AtLeastOnce, default));
    }

    [Fact]
    public async Task A_burst_arrives_complete_and_in_order()
    {
        await using TestService service = await TestService.StartAsync(Broker, "burst");
        await using MqttConnection connection = await ConnectedAsync(Options());
        for (int i = 0; i < 150; i++)
        {
            Assert.Equal(PublishResult.Acknowledged, await connection.PublishAsync("burst", System.Text.Encoding.ASCII.GetBytes($"{i}"),
                QualityOfService.AtLeastOnce, default));
        }

        for (int i = 0; i < 150; i++)
        {
            Assert.Equal($"{i}", (await service.ReceiveAsync()).Payload);
        }
    }
}
