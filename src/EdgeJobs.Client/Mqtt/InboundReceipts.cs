using System.Runtime.CompilerServices;

namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// The messages of one connection that the server waits for the acknowledgement of. They are acknowledged in the order in
/// which they came, as MQTT demands; only where one that is held back would hold up the others for long, or half of what may be
/// unacknowledged is, they overtake it: otherwise the server would send nothing more.
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

    /// <summary>Takes note of a message.</summary>
    /// <param name="packetId">The id that it is acknowledged with.</param>
    /// <returns>Its receipt, or null when the server has sent more than it may before the first is acknowledged.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<MessageReceipt?> AddAsync(ushort packetId)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_count < _entries.Length)
                {
                    // Also of a connection that was closed meanwhile; its receipt does nothing.
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

    /// <summary>Acknowledges a message, at the latest when those before it are.</summary>
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

    /// <summary>Sends what can be sent, after what is being sent.</summary>
    /// <param name="overtake">True to pass by messages that are held back.</param>
    /// <returns>Ends when that is sent: who receives waits for it, so that acknowledgements that the server does not take do not pile up.</returns>
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

    /// <summary>The connection is gone: what was not acknowledged will not be.</summary>
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
                // The connection is gone; who receives on it hears of that as well.
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
