using EdgeJobs.Client.Mqtt;
using EdgeJobs.Protocol;
using EdgeJobs.Testing;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EdgeJobs.Client.Tests;

public sealed class OutboundPacketsTests
{
    private static readonly PublishOptions AtLeastOnce = new(QualityOfService.AtLeastOnce);
    private readonly List<int> _sent = [];

    [Fact]
    public async Task Each_message_waits_for_its_own_acknowledgement()
    {
        OutboundPackets messages = New();
        Task<MqttPacketWithIdentifier?> first = Publish(messages);
        Task<MqttPacketWithIdentifier?> second = Publish(messages);
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
        OutboundPackets messages = New();
        for (int i = 0; i < 3; i++)
        {
            Task<MqttPacketWithIdentifier?> publishing = Publish(messages);
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
        OutboundPackets messages = New();
        Task<MqttPacketWithIdentifier?> publishing = Publish(messages);
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
        OutboundPackets messages = new(_ => fails
            ? Task.FromException(new IOException("not sent"))
            : Task.CompletedTask, continueInline: true);
        Assert.Equal("not sent", (await Assert.ThrowsAsync<IOException>(() => Publish(messages))).Message);
        Assert.False(Accept(messages, 0x8000));
        fails = false;
        Task<MqttPacketWithIdentifier?> publishing = Publish(messages);
        Assert.True(Accept(messages, 0x8000));
        MqttPubAckPacket answer = Assert.IsType<MqttPubAckPacket>(await Wait.ForAsync(publishing, "the acknowledgement"));
        Assert.Equal(MqttPubAckReasonCode.NoMatchingSubscribers, answer.ReasonCode);
    }

    [Fact]
    public async Task An_acknowledgement_of_another_type_is_not_accepted()
    {
        List<MqttPacketWithIdentifier> sent = [];
        OutboundPackets packets = new(
            packet =>
            {
                sent.Add((MqttPacketWithIdentifier)packet);
                return Task.CompletedTask;
            },
            continueInline: true);
        Task<MqttPacketWithIdentifier?> subscribing = packets.SendAsync(new MqttSubscribePacket());
        Task<MqttPacketWithIdentifier?> unsubscribing = packets.SendAsync(new MqttUnsubscribePacket());
        Assert.Equal([0x8000, 0x8001], sent.Select(packet => packet.PacketIdentifier));
        Assert.False(Accept(packets, 0x8000));
        Assert.False(packets.TryAccept(new MqttSubAckPacket { PacketIdentifier = 0x8001 }));
        Assert.True(packets.TryAccept(new MqttUnsubAckPacket { PacketIdentifier = 0x8001 }));
        Assert.True(packets.TryAccept(new MqttSubAckPacket { PacketIdentifier = 0x8000 }));
        Assert.IsType<MqttSubAckPacket>(await Wait.ForAsync(subscribing, "SUBACK"));
        Assert.IsType<MqttUnsubAckPacket>(await Wait.ForAsync(unsubscribing, "UNSUBACK"));
    }

    private static Task<MqttPacketWithIdentifier?> Publish(OutboundPackets messages) =>
        messages.PublishAsync("t", "x"u8.ToArray(), AtLeastOnce).AsTask();

    private static bool Accept(OutboundPackets messages, ushort id) =>
        messages.TryAccept(new MqttPubAckPacket { PacketIdentifier = id, ReasonCode = MqttPubAckReasonCode.NoMatchingSubscribers });

    private OutboundPackets New() => new(
        packet =>
        {
            _sent.Add(((MqttPublishPacket)packet).PacketIdentifier);
            return Task.CompletedTask;
        },
        continueInline: true);
}
