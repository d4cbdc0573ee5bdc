using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON number in double precision, read by value.</summary>
/// <param name="value">The number.</param>
public readonly struct JsonDouble(double value) : IJsonView<JsonDouble>
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonDouble view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadDouble(ref reader, member, out double value, ref error);
        view = new JsonDouble(value);
        return read;
    }
}
