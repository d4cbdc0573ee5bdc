using System.Threading.Tasks.Sources;
using EdgeJobs.Protocol;
using MQTTnet.Packets;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The messages of one connection that the server has not acknowledged yet. MQTTnet's client would do this as well, with some
/// ten objects and a hand-over to the thread pool for each message; here a message's place serves the next one.
/// </summary>
/// <param name="send">Sends a packet.</param>
/// <param name="continueInline">Whether who waits for an acknowledgement goes on in the thread that receives it, or that tells of the loss of the connection.</param>
internal sealed class OutboundMessages(Func<MqttPacket, Task> send, bool continueInline)
{
    /// <summary>The first packet id of messages: MQTTnet counts those of SUBSCRIBE up from 1.</summary>
    private const int FirstId = 0x8000;

    private readonly Lock _gate = new();
    private readonly List<Place> _places = [];
    private Place? _free;
    private volatile bool _isClosed;

    /// <summary>Publishes, and waits for the acknowledgement if there will be one. To be awaited once.</summary>
    /// <returns>The acknowledgement; null of QoS 0.</returns>
    /// <exception cref="IOException">The connection is lost.</exception>
    public ValueTask<MqttPubAckPacket?> PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        Place place = Take();
        bool isAcknowledged = options.QualityOfService != QualityOfService.AtMostOnce;
        PublishPacket.Fill(place.Packet, topic, payload, options);
        place.Packet.PacketIdentifier = isAcknowledged ? place.Id : (ushort)0;
        place.Begin(continueInline);
        if (!isAcknowledged)
        {
            place.EndWithout();
        }
        else if (_isClosed)
        {
            // Closed before there was something to fail.
            place.Fail();
        }

        Task sending = send(place.Packet);
        return sending.IsCompletedSuccessfully ? place.Wait : SendAsync(place, sending);
    }

    /// <summary>An acknowledgement has come.</summary>
    /// <returns>False when no message waits for it.</returns>
    public bool TryAccept(MqttPubAckPacket acknowledgement)
    {
        Place? place = null;
        lock (_gate)
        {
            int index = acknowledgement.PacketIdentifier - FirstId;
            if (index >= 0 && index < _places.Count)
            {
                place = _places[index];
            }
        }

        return place is not null && place.TryEnd(acknowledgement);
    }

    /// <summary>The connection is gone: no acknowledgement will come. To be called without locks: who waits may go on in this thread.</summary>
    public void Close()
    {
        Place[] places;
        lock (_gate)
        {
            _isClosed = true;
            places = [.. _places];
        }

        foreach (Place place in places)
        {
            place.Fail();
        }
    }

    private static async ValueTask<MqttPubAckPacket?> SendAsync(Place place, Task sending)
    {
        try
        {
            await sending.ConfigureAwait(false);
        }
        catch
        {
            place.GiveUp();
            throw;
        }

        return await place.Wait.ConfigureAwait(false);
    }

    private static IOException Lost() => new("the connection is lost");

    private Place Take()
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

            Place place = new(this, (ushort)(FirstId + _places.Count));
            _places.Add(place);
            return place;
        }
    }

    private void Return(Place place)
    {
        lock (_gate)
        {
            place.NextFree = _free;
            _free = place;
        }
    }

    /// <summary>A message on its way, one after the other. It is free for the next when its end was awaited.</summary>
    private sealed class Place(OutboundMessages messages, ushort id) : IValueTaskSource<MqttPubAckPacket?>
    {
        private const int Idle = 0;
        private const int Waiting = 1;
        private ManualResetValueTaskSourceCore<MqttPubAckPacket?> _wait;
        private int _state;

        public ushort Id { get; } = id;

        public MqttPublishPacket Packet { get; } = new();

        public Place? NextFree { get; set; }

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
