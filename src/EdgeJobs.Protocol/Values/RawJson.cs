using System.Text;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON object of free form, such as a job document, kept as the UTF-8 that was received.</summary>
/// <remarks>
/// What a message read from a payload holds is a slice of that payload, not a copy: it is valid as long as the payload's
/// buffer is left alone. The connection hands out a buffer of its own for each payload, so there it is valid for ever.
/// </remarks>
/// <param name="utf8">One JSON object in UTF-8.</param>
public readonly struct RawJson(ReadOnlyMemory<byte> utf8) : IEquatable<RawJson>
{
    /// <summary>The JSON text in UTF-8.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; } = utf8;

    /// <summary>True when the member is absent.</summary>
    public bool IsEmpty => Utf8.IsEmpty;

    /// <summary>Encodes JSON text.</summary>
    public static RawJson FromText(string json) => new(Encoding.UTF8.GetBytes(json));

    /// <summary>True when the text is one JSON object of at most 64 levels.</summary>
    public bool IsObject()
    {
        try
        {
            Utf8JsonReader reader = new(Utf8.Span);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
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
