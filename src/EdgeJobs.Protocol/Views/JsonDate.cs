using System.Globalization;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON string with a date, such as <c>2026-11-30</c>, read by value.</summary>
/// <param name="value">The date.</param>
public readonly struct JsonDate(DateOnly value) : IJsonView<JsonDate>
{
    private const int Length = 10;

    /// <summary>The date.</summary>
    public DateOnly Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonDate view, scoped ref CodecError error)
    {
        view = default;
        Span<byte> buffer = stackalloc byte[Length * 6];
        Span<char> text = stackalloc char[Length];
        if (reader.TokenType == JsonTokenType.String
            && JsonText.Of(ref reader).Unescape(buffer) is { Length: Length } utf8
            && System.Text.Ascii.ToUtf16(utf8, text, out _) == System.Buffers.OperationStatus.Done
            && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
        {
            view = new JsonDate(date);
            return true;
        }

        error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
        return false;
    }

    /// <summary>Writes a date as a JSON string; generated code calls it.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="date">The date.</param>
    public static void Write(Utf8JsonWriter writer, DateOnly date)
    {
        Span<byte> text = stackalloc byte[Length];
        date.TryFormat(text, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        writer.WriteStringValue(text);
    }
}
