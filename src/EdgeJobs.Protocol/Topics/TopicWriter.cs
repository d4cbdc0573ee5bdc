namespace EdgeJobs.Protocol;

/// <summary>Writes a topic into the caller's memory; generated builders call it.</summary>
/// <param name="destination">Where the topic goes.</param>
public ref struct TopicWriter(Span<char> destination)
{
    private readonly Span<char> _destination = destination;
    private int _written;
    private bool _overflow;

    /// <summary>Appends text to the topic if it fits.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (_overflow || !text.TryCopyTo(_destination[_written..]))
        {
            _overflow = true;
            return;
        }

        _written += text.Length;
    }

    /// <summary>Completes the topic.</summary>
    /// <param name="charsWritten">The number of characters; 0 if it did not fit.</param>
    /// <returns>False if it did not fit.</returns>
    public readonly bool TryFinish(out int charsWritten)
    {
        charsWritten = _overflow ? 0 : _written;
        return !_overflow;
    }
}
