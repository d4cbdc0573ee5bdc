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
    public async Task A_packet_id_is_reused_after_its_acknowledgement()
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
    public async Task A_QoS_0_message_has_no_packet_id_and_does_not_wait()
    {
        Assert.Null(await New().PublishAsync("t", default, new PublishOptions(QualityOfService.AtMostOnce)));
        Assert.Equal([0], _sent);
    }

    [Fact]
    public async Task Pending_and_later_messages_fail_after_the_loss()
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
    public async Task A_message_that_can_not_be_sent_frees_its_slot()
    {
        bool fails = true;
        OutboundMessages messages = new(_ => fails
            ? Task.FromException(new IOException("not sent"))
            : Task.CompletedTask, continueInline: true);
        Assert.Equal("not sent", (await Assert.ThrowsAsync<IOException>(() => Publish(messages))).Message);
        Assert.False(Accept(messages, 0x8000));
        fails = false;
        Task<MqttPubAckPacket?> publishing = Publish(messages);
        Assert.True(Accept(messages, 0x8000));
        Assert.Equal(MqttPubAckReasonCode.NoMatchingSubscribers, (await Wait.ForAsync(publishing, "the acknowledgement"))!.ReasonCode);
    }

    private static Task<MqttPubAckPacket?> Publish(OutboundMessages messages) =>
        messages.PublishAsync("t", "x"u8.ToArray(), AtLeastOnce).AsTask();

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
