using System.Diagnostics.CodeAnalysis;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>How a request ended, with the service's reply where there is one.</summary>
/// <typeparam name="TAccepted">The reply when the service accepts.</typeparam>
/// <typeparam name="TRejected">The reply when it rejects.</typeparam>
/// <param name="Status">How it ended.</param>
/// <param name="Payload">The reply as it came, for its view; it can be read, unless the status says otherwise. Empty when there is none.</param>
/// <param name="Reason">One line for the operator when there is no reply that can be read; empty otherwise.</param>
public readonly record struct Reply<TAccepted, TRejected>(ReplyStatus Status, ReadOnlyMemory<byte> Payload, string Reason)
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>
{
    /// <summary>What the reply is acknowledged with, where the caller has undertaken that; otherwise it does nothing.</summary>
    public MessageReceipt Receipt { get; init; }

    /// <summary>The reply, when <see cref="Status"/> is <see cref="ReplyStatus.Accepted"/>. Made of the payload each time: keep it.</summary>
    public TAccepted? Accepted => IsAccepted && TAccepted.TryRead(Payload, out TAccepted? accepted, out _) ? accepted : null;

    /// <summary>The reply, when <see cref="Status"/> is <see cref="ReplyStatus.Rejected"/>. Made of the payload each time: keep it.</summary>
    public TRejected? Rejected => IsRejected && TRejected.TryRead(Payload, out TRejected? rejected, out _) ? rejected : null;

    /// <summary>True when the service accepted the request.</summary>
    [MemberNotNullWhen(true, nameof(Accepted))]
    public bool IsAccepted => Status == ReplyStatus.Accepted;

    /// <summary>True when the service rejected the request.</summary>
    [MemberNotNullWhen(true, nameof(Rejected))]
    public bool IsRejected => Status == ReplyStatus.Rejected;

    internal static Reply<TAccepted, TRejected> Failed(ReplyStatus status, string reason) => new(status, ReadOnlyMemory<byte>.Empty, reason);
}
