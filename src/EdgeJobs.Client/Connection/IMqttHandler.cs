namespace EdgeJobs.Client;

/// <summary>Takes what a connection receives. Called on the connection's own thread of work, one call after the other.</summary>
public interface IMqttHandler
{
    /// <summary>A message has arrived. It is acknowledged when the call returns.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">The payload: memory of its own, valid for ever.</param>
    void OnMessage(string topic, ReadOnlyMemory<byte> payload);

    /// <summary>The connection was lost; called once for each connection that stood and was not closed from this side.</summary>
    /// <param name="reason">One line for the operator.</param>
    void OnDisconnected(string reason);
}
