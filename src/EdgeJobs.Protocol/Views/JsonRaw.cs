using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON object of free form inside a payload, not copied. The default value is an absent object.</summary>
public readonly ref struct JsonRaw : IJsonView<JsonRaw>
{
    private JsonRaw(ReadOnlySpan<byte> utf8) => Utf8 = utf8;

    /// <summary>True if the object is present.</summary>
    public bool HasValue => !Utf8.IsEmpty;

    /// <summary>The object's JSON text; empty if it is absent.</summary>
    public ReadOnlySpan<byte> Utf8 { get; }

    /// <summary>Wraps an object that a reader has accepted; generated code calls it.</summary>
    /// <param name="utf8Json">The object, a slice of the payload.</param>
    public static JsonRaw Of(ReadOnlySpan<byte> utf8Json) => new(utf8Json);

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonRaw view, scoped ref CodecError error)
    {
        view = default;
        int start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            error = new CodecError(CodecErrorKind.WrongType, member, start);
            return false;
        }

        reader.Skip();
        view = new JsonRaw(source[start..(int)reader.BytesConsumed]);
        return true;
    }

    /// <summary>The object as a slice of the payload's memory, or a copy if it comes from another payload.</summary>
    /// <param name="source">The payload that this view was read from.</param>
    public RawJson ToRawJson(ReadOnlyMemory<byte> source) => RawJson.SliceOf(source, Utf8);

    /// <summary>The object's JSON text.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8);
}
