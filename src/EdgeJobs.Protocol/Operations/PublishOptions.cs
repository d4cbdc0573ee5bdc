namespace EdgeJobs.Protocol;

/// <summary>How a message is published: the MQTT binding of an operation in the spec, and MQTT 5 properties.</summary>
/// <param name="QualityOfService">The delivery guarantee.</param>
/// <param name="Retain">Whether the broker keeps the message for later subscribers.</param>
/// <param name="MessageExpiry">
/// How long the broker keeps the message for an offline receiver, in whole seconds; null for no limit. MQTT 3.1.1 has no such limit.
/// </param>
public readonly record struct PublishOptions(QualityOfService QualityOfService, bool Retain = false, TimeSpan? MessageExpiry = null)
{
    /// <summary>The MQTT 5 properties of the message; null for none.</summary>
    public MessageProperties? Properties { get; init; }

    /// <summary>These options with the properties that distinguish a message from others of its operation.</summary>
    /// <param name="message">The message.</param>
    public PublishOptions For(IMessage message) =>
        message.PropertiesToSend is { } own && own != MessageProperties.None ? this with { Properties = own } : this;
}
