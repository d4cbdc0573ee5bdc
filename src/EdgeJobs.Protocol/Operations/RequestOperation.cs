namespace EdgeJobs.Protocol;

/// <summary>A request of the spec with its two replies.</summary>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the request, and of the subscription to its replies.</param>
/// <param name="requestChannel">The channel that the request is published to.</param>
/// <param name="acceptedChannel">The channel of the reply if the request is accepted.</param>
/// <param name="rejectedChannel">The channel of the reply if it is rejected; 0 if the operation has none.</param>
/// <param name="replyFilters">The topic filters of the replies, with parameters in braces.</param>
public abstract class RequestOperation(
    string name,
    QualityOfService qualityOfService,
    int requestChannel,
    int acceptedChannel,
    int rejectedChannel,
    IReadOnlyList<string> replyFilters)
{
    /// <summary>The operation's name in the spec.</summary>
    public string Name { get; } = name;

    /// <summary>The QoS of the request, and of the subscription to its replies.</summary>
    public QualityOfService QualityOfService { get; } = qualityOfService;

    /// <summary>The channel that the request is published to: a value of the generated channel enum.</summary>
    public int RequestChannel { get; } = requestChannel;

    /// <summary>The channel of the reply if the request is accepted.</summary>
    public int AcceptedChannel { get; } = acceptedChannel;

    /// <summary>The channel of the reply if the request is rejected; 0 if the operation has none.</summary>
    public int RejectedChannel { get; } = rejectedChannel;

    /// <summary>The name of the member that carries the token in replies on a channel, in UTF-8.</summary>
    /// <param name="channel">One of the operation's two reply channels.</param>
    /// <returns>Empty if the replies carry no token: see <see cref="TopicRequestOperation{TRequest,TAccepted,TRejected}"/>.</returns>
    public abstract ReadOnlySpan<byte> CorrelationMember(int channel);

    /// <summary>The topic filters of the replies, with parameters in braces: <c>$aws/things/{thingName}/jobs/get/+</c>.</summary>
    public IReadOnlyList<string> ReplyFilters { get; } = replyFilters;

    /// <summary>
    /// Whether a reply is that to a rejected request, if both replies come on the same topic; null if their topics distinguish them.
    /// </summary>
    public Func<ReadOnlyMemory<byte>, MessageProperties, bool>? IsRejected { get; init; }

    /// <summary>Whether the broker keeps the request for later subscribers.</summary>
    public bool Retain { get; init; }

    /// <summary>How long the broker keeps the request for an offline receiver, in whole seconds; null for no limit (MQTT 5 only).</summary>
    public TimeSpan? MessageExpiry { get; init; }

    /// <summary>How the request is published.</summary>
    public PublishOptions PublishOptions => new(QualityOfService, Retain, MessageExpiry);
}

/// <summary>A request with the types of its payload and of its replies' payloads.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TAccepted">The reply if the request is accepted.</typeparam>
/// <typeparam name="TRejected">The reply if it is rejected.</typeparam>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the request, and of the subscription to its replies.</param>
/// <param name="requestChannel">The channel that the request is published to.</param>
/// <param name="acceptedChannel">The channel of the reply if the request is accepted.</param>
/// <param name="rejectedChannel">The channel of the reply if it is rejected.</param>
/// <param name="replyFilters">The topic filters of the replies, with parameters in braces.</param>
public sealed class RequestOperation<TRequest, TAccepted, TRejected>(
    string name,
    QualityOfService qualityOfService,
    int requestChannel,
    int acceptedChannel,
    int rejectedChannel,
    IReadOnlyList<string> replyFilters)
    : RequestOperation(name, qualityOfService, requestChannel, acceptedChannel, rejectedChannel, replyFilters)
    where TRequest : class, ICorrelatedMessage<TRequest>
    where TAccepted : class, ICorrelatedMessage<TAccepted>
    where TRejected : class, ICorrelatedMessage<TRejected>
{
    /// <inheritdoc/>
    public override ReadOnlySpan<byte> CorrelationMember(int channel) =>
        channel == RejectedChannel ? TRejected.CorrelationMember : TAccepted.CorrelationMember;
}
