using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A value of one of several JSON types inside a payload, not copied. The default value is an absent one.</summary>
public readonly ref struct JsonValue : IJsonView<JsonValue>
{
    private JsonValue(ReadOnlySpan<byte> utf8, JsonKinds kind)
    {
        Utf8 = utf8;
        Kind = kind;
    }

    /// <summary>True if the value is present.</summary>
    public bool HasValue => !Utf8.IsEmpty;

    /// <summary>Its JSON type; none if it is absent.</summary>
    public JsonKinds Kind { get; }

    /// <summary>Its JSON text, a string with its quotes; empty if it is absent.</summary>
    public ReadOnlySpan<byte> Utf8 { get; }

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonValue view, scoped ref CodecError error)
    {
        int start = (int)reader.TokenStartIndex;
        JsonKinds kind = RawJson.KindOf(reader.TokenType);
        reader.Skip();
        view = new JsonValue(source[start..(int)reader.BytesConsumed], kind);
        return true;
    }

    /// <summary>Checks the type; generated code calls it.</summary>
    /// <param name="kinds">The types that the value may have.</param>
    /// <param name="member">The name of the member that holds the value, for the error.</param>
    /// <param name="source">The payload that the value was read from.</param>
    /// <param name="error">The fault if the result is false.</param>
    public bool Is(JsonKinds kinds, string member, ReadOnlySpan<byte> source, scoped ref CodecError error)
    {
        if ((Kind & kinds) != 0)
        {
            return true;
        }

        int offset = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetReference(source), ref MemoryMarshal.GetReference(Utf8));
        error = new CodecError(CodecErrorKind.WrongType, member, offset);
        return false;
    }

    /// <summary>The value as a slice of the payload's memory, or a copy if it comes from another payload.</summary>
    /// <param name="source">The payload that this view was read from.</param>
    public RawJson ToRawJson(ReadOnlyMemory<byte> source) => RawJson.SliceOf(source, Utf8);

    /// <summary>The value's JSON text.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(Utf8);
}
