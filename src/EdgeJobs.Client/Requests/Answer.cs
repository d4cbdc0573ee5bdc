using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>What a handler of requests decides.</summary>
/// <typeparam name="TAccepted">The reply to an accepted request.</typeparam>
/// <typeparam name="TRejected">The reply to a rejected request.</typeparam>
public sealed class Answer<TAccepted, TRejected>
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>
{
    private Answer()
    {
    }

    /// <summary>No reply: the requester's wait times out.</summary>
    public static Answer<TAccepted, TRejected> None { get; } = new();

    /// <summary>The reply if the request is accepted; otherwise null.</summary>
    public TAccepted? Accepted { get; private init; }

    /// <summary>The reply if the request is rejected; otherwise null.</summary>
    public TRejected? Rejected { get; private init; }

    /// <summary>Accepts the request.</summary>
    public static Answer<TAccepted, TRejected> Accept(TAccepted reply) => new() { Accepted = reply };

    /// <summary>Rejects the request.</summary>
    public static Answer<TAccepted, TRejected> Reject(TRejected reply) => new() { Rejected = reply };
}
