using System.Buffers.Text;
using System.Text.Json;
using EdgeJobs.Protocol.Views;

namespace EdgeJobs.Protocol;

/// <summary>
/// Reads scalar values. Whole numbers may be strings of digits: AWS's own documentation sends <c>"expectedVersion": "1"</c>.
/// </summary>
public static class JsonScalars
{
    /// <summary>Reads a whole number: a JSON number without a fraction (<c>1.0</c> and <c>1e3</c> too), or a string of digits.</summary>
    public static bool TryReadInt64(scoped ref Utf8JsonReader reader, string member, out long value, scoped ref CodecError error)
    {
        value = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetInt64(out value))
            {
                return true;
            }

            CodecErrorKind fault = WholeNumber.Read(reader.ValueSpan, out bool isNegative, out ulong magnitude);
            if (fault == CodecErrorKind.None && magnitude <= (isNegative ? 1UL << 63 : long.MaxValue))
            {
                value = isNegative ? (long)(0 - magnitude) : (long)magnitude;
                return true;
            }

            fault = fault == CodecErrorKind.None ? CodecErrorKind.OutOfRange : fault;
            error = new CodecError(fault, member, (int)reader.TokenStartIndex);
            return false;
        }

        if (reader.TokenType == JsonTokenType.String
            && Utf8Parser.TryParse(reader.ValueSpan, out value, out int consumed)
            && consumed == reader.ValueSpan.Length)
        {
            return true;
        }

        value = 0;
        error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
        return false;
    }

    /// <summary>Reads seconds as <see cref="TryReadInt64"/> does, but cuts a fraction.</summary>
    public static bool TryReadSeconds(scoped ref Utf8JsonReader reader, string member, out long value, scoped ref CodecError error)
    {
        // 2^63 is representable as a double, but does not fit.
        if (reader.TokenType == JsonTokenType.Number
            && !reader.TryGetInt64(out value)
            && reader.TryGetDouble(out double number)
            && number >= long.MinValue
            && number < long.MaxValue)
        {
            value = (long)number;
            return true;
        }

        return TryReadInt64(ref reader, member, out value, ref error);
    }

    /// <summary>Reads a whole number without a sign, as <see cref="TryReadInt64"/> does.</summary>
    public static bool TryReadUInt64(scoped ref Utf8JsonReader reader, string member, out ulong value, scoped ref CodecError error)
    {
        value = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (reader.TryGetUInt64(out value))
            {
                return true;
            }

            CodecErrorKind fault = WholeNumber.Read(reader.ValueSpan, out bool isNegative, out value);
            if (fault == CodecErrorKind.None && (!isNegative || value == 0))
            {
                return true;
            }

            value = 0;
            fault = fault == CodecErrorKind.None ? CodecErrorKind.OutOfRange : fault;
            error = new CodecError(fault, member, (int)reader.TokenStartIndex);
            return false;
        }

        if (reader.TokenType == JsonTokenType.String
            && Utf8Parser.TryParse(reader.ValueSpan, out value, out int consumed)
            && consumed == reader.ValueSpan.Length)
        {
            return true;
        }

        value = 0;
        error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
        return false;
    }

    /// <summary>Reads a whole number that fits in 32 bits, as <see cref="TryReadInt64"/> does.</summary>
    public static bool TryReadInt32(scoped ref Utf8JsonReader reader, string member, out int value, scoped ref CodecError error)
    {
        value = 0;
        if (!TryReadInt64(ref reader, member, out long wide, ref error))
        {
            return false;
        }

        if (wide is < int.MinValue or > int.MaxValue)
        {
            error = new CodecError(CodecErrorKind.OutOfRange, member, (int)reader.TokenStartIndex);
            return false;
        }

        value = (int)wide;
        return true;
    }

    /// <summary>Reads a JSON number.</summary>
    public static bool TryReadDouble(scoped ref Utf8JsonReader reader, string member, out double value, scoped ref CodecError error)
    {
        value = 0;
        if (reader.TokenType != JsonTokenType.Number)
        {
            error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
            return false;
        }

        if (reader.TryGetDouble(out value) && double.IsFinite(value))
        {
            return true;
        }

        error = new CodecError(CodecErrorKind.OutOfRange, member, (int)reader.TokenStartIndex);
        return false;
    }

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public static bool TryReadBoolean(scoped ref Utf8JsonReader reader, string member, out bool value, scoped ref CodecError error)
    {
        value = reader.TokenType == JsonTokenType.True;
        if (value || reader.TokenType == JsonTokenType.False)
        {
            return true;
        }

        error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
        return false;
    }

    /// <summary>Reads a string with a point in time in RFC 3339 form.</summary>
    public static bool TryReadDateTime(
        scoped ref Utf8JsonReader reader, string member, out DateTimeOffset value, scoped ref CodecError error)
    {
        value = default;
        if (reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out value))
        {
            return true;
        }

        error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
        return false;
    }

    /// <summary>Reads a string with a UUID in the form of RFC 9562.</summary>
    public static bool TryReadUuid(scoped ref Utf8JsonReader reader, string member, out Guid value, scoped ref CodecError error)
    {
        value = default;
        if (reader.TokenType == JsonTokenType.String && reader.TryGetGuid(out value))
        {
            return true;
        }

        error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
        return false;
    }

    /// <summary>The name of the member at the reader's position, with escapes resolved.</summary>
    /// <param name="reader">Positioned on a property name.</param>
    /// <param name="buffer">A buffer for the resolved name.</param>
    /// <returns>The name; empty if it has escapes and is longer than <paramref name="buffer"/>: then it is not a known name.</returns>
    public static ReadOnlySpan<byte> MemberName(scoped ref readonly Utf8JsonReader reader, Span<byte> buffer)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        // The reader's own CopyString throws on a lone surrogate, which any sender can put into a name.
        return reader.ValueSpan.Length <= buffer.Length ? buffer[..JsonEscapes.Unescape(reader.ValueSpan, buffer)] : default;
    }
}
