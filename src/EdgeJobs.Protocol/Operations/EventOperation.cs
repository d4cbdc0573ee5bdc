namespace EdgeJobs.Protocol;

/// <summary>A message that is sent or received without a reply, as the spec declares it.</summary>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the message or of the subscription to it.</param>
/// <param name="channel">The channel of the message.</param>
/// <param name="isSent">True when the device publishes it, false when the device receives it.</param>
public abstract class EventOperation(string name, QualityOfService qualityOfService, int channel, bool isSent)
{
    /// <summary>The operation's name in the spec.</summary>
    public string Name { get; } = name;

    /// <summary>The QoS of the message or of the subscription to it.</summary>
    public QualityOfService QualityOfService { get; } = qualityOfService;

    /// <summary>The channel of the message: a value of the generated channel enum.</summary>
    public int Channel { get; } = channel;

    /// <summary>True when the device publishes it, false when the device receives it.</summary>
    public bool IsSent { get; } = isSent;

    /// <summary>The broker keeps the message for those who subscribe later. Of a received message it says what the sender does.</summary>
    public bool Retain { get; init; }

    /// <summary>How long the broker holds the message for a receiver that is away, in whole seconds; null for no limit (MQTT 5 only).</summary>
    public TimeSpan? MessageExpiry { get; init; }

    /// <summary>How the message is published.</summary>
    public PublishOptions PublishOptions => new(QualityOfService, Retain, MessageExpiry);
}

/// <summary>A message without a reply, with the type of its payload.</summary>
/// <typeparam name="TEvent">The payload.</typeparam>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the message or of the subscription to it.</param>
/// <param name="channel">The channel of the message.</param>
/// <param name="isSent">True when the device publishes it, false when the device receives it.</param>
public sealed class EventOperation<TEvent>(string name, QualityOfService qualityOfService, int channel, bool isSent)
    : EventOperation(name, qualityOfService, channel, isSent)
    where TEvent : class, IMessage<TEvent>;
