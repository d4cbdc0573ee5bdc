using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace EdgeJobs.Protocol;

/// <summary>A JSON string that holds base64, inside a payload, not decoded. The default value is an absent string.</summary>
public readonly ref struct JsonBytes : IJsonView<JsonBytes>
{
    private readonly JsonText _text;
    private readonly int _length;

    private JsonBytes(JsonText text, int length)
    {
        _text = text;
        _length = length;
    }

    /// <summary>True if the string is present, though it may be empty.</summary>
    public bool HasValue => _text.HasValue;

    /// <summary>The number of bytes when decoded.</summary>
    public int Length => _length;

    /// <inheritdoc/>
    public static bool TryRead(
        scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string member, out JsonBytes view, scoped ref CodecError error)
    {
        view = default;
        if (!JsonText.TryRead(ref reader, source, member, out JsonText text, ref error))
        {
            return false;
        }

        byte[] rented = ArrayPool<byte>.Shared.Rent(text.MaxLength);
        bool valid = Base64.IsValid(text.Unescape(rented), out int length);
        ArrayPool<byte>.Shared.Return(rented);
        if (!valid)
        {
            error = new CodecError(CodecErrorKind.WrongType, member, (int)reader.TokenStartIndex);
            return false;
        }

        view = new JsonBytes(text, length);
        return true;
    }

    /// <summary>Decodes the bytes.</summary>
    /// <param name="destination">A buffer of at least <see cref="Length"/> bytes.</param>
    /// <param name="bytesWritten">The number of bytes written.</param>
    /// <returns>False if the string is absent or <paramref name="destination"/> is too short.</returns>
    public bool TryCopyTo(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        byte[] rented = ArrayPool<byte>.Shared.Rent(_text.MaxLength);
        bool decoded = HasValue
            && Base64.DecodeFromUtf8(_text.Unescape(rented), destination, out _, out bytesWritten) == OperationStatus.Done;
        ArrayPool<byte>.Shared.Return(rented);
        return decoded;
    }

    /// <summary>The bytes as a new array.</summary>
    public ByteString ToByteString()
    {
        byte[] bytes = new byte[_length];
        return TryCopyTo(bytes, out int written) ? new ByteString(bytes.AsMemory(0, written)) : default;
    }
}
