using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Output;

/// <summary>
/// The end of a stream of any length in bounded memory, and the number of its lines. Bytes are kept as they come; they are
/// decoded once, when the text is asked for, so that a character split between two reads is whole.
/// </summary>
internal sealed class OutputTail
{
    /// <summary>Enough for 1,024 characters of UTF-8 with colour codes between them.</summary>
    private const int MaxBytes = 8 * 1024;
    private const int FirstBytes = 512;

    private byte[] _ring = [];
    private long _total;
    private long _lineBreaks;
    private bool _endsOpen;

    /// <summary>How many lines there were; a last one without line break counts.</summary>
    public long Lines => _lineBreaks + (_endsOpen ? 1 : 0);

    /// <summary>Takes what was read.</summary>
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

    /// <summary>The last characters as <see cref="StatusText.Tail"/> makes them; empty when there was no output.</summary>
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

        // The cut may have gone through a character: what is left of it goes too.
        int whole = 0;
        while (whole < 3 && (straight[whole] & 0xC0) == 0x80)
        {
            whole++;
        }

        return StatusText.Tail(straight[whole..]);
    }

    private void Grow(int more)
    {
        // As long as the ring has not gone round, it is a plain buffer that can be copied.
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
