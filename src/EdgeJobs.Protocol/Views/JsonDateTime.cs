using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON string with a point in time, read by value.</summary>
/// <param name="value">The point in time.</param>
public readonly struct JsonDateTime(DateTimeOffset value) : IJsonView<JsonDateTime>
{
    /// <summary>The point in time.</summary>
    public DateTimeOffset Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonDateTime view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadDateTime(ref reader, member, out DateTimeOffset value, ref error);
        view = new JsonDateTime(value);
        return read;
    }
}
