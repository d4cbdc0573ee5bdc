using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON whole number in 32 bits, read by value.</summary>
/// <param name="value">The number.</param>
public readonly struct JsonInt32(int value) : IJsonView<JsonInt32>
{
    /// <summary>The number.</summary>
    public int Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonInt32 view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadInt32(ref reader, member, out int value, ref error);
        view = new JsonInt32(value);
        return read;
    }
}
