using System.Globalization;
using System.Text;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>
/// The tokens of <see cref="LocatedRequestOperation"/>: their text at each kind of place, and the topics that requests name for their
/// replies.
/// </summary>
/// <param name="tokens">The tokens of the client.</param>
/// <param name="replyTopicPrefix">The first levels of the topics of replies; null if the client has none.</param>
internal sealed class LocatedReplies(ClientTokens tokens, string? replyTopicPrefix) : ReplyMatcher
{
    private const int NumberMask = 0x3FFF_FFFF;
    private const int UuidLength = 36;

    private readonly string? _prefix = replyTopicPrefix is null ? null : replyTopicPrefix + "/";

    /// <summary>Whether requests can name topics for their replies.</summary>
    public bool HasOwnTopics => _prefix is not null;

    public override bool IsOwnTopic(string topic) => _prefix is not null && topic.StartsWith(_prefix, StringComparison.Ordinal);

    public override bool TryReadTopic(string topic, out uint number) =>
        tokens.TryRead(Encoding.UTF8.GetBytes(topic[_prefix!.Length..]), out number);

    public override bool TryRead(
        RequestOperation operation, int channel, ReadOnlyMemory<byte> payload, MessageProperties properties, out uint number)
    {
        number = 0;
        if (operation is not LocatedRequestOperation located)
        {
            return false;
        }

        MessageLocation location = channel == located.AcceptedChannel ? located.AcceptedToken : located.RejectedToken;
        return MessageToken.TryRead(location, payload, properties, out MessageToken token)
            && TryRead(FormOf(located), token.ToBytes().Span, out number);
    }

    public override string? TopicsOf(RequestOperation operation) => operation is not LocatedRequestOperation located
        ? null
        : located.HasDynamicReply ? _prefix + "+" : string.Join(" and topic/", located.ReplyFilters);

    /// <summary>Adds the token, and the topic of the reply if the operation has none, to a request.</summary>
    public void WriteTo(LocatedRequestOperation operation, uint number, ref ReadOnlyMemory<byte> payload, ref MessageProperties properties)
    {
        byte[] token = Write(FormOf(operation), number);
        if (operation.HasDynamicReply)
        {
            string topic = _prefix + Encoding.UTF8.GetString(Write(MessageLocationKind.Text, number));
            if (operation.ReplyAddress.IsMember)
            {
                new MessageToken(Encoding.UTF8.GetBytes(topic), IsJson: false).WriteTo(operation.ReplyAddress, ref payload, ref properties);
            }
            else
            {
                properties = new MessageProperties
                {
                    ContentType = properties.ContentType,
                    ResponseTopic = topic,
                    UserProperties = properties.UserProperties,
                };
            }
        }

        new MessageToken(token, IsJson: false).WriteTo(operation.RequestToken, ref payload, ref properties);
    }

    /// <summary>The form of an operation's tokens: one that fits at all of its places.</summary>
    private static MessageLocationKind FormOf(LocatedRequestOperation operation)
    {
        MessageLocationKind form = MessageLocationKind.Text;
        foreach (MessageLocation location in (ReadOnlySpan<MessageLocation>)
            [operation.RequestToken, operation.AcceptedToken, operation.RejectedToken])
        {
            bool isStricter = location.Kind == MessageLocationKind.Number
                || (location.Kind == MessageLocationKind.Uuid && form != MessageLocationKind.Number);
            form = isStricter ? location.Kind : form;
        }

        return form;
    }

    /// <summary>A whole number fits into 31 bits; a UUID has the form of one of version 4.</summary>
    private byte[] Write(MessageLocationKind form, uint number)
    {
        if (form == MessageLocationKind.Number)
        {
            return Encoding.UTF8.GetBytes(((tokens.Instance & NumberMask) + number).ToString(CultureInfo.InvariantCulture));
        }

        if (form == MessageLocationKind.Uuid)
        {
            return Encoding.UTF8.GetBytes(
                $"{tokens.Instance:x8}-{number >> 16:x4}-4000-8000-{number & 0xFFFF:x4}{tokens.Instance:x8}");
        }

        byte[] token = new byte[ClientTokens.Length];
        tokens.Write(number, token);
        return token;
    }

    private bool TryRead(MessageLocationKind form, ReadOnlySpan<byte> token, out uint number)
    {
        number = 0;
        switch (form)
        {
            case MessageLocationKind.Number:
                bool isNumber = long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out long value);
                long rest = value - (tokens.Instance & NumberMask);
                number = (uint)rest;
                return isNumber && rest is > 0 and <= uint.MaxValue;
            case MessageLocationKind.Uuid:
                if (token.Length != UuidLength
                    || !uint.TryParse(token[9..13], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint high)
                    || !uint.TryParse(token[24..28], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint low))
                {
                    return false;
                }

                // UUIDs may come back in capitals.
                number = (high << 16) | low;
                string expected = Encoding.UTF8.GetString(Write(form, number));
                return expected.Equals(Encoding.UTF8.GetString(token), StringComparison.OrdinalIgnoreCase);
            default:
                return tokens.TryRead(token, out number);
        }
    }
}
