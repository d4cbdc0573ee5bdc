using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EdgeJobs.Client.Requests;

/// <summary>Reads and writes one member of a JSON payload, named by a JSON pointer without its first slash: <c>meta/id</c>.</summary>
internal static class JsonMember
{
    /// <summary>Finds a member.</summary>
    /// <param name="json">The payload.</param>
    /// <param name="pointer">The member.</param>
    /// <param name="value">Its JSON text, a slice of the payload.</param>
    /// <returns>False if the payload does not have it, or is not JSON up to there.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> json, string pointer, out ReadOnlyMemory<byte> value)
    {
        bool found = TryFind(json.Span, pointer.Split('/'), out Place place) && place.Found;
        value = found ? json[place.Start..place.End] : default;
        return found;
    }

    /// <summary>The text of a string, or the JSON text of another value; null if the payload does not have the member.</summary>
    public static string? ReadText(ReadOnlyMemory<byte> json, string pointer) =>
        TryRead(json, pointer, out ReadOnlyMemory<byte> value) ? TextOf(value.Span) : null;

    /// <summary>The text of a JSON string, or the JSON text of another value.</summary>
    public static string? TextOf(ReadOnlySpan<byte> value)
    {
        Utf8JsonReader reader = new(value);
        try
        {
            return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : Encoding.UTF8.GetString(value);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A lone surrogate, which no text can hold.
            return null;
        }
    }

    /// <summary>A copy of a payload with another value of a member, which is added if it is absent.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="pointer">The member.</param>
    /// <param name="value">The JSON text of the value.</param>
    /// <returns>The payload as it is if it is not a JSON object.</returns>
    public static ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> json, string pointer, ReadOnlySpan<byte> value)
    {
        string[] path = pointer.Split('/');
        ArrayBufferWriter<byte> copy = new(json.Length + value.Length + (2 * pointer.Length) + 16);
        if (!TryFind(json, path, out Place place))
        {
            copy.Write(json);
            return copy.WrittenMemory;
        }

        copy.Write(json[..place.Start]);
        for (int i = place.Depth; i < path.Length; i++)
        {
            copy.Write(i > place.Depth || place.IsReplaced ? "{\""u8 : "\""u8);
            copy.Write(JsonEncodedText.Encode(NameOf(path[i])).EncodedUtf8Bytes);
            copy.Write("\":"u8);
        }

        copy.Write(value);
        for (int i = place.Depth + (place.IsReplaced ? 0 : 1); i < path.Length; i++)
        {
            copy.Write("}"u8);
        }

        if (place.NeedsComma)
        {
            copy.Write(","u8);
        }

        copy.Write(json[place.End..]);
        return copy.WrittenMemory;
    }

    private static bool TryFind(ReadOnlySpan<byte> json, string[] path, out Place place)
    {
        place = default;
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            int depth = 0;
            int inside = (int)reader.BytesConsumed;
            bool isEmpty = true;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                bool isIt = IsName(ref reader, NameOf(path[depth]));
                reader.Read();
                int start = (int)reader.TokenStartIndex;
                bool isLast = depth == path.Length - 1;
                if (isIt && !isLast && reader.TokenType == JsonTokenType.StartObject)
                {
                    depth++;
                    inside = (int)reader.BytesConsumed;
                    isEmpty = true;
                    continue;
                }

                reader.Skip();
                if (isIt)
                {
                    place = new Place(start, (int)reader.BytesConsumed, depth + 1, isLast, IsReplaced: !isLast, NeedsComma: false);
                    return true;
                }
            }

            place = new Place(inside, inside, depth, Found: false, IsReplaced: false, NeedsComma: !isEmpty);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsName(ref Utf8JsonReader reader, string name)
    {
        try
        {
            return reader.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate, which no name in a spec has.
            return false;
        }
    }

    private static string NameOf(string part) =>
        part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    /// <summary>Where a value is, or where it goes.</summary>
    /// <param name="Start">The start of what is replaced.</param>
    /// <param name="End">Its end.</param>
    /// <param name="Depth">How many parts of the path are before it.</param>
    /// <param name="Found">Whether it is the value itself.</param>
    /// <param name="IsReplaced">Whether another value becomes an object.</param>
    /// <param name="NeedsComma">Whether members follow.</param>
    private readonly record struct Place(int Start, int End, int Depth, bool Found, bool IsReplaced, bool NeedsComma);
}
