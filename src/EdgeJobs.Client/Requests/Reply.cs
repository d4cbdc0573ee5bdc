using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.Client;

/// <summary>How a request ended, with the service's reply where there is one.</summary>
/// <typeparam name="TAccepted">The reply when the service accepts.</typeparam>
/// <typeparam name="TRejected">The reply when it rejects.</typeparam>
/// <param name="Status">How it ended.</param>
/// <param name="Accepted">The reply, when <paramref name="Status"/> is <see cref="ReplyStatus.Accepted"/>.</param>
/// <param name="Rejected">The reply, when <paramref name="Status"/> is <see cref="ReplyStatus.Rejected"/>.</param>
/// <param name="Reason">One line for the operator when there is no reply; empty otherwise.</param>
public readonly record struct Reply<TAccepted, TRejected>(ReplyStatus Status, TAccepted? Accepted, TRejected? Rejected, string Reason)
    where TAccepted : class
    where TRejected : class
{
    /// <summary>What the reply is acknowledged with, where the caller has undertaken that; otherwise it does nothing.</summary>
    public MessageReceipt Receipt { get; init; }

    /// <summary>True when the service accepted the request.</summary>
    [MemberNotNullWhen(true, nameof(Accepted))]
    public bool IsAccepted => Status == ReplyStatus.Accepted;

    /// <summary>True when the service rejected the request.</summary>
    [MemberNotNullWhen(true, nameof(Rejected))]
    public bool IsRejected => Status == ReplyStatus.Rejected;

    internal static Reply<TAccepted, TRejected> Without(ReplyStatus status, string reason) => new(status, null, null, reason);
}
