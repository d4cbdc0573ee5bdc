using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON whole number in 64 bits without a sign, read by value.</summary>
/// <param name="value">The number.</param>
public readonly struct JsonUInt64(ulong value) : IJsonView<JsonUInt64>
{
    /// <summary>The number.</summary>
    public ulong Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonUInt64 view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadUInt64(ref reader, member, out ulong value, ref error);
        view = new JsonUInt64(value);
        return read;
    }
}
