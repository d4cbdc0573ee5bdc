using EdgeJobs.Client.Mqtt;

namespace EdgeJobs.Client;

/// <summary>
/// Acknowledges a received message. Until then the server counts it as undelivered, and resends it after a loss of the connection if it
/// keeps the session. For QoS 0, and after the connection is closed, a receipt does nothing.
/// </summary>
public readonly record struct MessageReceipt
{
    private readonly InboundReceipts? _receipts;
    private readonly long _number;

    internal MessageReceipt(InboundReceipts receipts, long number)
    {
        _receipts = receipts;
        _number = number;
    }

    /// <summary>Acknowledges the message. Thread-safe; a second call does nothing. Never blocks, never throws.</summary>
    public void Acknowledge() => _receipts?.Acknowledge(_number);
}
