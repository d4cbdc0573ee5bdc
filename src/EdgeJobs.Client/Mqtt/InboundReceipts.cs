using System.Runtime.CompilerServices;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The received messages of one connection that are not yet acknowledged. They are acknowledged in the order of their arrival, as MQTT
/// requires. Exception: if an unacknowledged message delays the others for long, or half of the capacity is in use, the others are
/// acknowledged before it. Otherwise the server would send nothing more.
/// </summary>
/// <param name="capacity">How many messages may be unacknowledged at once.</param>
/// <param name="send">Sends an acknowledgement.</param>
internal sealed class InboundReceipts(int capacity, Func<ushort, Task> send)
{
    private readonly Lock _gate = new();
    private readonly Entry[] _entries = new Entry[capacity];
    private int _count;
    private long _last;
    private bool _isSending;
    private bool _isClosed;
    private Task _sending = Task.CompletedTask;

    /// <summary>Registers a message.</summary>
    /// <param name="packetId">Its packet id.</param>
    /// <returns>Its receipt; null if the server has exceeded the number of unacknowledged messages.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<MessageReceipt?> AddAsync(ushort packetId)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_count < _entries.Length)
                {
                    // Also after the connection was closed; the receipt then does nothing.
                    _entries[_count++] = new Entry(++_last, packetId, false);
                    return new MessageReceipt(this, _last);
                }

                if (!_isSending && IndexOfNext(overtake: false) < 0)
                {
                    return null;
                }
            }

            await SendAsync().ConfigureAwait(false);
            await Task.Yield();
        }
    }

    /// <summary>Acknowledges a message, as soon as those before it are acknowledged.</summary>
    public void Acknowledge(long number)
    {
        lock (_gate)
        {
            int index = 0;
            while (index < _count && _entries[index].Number != number)
            {
                index++;
            }

            if (index == _count)
            {
                return;
            }

            _entries[index] = _entries[index] with { IsDone = true };
        }

        _ = SendAsync();
    }

    /// <summary>Sends all acknowledgements that can be sent now.</summary>
    /// <param name="overtake">True to skip messages that are not yet acknowledged.</param>
    /// <returns>
    /// Completes when they are sent. The receiver awaits it, so that acknowledgements do not pile up if the server does not read them.
    /// </returns>
    public Task SendAsync(bool overtake = false)
    {
        lock (_gate)
        {
            if (_isSending || IndexOfNext(overtake) < 0)
            {
                return _sending;
            }

            _isSending = true;
        }

        Task sending = SendAllAsync(overtake);
        lock (_gate)
        {
            _sending = sending;
        }

        return sending;
    }

    /// <summary>The connection is lost: pending acknowledgements are dropped.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            _count = 0;
        }
    }

    private async Task SendAllAsync(bool overtake)
    {
        while (TryTake(overtake, out ushort packetId))
        {
            try
            {
                await send(packetId).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The connection is lost; its receiver detects that as well.
                Close();
            }
        }
    }

    private bool TryTake(bool overtake, out ushort packetId)
    {
        lock (_gate)
        {
            int index = IndexOfNext(overtake);
            if (index < 0)
            {
                packetId = 0;
                _isSending = false;
                return false;
            }

            packetId = _entries[index].PacketId;
            _count--;
            Array.Copy(_entries, index + 1, _entries, index, _count - index);
            return true;
        }
    }

    private int IndexOfNext(bool overtake)
    {
        int end = _isClosed ? 0 : overtake || _count > _entries.Length / 2 ? _count : Math.Min(_count, 1);
        for (int i = 0; i < end; i++)
        {
            if (_entries[i].IsDone)
            {
                return i;
            }
        }

        return -1;
    }

    private readonly record struct Entry(long Number, ushort PacketId, bool IsDone);
}
