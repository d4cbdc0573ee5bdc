using System.Globalization;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>Finds which alternative of a choice a value is; generated code calls it.</summary>
public static class ChoiceReader
{
    /// <summary>Added to the rank of an alternative whose limits the value satisfies: it outweighs any number of members.</summary>
    private const int ValidRank = 1 << 24;

    /// <summary>Looks for a member of an object.</summary>
    /// <param name="utf8Json">One JSON value that was read before.</param>
    /// <param name="name">The member's name in UTF-8.</param>
    /// <returns>The first value of the member, a slice; absent if there is none, or if the value is no object.</returns>
    public static JsonValue Member(ReadOnlySpan<byte> utf8Json, ReadOnlySpan<byte> name)
    {
        Utf8JsonReader reader = new(utf8Json);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool found = JsonText.Of(ref reader).Equals(name);
                reader.Read();
                if (found)
                {
                    CodecError error = default;
                    JsonValue.TryRead(ref reader, utf8Json, "", out JsonValue value, ref error);
                    return value;
                }

                reader.Skip();
            }
        }

        return default;
    }

    /// <summary>True if a value is a string with a text.</summary>
    /// <param name="value">The value.</param>
    /// <param name="text">The text in UTF-8.</param>
    public static bool IsText(JsonValue value, ReadOnlySpan<byte> text) =>
        value.Kind == JsonKinds.String && MessageReader.TryReadAgain(value.Utf8, out JsonText found) && found.Equals(text);

    /// <summary>True if a value is a number, however it is written: 1.0 is 1.</summary>
    /// <param name="value">The value.</param>
    /// <param name="number">The number.</param>
    public static bool IsNumber(JsonValue value, double number) =>
        value.Kind == JsonKinds.Number
        && double.TryParse(value.Utf8, NumberStyles.Float, CultureInfo.InvariantCulture, out double found)
        && found.Equals(number);

    /// <summary>True if a value is true or false, as asked.</summary>
    /// <param name="value">The value.</param>
    /// <param name="flag">The Boolean.</param>
    public static bool IsBoolean(JsonValue value, bool flag) =>
        value.Kind == JsonKinds.Boolean && value.Utf8.SequenceEqual(flag ? "true"u8 : "false"u8);

    /// <summary>How well an alternative fits a value that it can read: the best one has the highest rank.</summary>
    /// <param name="isValid">The value satisfies the limits of the alternative.</param>
    /// <param name="utf8Json">One JSON value that was read before.</param>
    /// <param name="members">The names of the members that the alternative knows, with a NUL after each; empty for no object.</param>
    public static int Rank(bool isValid, ReadOnlySpan<byte> utf8Json, ReadOnlySpan<byte> members) =>
        1 + (isValid ? ValidRank : 0) + CountMembers(utf8Json, members);

    /// <summary>As <see cref="Rank"/>, of an object that is not read: it must have all required members.</summary>
    /// <param name="utf8Json">One JSON value that was read before.</param>
    /// <param name="members">The names of the members that the alternative knows, with a NUL after each.</param>
    /// <param name="required">The names of the members that it needs, with a NUL after each.</param>
    /// <returns>0 if a required member is absent.</returns>
    public static int RankByMembers(ReadOnlySpan<byte> utf8Json, ReadOnlySpan<byte> members, ReadOnlySpan<byte> required)
    {
        while (!required.IsEmpty)
        {
            int length = required.IndexOf((byte)0);
            if (!Member(utf8Json, required[..length]).HasValue)
            {
                return 0;
            }

            required = required[(length + 1)..];
        }

        return 1 + CountMembers(utf8Json, members);
    }

    private static int CountMembers(ReadOnlySpan<byte> utf8Json, ReadOnlySpan<byte> members)
    {
        Utf8JsonReader reader = new(utf8Json);
        if (members.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return 0;
        }

        int count = 0;
        Span<byte> buffer = stackalloc byte[256];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = JsonScalars.MemberName(in reader, buffer);
            for (ReadOnlySpan<byte> rest = members; !rest.IsEmpty;)
            {
                int length = rest.IndexOf((byte)0);
                if (rest[..length].SequenceEqual(name))
                {
                    count++;
                    break;
                }

                rest = rest[(length + 1)..];
            }

            reader.Read();
            reader.Skip();
        }

        return count;
    }
}
