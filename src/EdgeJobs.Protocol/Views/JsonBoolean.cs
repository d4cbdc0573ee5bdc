using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON Boolean, read by value.</summary>
/// <param name="value">The Boolean.</param>
public readonly struct JsonBoolean(bool value) : IJsonView<JsonBoolean>
{
    /// <summary>The Boolean.</summary>
    public bool Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonBoolean view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadBoolean(ref reader, member, out bool value, ref error);
        view = new JsonBoolean(value);
        return read;
    }
}
