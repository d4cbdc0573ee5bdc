namespace EdgeJobs.Protocol;

/// <summary>
/// A request whose replies carry no token: which request a reply belongs to is told by its topic alone, so that one request at
/// a time can be under way on each topic.
/// </summary>
/// <typeparam name="TRequest">What is published.</typeparam>
/// <typeparam name="TAccepted">What comes back when the request is accepted.</typeparam>
/// <typeparam name="TRejected">What comes back when it is rejected.</typeparam>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the request, and of the subscription to its replies.</param>
/// <param name="requestChannel">The channel that the request is published to.</param>
/// <param name="acceptedChannel">The channel of the reply when the request is accepted.</param>
/// <param name="rejectedChannel">The channel of the reply when it is rejected, or 0 when the operation has none.</param>
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
