using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>A request that this side answers.</summary>
/// <typeparam name="TRequest">The payload.</typeparam>
/// <param name="topic">The topic, for the generated matcher.</param>
/// <param name="message">The payload.</param>
/// <param name="properties">The MQTT 5 properties.</param>
public sealed class ReceivedRequest<TRequest>(string topic, TRequest message, MessageProperties properties)
    where TRequest : class, IMessage<TRequest>
{
    /// <summary>The topic, for the generated matcher.</summary>
    public string Topic { get; } = topic;

    /// <summary>The payload.</summary>
    public TRequest Message { get; } = message;

    /// <summary>The MQTT 5 properties.</summary>
    public MessageProperties Properties { get; } = properties;
}
