using System.Text;
using System.Text.Json;
using EdgeJobs.Protocol;

namespace EdgeJobs.Client.Requests;

/// <summary>The token of a request, as a message carries it.</summary>
/// <param name="Bytes">The bytes, or the JSON text of a member.</param>
/// <param name="IsJson">Whether it is JSON text.</param>
internal readonly record struct MessageToken(ReadOnlyMemory<byte> Bytes, bool IsJson)
{
    /// <summary>Reads a token.</summary>
    /// <returns>False if the message has none.</returns>
    public static bool TryRead(
        MessageLocation location, ReadOnlyMemory<byte> payload, MessageProperties properties, out MessageToken token)
    {
        token = default;
        if (location.IsMember)
        {
            bool found = JsonMember.TryRead(payload, location.Name, out ReadOnlyMemory<byte> value);
            token = new MessageToken(value, IsJson: true);
            return found;
        }

        // Who has no user property of that name may still have MQTT's own property for this purpose.
        string? text = location.Kind == MessageLocationKind.UserProperty ? properties.UserProperty(location.Name) : null;
        token = new MessageToken(text is null ? properties.CorrelationData : Encoding.UTF8.GetBytes(text), IsJson: false);
        return location.Kind != MessageLocationKind.None && !token.Bytes.IsEmpty;
    }

    /// <summary>The bytes of the text.</summary>
    public ReadOnlyMemory<byte> ToBytes() =>
        IsJson ? Encoding.UTF8.GetBytes(JsonMember.TextOf(Bytes.Span) ?? "") : Bytes;

    /// <summary>Writes the token to a message.</summary>
    /// <param name="location">Where; nowhere leaves the message as it is.</param>
    /// <param name="payload">The payload, which becomes a copy.</param>
    /// <param name="properties">The properties, to which the token is added.</param>
    public void WriteTo(MessageLocation location, ref ReadOnlyMemory<byte> payload, ref MessageProperties properties)
    {
        if (location.IsMember)
        {
            payload = JsonMember.Write(payload.Span, location.Name, ToJson(location.Kind).Span);
        }
        else if (location.Kind != MessageLocationKind.None)
        {
            ReadOnlyMemory<byte> bytes = ToBytes();
            properties = new MessageProperties
            {
                ContentType = properties.ContentType,
                ResponseTopic = properties.ResponseTopic,
                CorrelationData = bytes,
                UserProperties = location.Kind == MessageLocationKind.UserProperty
                    ? [.. properties.UserProperties, new(location.Name, Encoding.UTF8.GetString(bytes.Span))]
                    : properties.UserProperties,
            };
        }
    }

    private ReadOnlyMemory<byte> ToJson(MessageLocationKind kind)
    {
        bool isNumber = kind == MessageLocationKind.Number;
        if (IsJson && (Bytes.Span[0] == '"') != isNumber)
        {
            return Bytes;
        }

        string text = Encoding.UTF8.GetString(ToBytes().Span);
        return isNumber && long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _)
            ? Encoding.UTF8.GetBytes(text)
            : Encoding.UTF8.GetBytes("\"" + JsonEncodedText.Encode(text) + "\"");
    }
}
