using EdgeJobs.Client.Requests;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>Publishes messages without a reply, of any spec, with the MQTT binding of their operation.</summary>
/// <param name="publish">
/// Publishes a message: <see cref="MqttConnection.PublishAsync(string, ReadOnlyMemory{byte}, PublishOptions, CancellationToken)"/>.
/// </param>
public sealed class EventPublisher(Func<string, ReadOnlyMemory<byte>, PublishOptions, CancellationToken, ValueTask<PublishResult>> publish)
{
    /// <summary>Publishes a message and waits for the acknowledgement.</summary>
    /// <param name="operation">The operation, from the generated table.</param>
    /// <param name="topic">The topic, from the generated builders.</param>
    /// <param name="message">The message; not sent if it violates a limit of the spec.</param>
    /// <param name="cancellationToken">Stops waiting; the message may have been sent.</param>
    /// <exception cref="ArgumentException">The operation is a received one.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async ValueTask<PublishResult> PublishAsync<TEvent>(
        EventOperation<TEvent> operation,
        string topic,
        TEvent message,
        CancellationToken cancellationToken)
        where TEvent : class, IMessage<TEvent>
    {
        if (!operation.IsSent)
        {
            throw new ArgumentException($"{operation.Name} is received, not sent", nameof(operation));
        }

        if (!message.TryValidate(out ConstraintViolation violation))
        {
            return new PublishResult(PublishStatus.Invalid, $"{operation.Name} was not sent: {violation}");
        }

        // A separate buffer for each message: after a cancellation it may still be in use.
        using RequestEncoder encoder = new();
        return await publish(
            topic, encoder.Encode(message), operation.PublishOptions.For(message), cancellationToken).ConfigureAwait(false);
    }
}
