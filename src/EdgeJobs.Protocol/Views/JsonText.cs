using System.Text;
using System.Text.Json;
using EdgeJobs.Protocol.Views;

namespace EdgeJobs.Protocol;

/// <summary>A JSON string inside a payload: UTF-8, perhaps with escapes, not copied. The default value is an absent string.</summary>
public readonly ref struct JsonText : IJsonView<JsonText>
{
    private readonly bool _isEscaped;

    private JsonText(ReadOnlySpan<byte> escaped, bool isEscaped)
    {
        Escaped = escaped;
        _isEscaped = isEscaped;
        HasValue = true;
    }

    /// <summary>True if the string is present, though it may be empty.</summary>
    public bool HasValue { get; }

    /// <summary>The bytes between the quotes in the payload, with escapes.</summary>
    public ReadOnlySpan<byte> Escaped { get; }

    /// <summary>An upper bound of the bytes that <see cref="TryCopyTo"/> writes.</summary>
    public int MaxLength => Escaped.Length;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonText view, scoped ref CodecError error)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            view = default;
            error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
            return false;
        }

        view = Of(ref reader);
        return true;
    }

    /// <summary>Compares with text in UTF-8, escapes resolved.</summary>
    public bool Equals(ReadOnlySpan<byte> utf8) =>
        HasValue && (_isEscaped ? JsonEscapes.UnescapedEquals(Escaped, utf8) : Escaped.SequenceEqual(utf8));

    /// <summary>Writes the text in UTF-8, escapes resolved.</summary>
    /// <param name="destination">A buffer of at least <see cref="MaxLength"/> bytes.</param>
    /// <param name="bytesWritten">The number of bytes written.</param>
    /// <returns>False if <paramref name="destination"/> is shorter than <see cref="MaxLength"/>.</returns>
    public bool TryCopyTo(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (destination.Length < Escaped.Length)
        {
            return false;
        }

        if (_isEscaped)
        {
            bytesWritten = JsonEscapes.Unescape(Escaped, destination);
        }
        else
        {
            Escaped.CopyTo(destination);
            bytesWritten = Escaped.Length;
        }

        return true;
    }

    /// <summary>The text in UTF-8, escapes resolved: a slice of the payload, or of <paramref name="buffer"/> if it has escapes.</summary>
    /// <param name="buffer">A buffer of at least <see cref="MaxLength"/> bytes.</param>
    /// <returns>The text; empty if it is absent or does not fit.</returns>
    public ReadOnlySpan<byte> Unescape(Span<byte> buffer) =>
        !_isEscaped ? Escaped : TryCopyTo(buffer, out int written) ? buffer[..written] : default;

    /// <summary>The text; null if it is absent. Allocates a string.</summary>
    public string? ToText() => !HasValue ? null : _isEscaped ? JsonEscapes.UnescapeToString(Escaped) : Encoding.UTF8.GetString(Escaped);

    /// <summary>The text, or empty if it is absent.</summary>
    public override string ToString() => ToText() ?? "";

    internal static JsonText Of(scoped ref Utf8JsonReader reader) => new(reader.ValueSpan, reader.ValueIsEscaped);
}
