using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON array inside a payload. Its elements were checked when it was read; enumerating reads them again, in place.</summary>
/// <typeparam name="TView">The element.</typeparam>
public readonly ref struct JsonArray<TView> : IJsonView<JsonArray<TView>>
    where TView : struct, IJsonView<TView>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _utf8;

    private JsonArray(ReadOnlySpan<byte> utf8, int count)
    {
        _utf8 = utf8;
        Count = count;
    }

    /// <summary>True if the array is present, though it may be empty.</summary>
    public bool HasValue => !_utf8.IsEmpty;

    /// <summary>The number of elements.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonArray<TView> view, scoped ref CodecError error)
    {
        view = default;
        int start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            error = new CodecError(CodecErrorKind.WrongType, member, start);
            return false;
        }

        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!TView.TryRead(ref reader, source, member, out _, ref error))
            {
                return false;
            }

            count++;
        }

        view = new JsonArray<TView>(source[start..(int)reader.BytesConsumed], count);
        return true;
    }

    /// <summary>Enumerates the elements in order.</summary>
    public Enumerator GetEnumerator() => new(_utf8);

    /// <summary>Enumerates a <see cref="JsonArray{TView}"/>.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _utf8;
        private Utf8JsonReader _reader;
        private TView _current;

        internal Enumerator(ReadOnlySpan<byte> utf8)
        {
            _utf8 = utf8;
            _reader = new Utf8JsonReader(utf8);
            _current = default;
            if (!utf8.IsEmpty)
            {
                _reader.Read();
            }
        }

        /// <summary>The element.</summary>
        public readonly TView Current => _current;

        /// <summary>Advances to the next element.</summary>
        public bool MoveNext()
        {
            CodecError error = default;
            return !_utf8.IsEmpty
                && _reader.Read()
                && _reader.TokenType != JsonTokenType.EndArray
                && TView.TryRead(ref _reader, _utf8, "", out _current, ref error);
        }
    }
}
