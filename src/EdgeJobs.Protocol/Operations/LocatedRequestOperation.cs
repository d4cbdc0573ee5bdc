namespace EdgeJobs.Protocol;

/// <summary>
/// A request whose token is in MQTT 5 properties, or in a member that is nested or not a string; or whose reply comes on a topic that the
/// request names.
/// </summary>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the request, and of the subscription to its replies.</param>
/// <param name="requestChannel">The channel that the request is published to.</param>
/// <param name="acceptedChannel">The channel of the reply if the request is accepted.</param>
/// <param name="rejectedChannel">The channel of the reply if it is rejected; 0 if the operation has none.</param>
/// <param name="replyFilters">The topic filters of the replies, with parameters in braces; empty if the request names their topic.</param>
public abstract class LocatedRequestOperation(
    string name,
    QualityOfService qualityOfService,
    int requestChannel,
    int acceptedChannel,
    int rejectedChannel,
    IReadOnlyList<string> replyFilters)
    : RequestOperation(name, qualityOfService, requestChannel, acceptedChannel, rejectedChannel, replyFilters)
{
    /// <summary>Where the request carries its token.</summary>
    public MessageLocation RequestToken { get; init; }

    /// <summary>Where the reply to an accepted request carries the token; nowhere if its topic is enough.</summary>
    public MessageLocation AcceptedToken { get; init; }

    /// <summary>Where the reply to a rejected request carries the token.</summary>
    public MessageLocation RejectedToken { get; init; }

    /// <summary>Where the request names the topic of its reply; nowhere if the reply has a channel with an address.</summary>
    public MessageLocation ReplyAddress { get; init; }

    /// <summary>Whether the reply comes on a topic that the request names.</summary>
    public bool HasDynamicReply => ReplyAddress.Kind != MessageLocationKind.None;

    /// <summary>No member of every reply: empty.</summary>
    /// <param name="channel">One of the operation's two reply channels.</param>
    public override ReadOnlySpan<byte> CorrelationMember(int channel) => [];
}

/// <summary>A request whose token or reply topic is described by its operation, with the types of the payloads.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TAccepted">The reply if the request is accepted.</typeparam>
/// <typeparam name="TRejected">The reply if it is rejected.</typeparam>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the request, and of the subscription to its replies.</param>
/// <param name="requestChannel">The channel that the request is published to.</param>
/// <param name="acceptedChannel">The channel of the reply if the request is accepted.</param>
/// <param name="rejectedChannel">The channel of the reply if it is rejected; 0 if the operation has none.</param>
/// <param name="replyFilters">The topic filters of the replies, with parameters in braces; empty if the request names their topic.</param>
public sealed class LocatedRequestOperation<TRequest, TAccepted, TRejected>(
    string name,
    QualityOfService qualityOfService,
    int requestChannel,
    int acceptedChannel,
    int rejectedChannel,
    IReadOnlyList<string> replyFilters)
    : LocatedRequestOperation(name, qualityOfService, requestChannel, acceptedChannel, rejectedChannel, replyFilters)
    where TRequest : class, IMessage<TRequest>
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>;
