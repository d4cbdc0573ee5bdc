using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Tests;

public sealed class OutboundMessagesTests
{
    private static readonly PublishOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);
    private readonly List<int> _sent = [];

    [Fact]
    public async Task Each_message_waits_for_its_own_acknowledgement()
    {
        OutboundMessages messages = New();
        Task<MqttPubAckPacket?> first = Publish(messages);
        Task<MqttPubAckPacket?> second = Publish(messages);
        Assert.Equal([0x8000, 0x8001], _sent);
        Assert.True(Accept(messages, 0x8001));
        Assert.Equal(0x8001, (await Wait.ForAsync(second, "the second"))!.PacketIdentifier);
        Assert.False(first.IsCompleted);
        Assert.True(Accept(messages, 0x8000));
        Assert.Equal(0x8000, (await Wait.ForAsync(first, "the first"))!.PacketIdentifier);
    }

    [Fact]
    public async Task An_id_is_used_again_when_it_is_acknowledged_and_is_acknowledged_once()
    {
        OutboundMessages messages = New();
        for (int i = 0; i < 3; i++)
        {
            Task<MqttPubAckPacket?> publishing = Publish(messages);
            Assert.True(Accept(messages, 0x8000));
            Assert.False(Accept(messages, 0x8000));
            Assert.NotNull(await Wait.ForAsync(publishing, "the acknowledgement"));
        }

        Assert.Equal([0x8000, 0x8000, 0x8000], _sent);
        Assert.False(Accept(messages, 0x7FFF));
        Assert.False(Accept(messages, 0x8001));
    }

    [Fact]
    public async Task A_message_of_QoS_0_has_no_id_and_waits_for_nothing()
    {
        Assert.Null(await New().PublishAsync("t", default, new PublishOptions(QualityOfService.AtMostOnce)));
        Assert.Equal([0], _sent);
    }

    [Fact]
    public async Task What_waits_when_the_connection_is_lost_fails_and_what_comes_later_too()
    {
        OutboundMessages messages = New();
        Task<MqttPubAckPacket?> publishing = Publish(messages);
        messages.Close();
        await Assert.ThrowsAsync<IOException>(() => Wait.ForAsync(publishing, "the loss"));
        await Assert.ThrowsAsync<IOException>(() => Publish(messages));
        Assert.False(Accept(messages, 0x8000));
        Assert.Single(_sent);
    }

    [Fact]
    public async Task One_that_can_not_be_sent_leaves_its_place_to_the_next()
    {
        bool fails = true;
        OutboundMessages messages = new(_ => fails ? Task.FromException(new IOException("not sent")) : Task.CompletedTask, continueInline: true);
        Assert.Equal("not sent", (await Assert.ThrowsAsync<IOException>(() => Publish(messages))).Message);
        Assert.False(Accept(messages, 0x8000));
        fails = false;
        Task<MqttPubAckPacket?> publishing = Publish(messages);
        Assert.True(Accept(messages, 0x8000));
        Assert.Equal(MqttPubAckReasonCode.NoMatchingSubscribers, (await Wait.ForAsync(publishing, "the acknowledgement"))!.ReasonCode);
    }

    private static Task<MqttPubAckPacket?> Publish(OutboundMessages messages) => messages.PublishAsync("t", "x"u8.ToArray(), AtLeastOnce).AsTask();

    private static bool Accept(OutboundMessages messages, ushort id) =>
        messages.TryAccept(new MqttPubAckPacket { PacketIdentifier = id, ReasonCode = MqttPubAckReasonCode.NoMatchingSubscribers });

    private OutboundMessages New() => new(
        packet =>
        {
            _sent.Add(((MqttPublishPacket)packet).PacketIdentifier);
            return Task.CompletedTask;
        },
        continueInline: true);
}
