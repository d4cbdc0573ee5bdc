using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>The reply to a request before it is read, or why there is none.</summary>
/// <param name="Status">Accepted or rejected by the topic of the reply; otherwise why there is none.</param>
/// <param name="Payload">The payload; empty if there is none.</param>
/// <param name="Reason">One line for the operator if there is no reply; otherwise empty.</param>
/// <param name="Receipt">Acknowledges the reply.</param>
/// <param name="Properties">The MQTT 5 properties of the reply; null if there is none.</param>
internal readonly record struct ReceivedReply(
    ReplyStatus Status,
    ReadOnlyMemory<byte> Payload = default,
    string Reason = "",
    MessageReceipt Receipt = default,
    MessageProperties? Properties = null);
