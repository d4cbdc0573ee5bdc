using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>
/// A JSON object whose member names are data, inside a payload. Its values were checked when it was read; enumerating
/// reads them again, in place.
/// </summary>
/// <typeparam name="TView">The value.</typeparam>
public readonly ref struct JsonMap<TView> : IJsonView<JsonMap<TView>>
    where TView : struct, IJsonView<TView>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _utf8;

    private JsonMap(ReadOnlySpan<byte> utf8, int count)
    {
        _utf8 = utf8;
        Count = count;
    }

    /// <summary>True if the map is present, though it may be empty.</summary>
    public bool HasValue => !_utf8.IsEmpty;

    /// <summary>The number of members.</summary>
    public int Count { get; }

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonMap<TView> view, scoped ref CodecError error)
    {
        view = default;
        int start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            error = new CodecError(CodecErrorKind.WrongType, member, start);
            return false;
        }

        int count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            reader.Read();
            if (!TView.TryRead(ref reader, source, member, out _, ref error))
            {
                return false;
            }

            count++;
        }

        view = new JsonMap<TView>(source[start..(int)reader.BytesConsumed], count);
        return true;
    }

    /// <summary>Enumerates the members in order.</summary>
    public Enumerator GetEnumerator() => new(_utf8, default);

    /// <summary>One member of a map.</summary>
    public readonly ref struct Entry
    {
        internal Entry(JsonText key, TView value)
        {
            Key = key;
            Value = value;
        }

        /// <summary>The member's name.</summary>
        public JsonText Key { get; }

        /// <summary>The member's value.</summary>
        public TView Value { get; }
    }

    /// <summary>Enumerates a <see cref="JsonMap{TView}"/> or a <see cref="JsonRest{TView}"/>.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _utf8;
        private readonly ReadOnlySpan<byte> _listed;
        private Utf8JsonReader _reader;
        private JsonText _key;
        private TView _value;

        /// <param name="utf8">The object; empty for none.</param>
        /// <param name="listed">The names of members to skip, with a NUL after each.</param>
        internal Enumerator(ReadOnlySpan<byte> utf8, ReadOnlySpan<byte> listed)
        {
            _utf8 = utf8;
            _listed = listed;
            _reader = new Utf8JsonReader(utf8);
            _key = default;
            _value = default;
            if (!utf8.IsEmpty)
            {
                _reader.Read();
            }
        }

        /// <summary>The member.</summary>
        public readonly Entry Current => new(_key, _value);

        /// <summary>Advances to the next member.</summary>
        public bool MoveNext()
        {
            while (!_utf8.IsEmpty && _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                _key = JsonText.Of(ref _reader);
                _reader.Read();
                if (_listed.IsEmpty || !IsListed())
                {
                    CodecError error = default;
                    return TView.TryRead(ref _reader, _utf8, "", out _value, ref error);
                }

                _reader.Skip();
            }

            return false;
        }

        private readonly bool IsListed()
        {
            ReadOnlySpan<byte> rest = _listed;
            while (!rest.IsEmpty)
            {
                int length = rest.IndexOf((byte)0);
                if (_key.Equals(rest[..length]))
                {
                    return true;
                }

                rest = rest[(length + 1)..];
            }

            return false;
        }
    }
}
