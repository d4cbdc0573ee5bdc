using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using EdgeJobs.Protocol;
using MQTTnet.Packets;

namespace EdgeJobs.Client;

/// <summary>
/// The messages of one connection that the server has not acknowledged yet. MQTTnet's client would do this as well, with some
/// ten objects and a hand-over to the thread pool for each message; here a message's place serves the next one.
/// </summary>
/// <param name="send">Sends a packet.</param>
/// <param name="continueInline">Whether who waits for an acknowledgement goes on in the thread that receives it.</param>
internal sealed class OutboundMessages(Func<MqttPacket, Task> send, bool continueInline)
{
    /// <summary>The first packet id of messages: MQTTnet counts those of SUBSCRIBE up from 1.</summary>
    private const int FirstId = 0x8000;

    private readonly Lock _gate = new();
    private readonly List<Place> _places = [];
    private Place? _free;
    private volatile bool _isClosed;

    /// <summary>Publishes, and waits for the acknowledgement if there will be one.</summary>
    /// <returns>The acknowledgement; null of QoS 0.</returns>
    /// <exception cref="IOException">The connection is lost.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<MqttPubAckPacket?> PublishAsync(string topic, ReadOnlyMemory<byte> payload, PublishOptions options)
    {
        Place place = Take();
        try
        {
            PublishPacket.Fill(place.Packet, topic, payload, options);
            if (options.QualityOfService == QualityOfService.AtMostOnce)
            {
                place.Packet.PacketIdentifier = 0;
                await send(place.Packet).ConfigureAwait(false);
                return null;
            }

            place.Packet.PacketIdentifier = place.Id;
            place.Begin(continueInline);
            if (_isClosed)
            {
                // Closed before there was something to fail.
                place.Fail();
            }

            Task sending = send(place.Packet);
            if (!sending.IsCompletedSuccessfully)
            {
                await sending.ConfigureAwait(false);
            }

            return await place.Acknowledged.ConfigureAwait(false);
        }
        finally
        {
            Return(place);
        }
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

    /// <summary>The connection is gone: no acknowledgement will come.</summary>
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

            Place place = new((ushort)(FirstId + _places.Count));
            _places.Add(place);
            return place;
        }
    }

    private void Return(Place place)
    {
        place.End();
        lock (_gate)
        {
            place.NextFree = _free;
            _free = place;
        }
    }

    /// <summary>A message on its way, one after the other.</summary>
    private sealed class Place(ushort id) : IValueTaskSource<MqttPubAckPacket>
    {
        private const int Idle = 0;
        private const int Waiting = 1;
        private ManualResetValueTaskSourceCore<MqttPubAckPacket> _wait;
        private int _state;

        public ushort Id { get; } = id;

        public MqttPublishPacket Packet { get; } = new();

        public Place? NextFree { get; set; }

        public ValueTask<MqttPubAckPacket> Acknowledged => new(this, _wait.Version);

        public void Begin(bool continueInline)
        {
            _wait.Reset();
            _wait.RunContinuationsAsynchronously = !continueInline;
            Volatile.Write(ref _state, Waiting);
        }

        public bool TryEnd(MqttPubAckPacket acknowledgement)
        {
            bool isFirst = Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting;
            if (isFirst)
            {
                _wait.SetResult(acknowledgement);
            }

            return isFirst;
        }

        public void End() => Volatile.Write(ref _state, Idle);

        public void Fail()
        {
            if (Interlocked.CompareExchange(ref _state, Idle, Waiting) == Waiting)
            {
                _wait.RunContinuationsAsynchronously = true;
                _wait.SetException(Lost());
            }
        }

        MqttPubAckPacket IValueTaskSource<MqttPubAckPacket>.GetResult(short token) => _wait.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<MqttPubAckPacket>.GetStatus(short token) => _wait.GetStatus(token);

        void IValueTaskSource<MqttPubAckPacket>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _wait.OnCompleted(continuation, state, token, flags);
    }
}
