using System.Diagnostics.CodeAnalysis;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>The result of a request, with the service's reply if there is one.</summary>
/// <typeparam name="TAccepted">The reply if the service accepts.</typeparam>
/// <typeparam name="TRejected">The reply if it rejects.</typeparam>
/// <param name="Status">The status.</param>
/// <param name="Payload">The received reply, for its view. Valid unless the status says otherwise; empty if there is none.</param>
/// <param name="Reason">One line for the operator if there is no valid reply; otherwise empty.</param>
public readonly record struct Reply<TAccepted, TRejected>(ReplyStatus Status, ReadOnlyMemory<byte> Payload, string Reason)
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>
{
    /// <summary>Acknowledges the reply if <see cref="RequestClient.AcknowledgesManually"/> is set; otherwise does nothing.</summary>
    public MessageReceipt Receipt { get; init; }

    /// <summary>The reply if <see cref="Status"/> is <see cref="ReplyStatus.Accepted"/>. Each call decodes the payload.</summary>
    public TAccepted? Accepted => IsAccepted && TAccepted.TryRead(Payload, out TAccepted? accepted, out _) ? accepted : null;

    /// <summary>The reply if <see cref="Status"/> is <see cref="ReplyStatus.Rejected"/>. Each call decodes the payload.</summary>
    public TRejected? Rejected => IsRejected && TRejected.TryRead(Payload, out TRejected? rejected, out _) ? rejected : null;

    /// <summary>True if the service accepted the request.</summary>
    [MemberNotNullWhen(true, nameof(Accepted))]
    public bool IsAccepted => Status == ReplyStatus.Accepted;

    /// <summary>True if the service rejected the request.</summary>
    [MemberNotNullWhen(true, nameof(Rejected))]
    public bool IsRejected => Status == ReplyStatus.Rejected;

    internal static Reply<TAccepted, TRejected> Failed(ReplyStatus status, string reason) =>
        new(status, ReadOnlyMemory<byte>.Empty, reason);
}
