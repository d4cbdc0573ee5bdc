using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>JSON of free form, such as a job document, kept as the UTF-8 that was received.</summary>
/// <remarks>
/// In a message read from a payload it is a slice of that payload, not a copy: it is valid as long as the buffer does not change. The
/// connection uses a new buffer for each payload, so there it is always valid.
/// </remarks>
/// <param name="utf8">One JSON value in UTF-8: an object, unless the spec allows other types.</param>
public readonly struct RawJson(ReadOnlyMemory<byte> utf8) : IEquatable<RawJson>
{
    /// <summary>The JSON text in UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;

    /// <summary>True if the member is absent.</summary>
    public bool IsEmpty => Utf8.IsEmpty;

    /// <summary>Encodes JSON text.</summary>
    public static RawJson FromText(string json) => new(Encoding.UTF8.GetBytes(json));

    /// <summary>True if the text is one JSON object of at most 64 levels.</summary>
    public bool IsObject() => Is(JsonKinds.Object);

    /// <summary>True if the text is one JSON value of an allowed type and of at most 64 levels.</summary>
    /// <param name="kinds">The allowed types.</param>
    public bool Is(JsonKinds kinds)
    {
        try
        {
            Utf8JsonReader reader = new(Utf8.Span);
            if (!reader.Read() || (KindOf(reader.TokenType) & kinds) == 0)
            {
                return false;
            }

            reader.Skip();
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The type of the value that a token begins.</summary>
    internal static JsonKinds KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => JsonKinds.Object,
        JsonTokenType.StartArray => JsonKinds.Array,
        JsonTokenType.String => JsonKinds.String,
        JsonTokenType.Number => JsonKinds.Number,
        JsonTokenType.True or JsonTokenType.False => JsonKinds.Boolean,
        JsonTokenType.Null => JsonKinds.Null,
        _ => JsonKinds.None,
    };

    /// <summary>A value inside a payload: a slice of the payload's memory, or a copy if the value is elsewhere.</summary>
    internal static RawJson SliceOf(ReadOnlyMemory<byte> source, ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return default;
        }

        nint offset = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(source.Span), ref MemoryMarshal.GetReference(utf8));
        return offset >= 0 && offset <= source.Length - utf8.Length
            ? new RawJson(source.Slice((int)offset, utf8.Length))
            : new RawJson(utf8.ToArray());
    }

    /// <summary>Compares byte for byte.</summary>
    public bool Equals(RawJson other) => Utf8.Span.SequenceEqual(other.Utf8.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RawJson other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Utf8.Span);
        return hash.ToHashCode();
    }

    /// <summary>The JSON text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Utf8.Span);

    /// <summary>Compares byte for byte.</summary>
    public static bool operator ==(RawJson left, RawJson right) => left.Equals(right);

    /// <summary>Compares byte for byte.</summary>
    public static bool operator !=(RawJson left, RawJson right) => !left.Equals(right);
}
