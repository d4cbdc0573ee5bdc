namespace EdgeJobs.Protocol;

/// <summary>A request of the spec that this side receives and answers.</summary>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the subscription to requests, and of the replies.</param>
/// <param name="requestChannel">The channel of the request.</param>
/// <param name="acceptedChannel">The channel of the reply if the request is accepted.</param>
/// <param name="rejectedChannel">The channel of the reply if it is rejected; 0 if the operation has none.</param>
public abstract class AnswerOperation(
    string name, QualityOfService qualityOfService, int requestChannel, int acceptedChannel, int rejectedChannel)
{
    /// <summary>The operation's name in the spec.</summary>
    public string Name { get; } = name;

    /// <summary>The QoS of the subscription to requests, and of the replies.</summary>
    public QualityOfService QualityOfService { get; } = qualityOfService;

    /// <summary>The channel of the request: a value of the generated channel enum.</summary>
    public int RequestChannel { get; } = requestChannel;

    /// <summary>The channel of the reply if the request is accepted.</summary>
    public int AcceptedChannel { get; } = acceptedChannel;

    /// <summary>The channel of the reply if the request is rejected; 0 if the operation has none.</summary>
    public int RejectedChannel { get; } = rejectedChannel;

    /// <summary>Where the request carries the token that the reply repeats; nowhere if there is none.</summary>
    public MessageLocation RequestToken { get; init; }

    /// <summary>Where the reply to an accepted request carries the token.</summary>
    public MessageLocation AcceptedToken { get; init; }

    /// <summary>Where the reply to a rejected request carries the token.</summary>
    public MessageLocation RejectedToken { get; init; }

    /// <summary>Where the request names the topic of its reply; nowhere if the reply has a channel with an address.</summary>
    public MessageLocation ReplyAddress { get; init; }
}

/// <summary>A request that this side answers, with the types of its payload and of its replies' payloads.</summary>
/// <typeparam name="TRequest">The request.</typeparam>
/// <typeparam name="TAccepted">The reply if the request is accepted.</typeparam>
/// <typeparam name="TRejected">The reply if it is rejected; the same as the other if the operation has none.</typeparam>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the subscription to requests, and of the replies.</param>
/// <param name="requestChannel">The channel of the request.</param>
/// <param name="acceptedChannel">The channel of the reply if the request is accepted.</param>
/// <param name="rejectedChannel">The channel of the reply if it is rejected; 0 if the operation has none.</param>
public sealed class AnswerOperation<TRequest, TAccepted, TRejected>(
    string name, QualityOfService qualityOfService, int requestChannel, int acceptedChannel, int rejectedChannel)
    : AnswerOperation(name, qualityOfService, requestChannel, acceptedChannel, rejectedChannel)
    where TRequest : class, IMessage<TRequest>
    where TAccepted : class, IMessage<TAccepted>
    where TRejected : class, IMessage<TRejected>;
