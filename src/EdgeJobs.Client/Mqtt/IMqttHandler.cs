using EdgeJobs.Protocol;

namespace EdgeJobs.Client;

/// <summary>Handles received messages and the loss of the connection. Calls do not overlap.</summary>
public interface IMqttHandler
{
    /// <summary>Handles a message. Must not block: the connection receives nothing during the call, not even ping responses.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">The payload, in memory that is not reused.</param>
    /// <param name="properties">The MQTT 5 properties.</param>
    /// <param name="receipt">
    /// Acknowledge it, in the call or later, once the message's content is stored. If
    /// <see cref="MqttConnection.ReceiveMaximum"/> messages are unacknowledged, the server sends no more.
    /// </param>
    void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt);

    /// <summary>Handles the loss of an established connection. Called once per connection, not after a close from this side.</summary>
    /// <param name="reason">One line for the operator.</param>
    void OnDisconnected(string reason);
}
