namespace EdgeJobs.Protocol;

/// <summary>
/// The members of a JSON object that its spec does not list, inside a payload. Their values were checked when the object was read;
/// enumerating reads them again, in place.
/// </summary>
/// <typeparam name="TView">The value.</typeparam>
public readonly ref struct JsonRest<TView>
    where TView : struct, IJsonView<TView>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly ReadOnlySpan<byte> _listed;

    private JsonRest(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> listed, int count)
    {
        _utf8 = utf8;
        _listed = listed;
        Count = count;
    }

    /// <summary>True if there are such members.</summary>
    public bool HasValue => Count > 0;

    /// <summary>The number of such members.</summary>
    public int Count { get; }

    /// <summary>The members of an object that was read; generated code calls it.</summary>
    /// <param name="utf8Json">The object.</param>
    /// <param name="listed">The names of the members that the spec lists, with a NUL after each.</param>
    /// <param name="count">The number of the other members.</param>
    public static JsonRest<TView> Of(ReadOnlySpan<byte> utf8Json, ReadOnlySpan<byte> listed, int count) => new(utf8Json, listed, count);

    /// <summary>Enumerates the members in order.</summary>
    public JsonMap<TView>.Enumerator GetEnumerator() => new(Count == 0 ? default : _utf8, _listed);
}
