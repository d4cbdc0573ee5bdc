using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Receipts of messages whose effect could not be journaled. They are acknowledged after the next successful write: the state machine has
/// given up what the journal lacks by then, and requests it again.
/// </summary>
internal sealed class PendingReceipts
{
    /// <summary>How many are kept; well below what the broker sends before the first acknowledgement.</summary>
    public const int Capacity = 4;

    private readonly Queue<MessageReceipt> _receipts = new(Capacity);

    /// <summary>Keeps a receipt. If there are too many, the oldest one is acknowledged.</summary>
    public void Add(MessageReceipt receipt)
    {
        if (_receipts.Count == Capacity)
        {
            _receipts.Dequeue().Acknowledge();
        }

        _receipts.Enqueue(receipt);
    }

    public void AcknowledgeAll()
    {
        while (_receipts.TryDequeue(out MessageReceipt receipt))
        {
            receipt.Acknowledge();
        }
    }
}
