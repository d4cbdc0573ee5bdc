namespace EdgeJobs.Protocol;

/// <summary>A message of the spec that is sent or received without a reply.</summary>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the message or of the subscription to it.</param>
/// <param name="channel">The channel of the message.</param>
/// <param name="isSent">True if the device publishes it, false if the device receives it.</param>
public abstract class EventOperation(string name, QualityOfService qualityOfService, int channel, bool isSent)
{
    /// <summary>The operation's name in the spec.</summary>
    public string Name { get; } = name;

    /// <summary>The QoS of the message or of the subscription to it.</summary>
    public QualityOfService QualityOfService { get; } = qualityOfService;

    /// <summary>The channel of the message: a value of the generated channel enum.</summary>
    public int Channel { get; } = channel;

    /// <summary>True if the device publishes it, false if the device receives it.</summary>
    public bool IsSent { get; } = isSent;

    /// <summary>Whether the broker keeps the message for later subscribers. For a received message, what its sender does.</summary>
    public bool Retain { get; init; }

    /// <summary>How long the broker keeps the message for an offline receiver, in whole seconds; null for no limit (MQTT 5 only).</summary>
    public TimeSpan? MessageExpiry { get; init; }

    /// <summary>How the message is published.</summary>
    public PublishOptions PublishOptions => new(QualityOfService, Retain, MessageExpiry);
}

/// <summary>A message without a reply, with the type of its payload.</summary>
/// <typeparam name="TEvent">The payload.</typeparam>
/// <param name="name">The operation's name in the spec.</param>
/// <param name="qualityOfService">The QoS of the message or of the subscription to it.</param>
/// <param name="channel">The channel of the message.</param>
/// <param name="isSent">True if the device publishes it, false if the device receives it.</param>
public sealed class EventOperation<TEvent>(string name, QualityOfService qualityOfService, int channel, bool isSent)
    : EventOperation(name, qualityOfService, channel, isSent)
    where TEvent : class, IMessage<TEvent>;
