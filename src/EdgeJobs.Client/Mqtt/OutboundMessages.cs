using EdgeJobs.Client.Tasks;
using EdgeJobs.Protocol;
using MQTTnet.Packets;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The published messages of one connection that the server has not acknowledged. MQTTnet's client would allocate about ten objects and use
/// a pool thread for each message; here the slots are reused.
/// </summary>
/// <param name="send">Sends a packet.</param>
/// <param name="continueInline">
/// Whether continuations run on the thread that receives the acknowledgement or reports the loss of the connection.
/// </param>
internal sealed class OutboundMessages(Func<MqttPacket, Task> send, bool continueInline)
{
    /// <summary>The first packet id of messages; MQTTnet numbers SUBSCRIBE packets from 1.</summary>
    private const int FirstId = 0x8000;

    private readonly Lock _gate = new();
    private readonly List<PublishSlot> _slots = [];
    private PublishSlot? _free;
    private volatile bool _isClosed;

    /// <summary>Publishes, and waits for the acknowledgement unless the QoS is 0. Await the result exactly once.</summary>
    /// <returns>The acknowledgement; null for QoS 0.</returns>
    /// <exception cref="IOException">The connection is lost.</exception>
    public ValueTask<MqttPubAckPacket?> PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        PublishSlot slot = Take();
        bool isAcknowledged = options.QualityOfService != QualityOfService.AtMostOnce;
        PublishPacket.Fill(slot.Packet, topic, payload, options);
        slot.Packet.PacketIdentifier = isAcknowledged ? slot.Id : (ushort)0;
        slot.Begin();
        if (!isAcknowledged)
        {
            slot.EndWithout();
        }
        else if (_isClosed)
        {
            // Closed after the slot was taken and before it could fail.
            slot.Fail();
        }

        Task sending = send(slot.Packet);
        return sending.IsCompletedSuccessfully ? slot.Task : SendAsync(slot, sending);
    }

    /// <summary>Accepts an acknowledgement.</summary>
    /// <returns>False if no message waits for it.</returns>
    public bool TryAccept(MqttPubAckPacket acknowledgement)
    {
        PublishSlot? slot = null;
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

    /// <summary>The connection is lost: fails all messages. Call it without locks, as continuations may run on this thread.</summary>
    public void Close()
    {
        PublishSlot[] slots;
        lock (_gate)
        {
            _isClosed = true;
            slots = [.. _slots];
        }

        foreach (PublishSlot slot in slots)
        {
            slot.Fail();
        }
    }

    private static async ValueTask<MqttPubAckPacket?> SendAsync(PublishSlot slot, Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch
        {
            slot.GiveUp();
            throw;
        }

        return await slot.Task.ConfigureAwait(false);
    }

    private static IOException Lost() => new("the connection is lost");

    private PublishSlot Take()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw Lost();
            }

            if (_free is { } free)
            {
                _free = free.NextFree;
                return free;
            }

            PublishSlot slot = new(this, (ushort)(FirstId + _slots.Count), continueInline);
            _slots.Add(slot);
            return slot;
        }
    }

    private void Return(PublishSlot slot)
    {
        lock (_gate)
        {
            slot.NextFree = _free;
            _free = slot;
        }
    }

    /// <summary>A reusable pending publish. It is free again once its result was awaited.</summary>
    private sealed class PublishSlot(OutboundMessages messages, ushort id, bool continueInline) : Completion<MqttPubAckPacket?>
    {
        private const int Idle = 0;
        private const int Waiting = 1;
        private int _state;

        public ushort Id { get; } = id;

        public MqttPublishPacket Packet { get; } = new();

        public PublishSlot? NextFree { get; set; }

        public void Begin()
        {
            Reset();
            Volatile.Write(ref _state, Waiting);
        }

        public bool TryEnd(MqttPubAckPacket acknowledgement)
        {
            bool isFirst = TryStop();
            if (isFirst)
            {
                SetResult(acknowledgement, continueInline);
            }

            return isFirst;
        }

        /// <summary>Completes a message of QoS 0.</summary>
        public void EndWithout()
        {
            Volatile.Write(ref _state, Idle);
            SetResult(null, continueInline);
        }

        public void Fail()
        {
            if (TryStop())
            {
                SetException(Lost(), continueInline);
            }
        }

        /// <summary>The message was not sent, and its result will not be awaited.</summary>
        public void GiveUp()
        {
            Volatile.Write(ref _state, Idle);
            messages.Return(this);
        }

        protected override void OnAwaited() => messages.Return(this);

        private bool TryStop() => Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting;
    }
}
