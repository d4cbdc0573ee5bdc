using System.Buffers;
using System.Globalization;
using System.Text;

namespace EdgeJobs.Protocol.Views;

/// <summary>
/// Resolves the escapes of a JSON string that a reader has accepted. A lone surrogate, which JSON allows but Unicode does not, becomes
/// U+FFFD.
/// </summary>
internal static class JsonEscapes
{
    private const int StackLimit = 256;

    public static bool UnescapedEquals(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> utf8)
    {
        // Each escape is longer than its character, so a shorter text can't be equal.
        if (escaped.Length < utf8.Length)
        {
            return false;
        }

        byte[]? rented = escaped.Length > StackLimit ? ArrayPool<byte>.Shared.Rent(escaped.Length) : null;
        Span<byte> buffer = rented ?? stackalloc byte[StackLimit];
        bool equal = buffer[..Unescape(escaped, buffer)].SequenceEqual(utf8);
        Return(rented);
        return equal;
    }

    public static string UnescapeToString(ReadOnlySpan<byte> escaped)
    {
        byte[]? rented = escaped.Length > StackLimit ? ArrayPool<byte>.Shared.Rent(escaped.Length) : null;
        Span<byte> buffer = rented ?? stackalloc byte[StackLimit];
        string text = Encoding.UTF8.GetString(buffer[..Unescape(escaped, buffer)]);
        Return(rented);
        return text;
    }

    /// <summary>Writes the text, at most as many bytes as <paramref name="escaped"/> has, and returns their number.</summary>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> destination)
    {
        int written = 0;
        while (!escaped.IsEmpty)
        {
            int literal = escaped.IndexOf((byte)'\\');
            if (literal != 0)
            {
                literal = literal < 0 ? escaped.Length : literal;
                escaped[..literal].CopyTo(destination[written..]);
                written += literal;
                escaped = escaped[literal..];
                continue;
            }

            byte sign = escaped[1];
            if (sign != (byte)'u')
            {
                destination[written++] = sign switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    _ => sign,
                };
                escaped = escaped[2..];
                continue;
            }

            char unit = CodeUnit(escaped);
            escaped = escaped[6..];
            Rune rune;
            if (char.IsHighSurrogate(unit) && escaped.StartsWith("\\u"u8) && Rune.TryCreate(unit, CodeUnit(escaped), out rune))
            {
                escaped = escaped[6..];
            }
            else if (!Rune.TryCreate(unit, out rune))
            {
                rune = Rune.ReplacementChar;
            }

            written += rune.EncodeToUtf8(destination[written..]);
        }

        return written;
    }

    private static char CodeUnit(ReadOnlySpan<byte> escape) =>
        (char)ushort.Parse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
