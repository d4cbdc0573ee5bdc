using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>A received message of an event feed, before its topic is taken apart.</summary>
/// <typeparam name="TMessage">The payload.</typeparam>
/// <param name="Topic">The topic.</param>
/// <param name="Message">The payload.</param>
/// <param name="Properties">The properties of MQTT 5.</param>
/// <param name="Receipt">Acknowledges it if <see cref="ServiceClientOptions.AcknowledgesManually"/> is set.</param>
public readonly record struct ReceivedEvent<TMessage>(
    string Topic, TMessage Message, MessageProperties Properties, MessageReceipt Receipt)
    where TMessage : class, IMessage<TMessage>;
