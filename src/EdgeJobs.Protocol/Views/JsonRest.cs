using System.Text.Json;

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
    public Enumerator GetEnumerator() => new(Count == 0 ? default : _utf8, _listed);

    /// <summary>One such member.</summary>
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

    /// <summary>Enumerates a <see cref="JsonRest{TView}"/>.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _utf8;
        private readonly ReadOnlySpan<byte> _listed;
        private Utf8JsonReader _reader;
        private JsonText _key;
        private TView _value;

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
                if (!IsListed())
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
