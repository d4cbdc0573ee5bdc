using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>
/// Finds the number of a request in its reply. Abstract, so that a program without such requests does not contain
/// <see cref="LocatedReplies"/>.
/// </summary>
internal abstract class ReplyMatcher
{
    /// <summary>Whether a topic is one that requests name for their replies.</summary>
    public abstract bool IsOwnTopic(string topic);

    /// <summary>Reads the number of a request from such a topic.</summary>
    public abstract bool TryReadTopic(string topic, out uint number);

    /// <summary>Reads the number of a request from a reply on a fixed topic.</summary>
    public abstract bool TryRead(
        RequestOperation operation, int channel, ReadOnlyMemory<byte> payload, MessageProperties properties, out uint number);

    /// <summary>The topics of an operation's replies; null if they follow from the topic of the request.</summary>
    public abstract string? TopicsOf(RequestOperation operation);
}
