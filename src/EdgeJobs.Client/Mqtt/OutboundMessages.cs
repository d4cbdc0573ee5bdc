using System.Threading.Tasks.Sources;
using EdgeJobs.Protocol;
using MQTTnet.Packets;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The messages of one connection that the server has not acknowledged yet. MQTTnet's client would do this as well, with some
/// ten objects and a hand-over to the thread pool for each message; here a message's slot serves the next one.
/// </summary>
/// <param name="send">Sends a packet.</param>
/// <param name="continueInline">Whether who waits for an acknowledgement goes on in the thread that receives it, or that tells of the loss of the connection.</param>
internal sealed class OutboundMessages(Func<MqttPacket, Task> send, bool continueInline)
{
    /// <summary>The first packet id of messages: MQTTnet counts those of SUBSCRIBE up from 1.</summary>
    private const int FirstId = 0x8000;

    private readonly Lock _gate = new();
    private readonly List<PublishSlot> _slots = [];
    private PublishSlot? _free;
    private volatile bool _isClosed;

    /// <summary>Publishes, and waits for the acknowledgement if there will be one. To be awaited once.</summary>
    /// <returns>The acknowledgement; null of QoS 0.</returns>
    /// <exception cref="IOException">The connection is lost.</exception>
    public ValueTask<MqttPubAckPacket?> PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        PublishSlot slot = Take();
        bool isAcknowledged = options.QualityOfService != QualityOfService.AtMostOnce;
        PublishPacket.Fill(slot.Packet, topic, payload, options);
        slot.Packet.PacketIdentifier = isAcknowledged ? slot.Id : (ushort)0;
        slot.Begin(continueInline);
        if (!isAcknowledged)
        {
            slot.EndWithout();
        }
        else if (_isClosed)
        {
            // Closed before there was something to fail.
            slot.Fail();
        }

        Task sending = send(slot.Packet);
        return sending.IsCompletedSuccessfully ? slot.Wait : SendAsync(slot, sending);
    }

    /// <summary>An acknowledgement has come.</summary>
    /// <returns>False when no message waits for it.</returns>
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

    /// <summary>The connection is gone: no acknowledgement will come. To be called without locks: who waits may go on in this thread.</summary>
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

        return await slot.Wait.ConfigureAwait(false);
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

            PublishSlot slot = new(this, (ushort)(FirstId + _slots.Count));
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

    /// <summary>A message on its way, one after the other. It is free for the next when its end was awaited.</summary>
    private sealed class PublishSlot(OutboundMessages messages, ushort id) : IValueTaskSource<MqttPubAckPacket?>
    {
        private const int Idle = 0;
        private const int Waiting = 1;
        private ManualResetValueTaskSourceCore<MqttPubAckPacket?> _wait;
        private int _state;

        public ushort Id { get; } = id;

        public MqttPublishPacket Packet { get; } = new();

        public PublishSlot? NextFree { get; set; }

        /// <summary>The end of the message: its acknowledgement.</summary>
        public ValueTask<MqttPubAckPacket?> Wait => new(this, _wait.Version);

        public void Begin(bool continueInline)
        {
            _wait.Reset();
            _wait.RunContinuationsAsynchronously = !continueInline;
            Volatile.Write(ref _state, Waiting);
        }

        public bool TryEnd(MqttPubAckPacket acknowledgement)
        {
            bool isFirst = TryStop();
            if (isFirst)
            {
                _wait.SetResult(acknowledgement);
            }

            return isFirst;
        }

        /// <summary>There will be no acknowledgement, and none is needed.</summary>
        public void EndWithout()
        {
            Volatile.Write(ref _state, Idle);
            _wait.SetResult(null);
        }

        public void Fail()
        {
            if (TryStop())
            {
                _wait.SetException(Lost());
            }
        }

        /// <summary>It was not sent, and nobody waits for it.</summary>
        public void GiveUp()
        {
            Volatile.Write(ref _state, Idle);
            messages.Return(this);
        }

        MqttPubAckPacket? IValueTaskSource<MqttPubAckPacket?>.GetResult(short token)
        {
            try
            {
                return _wait.GetResult(token);
            }
            finally
            {
                messages.Return(this);
            }
        }

        ValueTaskSourceStatus IValueTaskSource<MqttPubAckPacket?>.GetStatus(short token) => _wait.GetStatus(token);

        void IValueTaskSource<MqttPubAckPacket?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _wait.OnCompleted(continuation, state, token, flags);

        private bool TryStop() => Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting;
    }
}
