using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON whole number in 64 bits, as an element of an array or a map.</summary>
/// <param name="value">The number.</param>
public readonly struct JsonInt64(long value) : IJsonView<JsonInt64>
{
    /// <summary>The number.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonInt64 view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadInt64(ref reader, member, out long value, ref error);
        view = new JsonInt64(value);
        return read;
    }
}

/// <summary>A JSON whole number in 32 bits, as an element of an array or a map.</summary>
/// <param name="value">The number.</param>
public readonly struct JsonInt32(int value) : IJsonView<JsonInt32>
{
    /// <summary>The number.</summary>
    public int Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonInt32 view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadInt32(ref reader, member, out int value, ref error);
        view = new JsonInt32(value);
        return read;
    }
}

/// <summary>A JSON number in double precision, as an element of an array or a map.</summary>
/// <param name="value">The number.</param>
public readonly struct JsonDouble(double value) : IJsonView<JsonDouble>
{
    /// <summary>The number.</summary>
    public double Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonDouble view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadDouble(ref reader, member, out double value, ref error);
        view = new JsonDouble(value);
        return read;
    }
}

/// <summary>A JSON truth value, as an element of an array or a map.</summary>
/// <param name="value">The truth value.</param>
public readonly struct JsonBoolean(bool value) : IJsonView<JsonBoolean>
{
    /// <summary>The truth value.</summary>
    public bool Value { get; } = value;

    /// <inheritdoc/>
    public static bool TryRead(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonBoolean view, scoped ref CodecError error)
    {
        bool read = JsonScalars.TryReadBoolean(ref reader, member, out bool value, ref error);
        view = new JsonBoolean(value);
        return read;
    }
}
