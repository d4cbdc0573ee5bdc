namespace EdgeJobs.Client;

/// <summary>Takes what a connection receives. Called on the connection's own thread of work, one call after the other.</summary>
public interface IMqttHandler
{
    /// <summary>A message has arrived. Must not wait: nothing is received meanwhile, answers to pings neither.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">The payload: memory of its own, valid for ever.</param>
    /// <param name="receipt">
    /// To be acknowledged, in the call or later, when what the message brought can't be lost any more. At most
    /// <see cref="MqttConnection.ReceiveMaximum"/> messages may be held back at once, or the server sends no more.
    /// </param>
    void OnMessage(string topic, ReadOnlyMemory<byte> payload, MessageReceipt receipt);

    /// <summary>The connection was lost; called once for each connection that stood and was not closed from this side.</summary>
    /// <param name="reason">One line for the operator.</param>
    void OnDisconnected(string reason);
}
