using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON string with a UUID, read by value.</summary>
/// <param name="value">The UUID.</param>
public readonly struct JsonUuid(Guid value) : IJsonView<JsonUuid>
{
    /// <summary>The UUID.</summary>
    public Guid Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonUuid view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadUuid(ref reader, member, out Guid value, ref error);
        view = new JsonUuid(value);
        return read;
    }
}
