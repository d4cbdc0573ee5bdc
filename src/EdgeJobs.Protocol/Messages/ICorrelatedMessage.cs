using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A message with a member that correlates a reply with its request: <c>clientToken</c> in AWS IoT Jobs.</summary>
/// <typeparam name="TSelf">The model itself.</typeparam>
public interface ICorrelatedMessage<TSelf> : IMessage<TSelf>
    where TSelf : class, ICorrelatedMessage<TSelf>
{
    /// <summary>The name of the correlation member on the wire, in UTF-8.</summary>
    static abstract ReadOnlySpan<byte> CorrelationMember { get; }

    /// <summary>Writes the message with the given token instead of its own, without a copy of the message.</summary>
    /// <param name="writer">The writer. It is not flushed.</param>
    /// <param name="correlationToken">The token in UTF-8.</param>
    void WriteTo(Utf8JsonWriter writer, ReadOnlySpan<byte> correlationToken);
}
