using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON number of seconds, read by value. Some services write a fraction, which is cut.</summary>
/// <param name="value">The whole seconds.</param>
public readonly struct JsonEpochSeconds(long value) : IJsonView<JsonEpochSeconds>
{
    /// <summary>The whole seconds.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader,
        ReadOnlySpan<byte> source,
        string member,
        out JsonEpochSeconds view,
        scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadSeconds(ref reader, member, out long value, ref error);
        view = new JsonEpochSeconds(value);
        return read;
    }
}
