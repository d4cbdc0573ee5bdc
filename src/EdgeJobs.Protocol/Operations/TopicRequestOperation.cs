namespace EdgeJobs.Protocol;

/// <summary>
/// A request whose replies carry no token. The topic alone matches a reply with its request, so only one request per topic can be pending.
/// </summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TAccepted">The reply if the request is accepted.</typeparam>
/// <typeparam name="TRejected">The reply if it is rejected.</typeparam>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the request, and of the subscription to its replies.</param>
/// <param name="requestChannel">The channel that the request is published to.</param>
/// <param name="acceptedChannel">The channel of the reply if the request is accepted.</param>
/// <param name="rejectedChannel">The channel of the reply if it is rejected; 0 if the operation has none.</param>
/// <param name="replyFilters">The topic filters of the replies, with parameters in braces.</param>
public sealed class TopicRequestOperation<TRequest, TAccepted, TRejected>(
    string name,
    QualityOfService qualityOfService,
    int requestChannel,
    int acceptedChannel,
    int rejectedChannel,
    IReadOnlyList<string> replyFilters)
    : RequestOperation(name, qualityOfService, requestChannel, acceptedChannel, rejectedChannel, replyFilters)
    where TRequest : class, IMessage<TRequest>
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>
{
    /// <summary>No member: empty.</summary>
    /// <param name="channel">One of the operation's two reply channels.</param>
    public override ReadOnlySpan<byte> CorrelationMember(int channel) => [];
}
