using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A value that may be null, as an element of an array or a value of a map.</summary>
/// <typeparam name="TView">The value.</typeparam>
public readonly ref struct JsonNullable<TView> : IJsonView<JsonNullable<TView>>
    where TView : struct, IJsonView<TView>, allows ref struct
{
    private JsonNullable(TView value)
    {
        HasValue = true;
        Value = value;
    }

    /// <summary>False if it is null.</summary>
    public bool HasValue { get; }

    /// <summary>The value; the default value if it is null.</summary>
    public TView Value { get; }

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader,
        ReadOnlySpan<byte> source,
        string member,
        out JsonNullable<TView> view,
        scoped ref CodecError error)
    {
        view = default;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (!TView.TryRead(ref reader, source, member, out TView value, ref error))
        {
            return false;
        }

        view = new JsonNullable<TView>(value);
        return true;
    }
}
