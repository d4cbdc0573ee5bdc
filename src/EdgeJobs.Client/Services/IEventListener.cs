using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Services;

/// <summary>Receives the messages of one channel.</summary>
internal interface IEventListener
{
    /// <summary>The channel.</summary>
    int Channel { get; }

    /// <summary>The topics of the channel that it wants.</summary>
    string Filter { get; }

    /// <summary>Takes a message. Must not block.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="payload">The payload, in memory that is not reused.</param>
    /// <param name="properties">The properties of MQTT 5.</param>
    /// <param name="receipt">Does nothing unless the caller of the client acknowledges messages itself.</param>
    void Take(string topic, ReadOnlyMemory<byte> payload, MessageProperties properties, MessageReceipt receipt);

    /// <summary>The client is closed: there are no more messages.</summary>
    void Complete();
}
