using EdgeJobs.Client.Tasks;
using EdgeJobs.Protocol;
using MQTTnet.Packets;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The sent packets of one connection that the server has not acknowledged: PUBLISH of QoS 1, SUBSCRIBE and UNSUBSCRIBE. A published
/// message allocates nothing: its slot is used again.
/// </summary>
/// <param name="send">Sends a packet.</param>
/// <param name="continueInline">
/// Whether continuations run on the thread that receives the acknowledgement or reports the loss of the connection.
/// </param>
internal sealed class OutboundPackets(Func<MqttPacket, Task> send, bool continueInline)
{
    /// <summary>The first packet id. Servers number their messages from 1: in a capture, ids from here on are the client's.</summary>
    private const int FirstId = 0x8000;

    private readonly Lock _gate = new();
    private readonly List<Slot> _slots = [];
    private Slot? _free;
    private bool _isClosed;
    private Exception? _cause;

    /// <summary>Publishes, and waits for the acknowledgement unless the QoS is 0. Await the result exactly once.</summary>
    /// <returns>The acknowledgement; null for QoS 0.</returns>
    /// <exception cref="IOException">The connection is lost.</exception>
    public ValueTask<MqttPacketWithIdentifier?> PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        if (options.QualityOfService == QualityOfService.AtMostOnce)
        {
            MqttPublishPacket packet = new();
            PublishPacket.Fill(packet, topic, payload, options);
            return SendAsync(null, send(packet));
        }

        Slot slot = Take();
        PublishPacket.Fill(slot.Message, topic, payload, options);
        return SendAsync(slot, slot.Message);
    }

    /// <summary>Sends SUBSCRIBE or UNSUBSCRIBE and waits for its acknowledgement.</summary>
    /// <exception cref="IOException">The connection is lost.</exception>
    public Task<MqttPacketWithIdentifier?> SendAsync(MqttPacketWithIdentifier packet) => SendAsync(Take(), packet).AsTask();

    /// <summary>Accepts an acknowledgement.</summary>
    /// <returns>False if no packet waits for it.</returns>
    public bool TryAccept(MqttPacketWithIdentifier acknowledgement)
    {
        Slot? slot = null;
        lock (_gate)
        {
            int index = acknowledgement.PacketIdentifier - FirstId;
            if (index >= 0 && index < _slots.Count)
            {
                slot = _slots[index];
            }
        }

        return slot is not null && slot.TryEnd(acknowledgement);
    }

    /// <summary>The connection is lost: fails all packets. Call it without locks, as continuations may run on this thread.</summary>
    /// <param name="cause">Why; null if this side closed it.</param>
    public void Close(Exception? cause = null)
    {
        Slot[] slots;
        lock (_gate)
        {
            _isClosed = true;
            _cause ??= cause;
            slots = [.. _slots];
        }

        foreach (Slot slot in slots)
        {
            slot.Fail();
        }
    }

    private ValueTask<MqttPacketWithIdentifier?> SendAsync(Slot slot, MqttPacketWithIdentifier packet)
    {
        packet.PacketIdentifier = slot.Id;
        slot.Sent = packet;
        Task sending = send(packet);
        return sending.IsCompletedSuccessfully ? slot.Task : SendAsync(slot, sending);
    }

    private static async ValueTask<MqttPacketWithIdentifier?> SendAsync(Slot? slot, Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch
        {
            slot?.GiveUp();
            throw;
        }

        return slot is null ? null : await slot.Task.ConfigureAwait(false);
    }

    private IOException Lost() => new("the connection is lost", _cause);

    private Slot Take()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw Lost();
            }

            Slot? slot = _free;
            if (slot is null)
            {
                slot = new Slot(this, (ushort)(FirstId + _slots.Count), continueInline);
                _slots.Add(slot);
            }

            _free = slot.NextFree;
            slot.Begin();
            return slot;
        }
    }

    private void Return(Slot slot)
    {
        lock (_gate)
        {
            slot.NextFree = _free;
            _free = slot;
        }
    }

    /// <summary>A packet that waits for its acknowledgement. It is free again once its result was awaited.</summary>
    private sealed class Slot(OutboundPackets packets, ushort id, bool continueInline) : Completion<MqttPacketWithIdentifier?>
    {
        private const int Idle = 0;
        private const int Waiting = 1;
        private int _state;

        public ushort Id { get; } = id;

        /// <summary>The packet of this slot's messages.</summary>
        public MqttPublishPacket Message => field ??= new();

        /// <summary>The packet that waits.</summary>
        public MqttPacketWithIdentifier? Sent { get; set; }

        public Slot? NextFree { get; set; }

        public void Begin()
        {
            Reset();
            NextFree = null;
            Sent = null;
            Volatile.Write(ref _state, Waiting);
        }

        public bool TryEnd(MqttPacketWithIdentifier acknowledgement)
        {
            bool isAnswer = (Sent, acknowledgement) is (MqttPublishPacket, MqttPubAckPacket) or (MqttSubscribePacket, MqttSubAckPacket)
                or (MqttUnsubscribePacket, MqttUnsubAckPacket) && TryStop();
            if (isAnswer)
            {
                SetResult(acknowledgement, continueInline);
            }

            return isAnswer;
        }

        public void Fail()
        {
            if (TryStop())
            {
                SetException(packets.Lost(), continueInline);
            }
        }

        /// <summary>The packet was not sent, and its result will not be awaited.</summary>
        public void GiveUp()
        {
            Volatile.Write(ref _state, Idle);
            packets.Return(this);
        }

        protected override void OnAwaited() => packets.Return(this);

        private bool TryStop() => Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting;
    }
}
