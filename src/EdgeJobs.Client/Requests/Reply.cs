using System.Diagnostics.CodeAnalysis;
using EdgeJobs.Client.Requests;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>The result of a request, with the service's reply if there is one.</summary>
/// <typeparam name="TAccepted">The reply if the service accepts.</typeparam>
/// <typeparam name="TRejected">The reply if it rejects.</typeparam>
/// <param name="Status">The status.</param>
/// <param name="Payload">The received reply, for its view. It was read once, see the status; empty if there is none.</param>
/// <param name="Reason">One line for the operator if there is no valid reply; otherwise empty.</param>
public readonly record struct Reply<TAccepted, TRejected>(ReplyStatus Status, ReadOnlyMemory<byte> Payload, string Reason)
    where TRejected : class, IMessage<TRejected>
{
    /// <summary>Acknowledges the reply if <see cref="RequestClient.AcknowledgesManually"/> is set; otherwise does nothing.</summary>
    public MessageReceipt Receipt { get; init; }

    /// <summary>The reply if <see cref="Status"/> is <see cref="ReplyStatus.Accepted"/>.</summary>
    public TAccepted? Accepted { get; private init; }

    /// <summary>The reply if <see cref="Status"/> is <see cref="ReplyStatus.Rejected"/>.</summary>
    public TRejected? Rejected { get; private init; }

    /// <summary>True if the service accepted the request.</summary>
    [MemberNotNullWhen(true, nameof(Accepted))]
    public bool IsAccepted => Status == ReplyStatus.Accepted;

    /// <summary>True if the service rejected the request.</summary>
    [MemberNotNullWhen(true, nameof(Rejected))]
    public bool IsRejected => Status == ReplyStatus.Rejected;

    internal static Reply<TAccepted, TRejected> Failed(ReplyStatus status, string reason) =>
        new(status, ReadOnlyMemory<byte>.Empty, reason);

    /// <summary>Reads a received reply, and keeps the reason of one that there is not.</summary>
    internal static Reply<TAccepted, TRejected> Read(ReceivedReply received, string operation, ReplyReader<TAccepted> reader)
    {
        TAccepted? accepted = default;
        TRejected? rejected = null;
        CodecError error = default;
        MessageProperties properties = received.Properties ?? MessageProperties.None;
        bool isRead = received.Status switch
        {
            ReplyStatus.Accepted => reader(received.Payload, properties, out accepted, out error),
            ReplyStatus.Rejected => TRejected.TryRead(received.Payload, properties, out rejected, out error),
            _ => true,
        };
        return new(
            isRead ? received.Status : ReplyStatus.Undecodable,
            received.Payload,
            isRead ? received.Reason : $"the reply to {operation} can't be read: {error}")
        {
            Accepted = isRead ? accepted : default,
            Rejected = rejected,
            Receipt = received.Receipt,
        };
    }
}
