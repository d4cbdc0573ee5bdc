using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>Finds the member that selects one of several object types; generated code calls it.</summary>
public static class JsonDiscriminator
{
    /// <summary>Reads the member of an alternative that can have one text only.</summary>
    /// <param name="reader">Positioned on the member's value.</param>
    /// <param name="name">The name of the member, for the error.</param>
    /// <param name="text">The text in UTF-8.</param>
    /// <param name="error">The fault if the result is false.</param>
    /// <returns>False if the value is not this text.</returns>
    public static bool TryReadText(
        scoped ref Utf8JsonReader reader, string name, ReadOnlySpan<byte> text, scoped ref CodecError error)
    {
        if (!JsonText.TryRead(ref reader, default, name, out JsonText value, ref error))
        {
            return false;
        }

        error = value.Equals(text) ? error : new CodecError(CodecErrorKind.WrongValue, name, (int)reader.TokenStartIndex);
        return value.Equals(text);
    }

    /// <summary>Looks ahead for a string member of the object at the reader's position. The reader does not move.</summary>
    /// <param name="reader">Positioned on the object.</param>
    /// <param name="member">The name of the member that holds the object, for the error.</param>
    /// <param name="name">The name of the member to find, in UTF-8.</param>
    /// <param name="text">The same name as text, for the error.</param>
    /// <param name="value">The member's value, a slice of the payload.</param>
    /// <param name="error">The fault if the result is false.</param>
    /// <exception cref="JsonException">The payload is not JSON.</exception>
    public static bool TryRead(
        scoped ref readonly Utf8JsonReader reader,
        string member,
        ReadOnlySpan<byte> name,
        string text,
        out JsonText value,
        scoped ref CodecError error)
    {
        value = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
            return false;
        }

        Utf8JsonReader ahead = reader;
        Span<byte> buffer = stackalloc byte[256];
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            bool found = JsonScalars.MemberName(in ahead, buffer).SequenceEqual(name);
            ahead.Read();
            if (found && ahead.TokenType != JsonTokenType.Null)
            {
                if (JsonText.TryRead(ref ahead, default, text, out value, ref error))
                {
                    return true;
                }

                error = member.Length == 0 ? error : error.Within(member);
                return false;
            }

            ahead.Skip();
        }

        string path = member.Length == 0 ? text : member + "." + text;
        error = new CodecError(CodecErrorKind.MissingMember, path, (int)reader.TokenStartIndex);
        return false;
    }
}
