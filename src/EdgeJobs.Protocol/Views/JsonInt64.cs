using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON whole number in 64 bits, read by value.</summary>
/// <param name="value">The number.</param>
public readonly struct JsonInt64(long value) : IJsonView<JsonInt64>
{
    /// <summary>The number.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonInt64 view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadInt64(ref reader, member, out long value, ref error);
        view = new JsonInt64(value);
        return read;
    }
}
