namespace EdgeJobs.Protocol;

/// <summary>Finds which of several messages a payload is; generated code calls it.</summary>
public static class MessageFinder
{
    /// <summary>A media type without its parameters, in lower case.</summary>
    /// <param name="contentType">A content type, or empty.</param>
    public static string MediaType(string contentType)
    {
        int end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType[..end]).Trim().ToLowerInvariant();
    }

    /// <summary>Takes a message if it fits a payload better than the best one so far.</summary>
    /// <typeparam name="TMessage">The message.</typeparam>
    /// <param name="payload">The payload.</param>
    /// <param name="order">The weight of the encoding: JSON before text, text before bytes.</param>
    /// <param name="members">The names of the members that the message knows, with a NUL after each; empty for no object.</param>
    /// <param name="number">The number of the message.</param>
    /// <param name="found">The number of the best message.</param>
    /// <param name="best">The rank of the best message.</param>
    public static void Try<TMessage>(
        ReadOnlyMemory<byte> payload, int order, ReadOnlySpan<byte> members, int number, ref int found, ref int best)
        where TMessage : class, IMessage<TMessage>
    {
        if (!TMessage.TryRead(payload, out TMessage? message, out _))
        {
            return;
        }

        // Members are counted in JSON only, which was read just now.
        int rank = (order << 26) + ChoiceReader.Rank(message.TryValidate(out _), payload.Span, members);
        if (rank > best)
        {
            (found, best) = (number, rank);
        }
    }
}
