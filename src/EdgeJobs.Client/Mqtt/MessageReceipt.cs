using EdgeJobs.Client.Mqtt;

namespace EdgeJobs.Client;

/// <summary>
/// What a received message is acknowledged with. Until then the server counts it as undelivered: it sends it again after a
/// loss of the connection if it keeps the session. Of QoS 0, and of a connection that is gone, a receipt does nothing.
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

    /// <summary>Acknowledges the message. From any thread; a second time does nothing. Never waits and never throws.</summary>
    public void Acknowledge() => _receipts?.Acknowledge(_number);
}
