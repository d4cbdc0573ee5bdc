using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Output;

/// <summary>
/// The end of a stream in bounded memory, and the number of its lines. The bytes are decoded once, at the end, so that a character that
/// is split between two reads stays intact.
/// </summary>
internal sealed class OutputTail
{
    /// <summary>Enough for 1,024 characters in UTF-8 and color codes.</summary>
    private const int MaxBytes = 8 * 1024;
    private const int FirstBytes = 512;

    private byte[] _ring = [];
    private long _total;
    private long _lineBreaks;
    private bool _endsOpen;

    /// <summary>The number of lines, including an unfinished last one.</summary>
    public long Lines => _lineBreaks + (_endsOpen ? 1 : 0);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _lineBreaks += bytes.Count((byte)'\n');
        _endsOpen = bytes[^1] != (byte)'\n';
        Grow(bytes.Length);
        _total += bytes.Length;
        if (bytes.Length > _ring.Length)
        {
            bytes = bytes[^_ring.Length..];
        }

        int start = (int)((_total - bytes.Length) % _ring.Length);
        int first = Math.Min(bytes.Length, _ring.Length - start);
        bytes[..first].CopyTo(_ring.AsSpan(start));
        bytes[first..].CopyTo(_ring);
    }

    /// <summary>The last characters, by <see cref="StatusText.Tail"/>; empty when there was no output.</summary>
    public string ToText()
    {
        if (_total <= _ring.Length)
        {
            return StatusText.Tail(_ring.AsSpan(0, (int)_total));
        }

        int start = (int)(_total % _ring.Length);
        Span<byte> straight = stackalloc byte[MaxBytes];
        straight = straight[.._ring.Length];
        _ring.AsSpan(start).CopyTo(straight);
        _ring.AsSpan(0, start).CopyTo(straight[(_ring.Length - start)..]);

        // Drop the rest of a character that was cut.
        int whole = 0;
        while (whole < 3 && (straight[whole] & 0xC0) == 0x80)
        {
            whole++;
        }

        return StatusText.Tail(straight[whole..]);
    }

    private void Grow(int more)
    {
        // Below its maximum size the ring has not wrapped, and can be copied.
        long wanted = _total + more;
        if (_ring.Length == MaxBytes || wanted <= _ring.Length)
        {
            return;
        }

        int size = Math.Max(FirstBytes, _ring.Length);
        while (size < wanted && size < MaxBytes)
        {
            size *= 2;
        }

        Array.Resize(ref _ring, size);
    }
}
