using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The messages whose effect the journal could not take. They are acknowledged when it can be written again: what it lacks
/// by then was given up, and is asked for anew.
/// </summary>
internal sealed class PendingReceipts
{
    /// <summary>How many are held back at most; well below what the server sends before the first is acknowledged.</summary>
    public const int Capacity = 4;

    private readonly Queue<MessageReceipt> _held = new(Capacity);

    /// <summary>Holds a message back. The one held back longest is acknowledged when there are too many.</summary>
    public void Add(MessageReceipt receipt)
    {
        if (_held.Count == Capacity)
        {
            _held.Dequeue().Acknowledge();
        }

        _held.Enqueue(receipt);
    }

    /// <summary>Acknowledges all.</summary>
    public void Release()
    {
        while (_held.TryDequeue(out MessageReceipt receipt))
        {
            receipt.Acknowledge();
        }
    }
}
