namespace EdgeJobs.Protocol;

/// <summary>Writes a topic into the caller's memory; generated builders call it.</summary>
/// <param name="destination">Where the topic goes.</param>
public ref struct TopicWriter(Span<char> destination)
{
    private readonly Span<char> _destination = destination;
    private int _written;
    private bool _overflow;

    /// <summary>Adds text to the topic, unless there is no room for it.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        if (_overflow || !text.TryCopyTo(_destination[_written..]))
        {
            _overflow = true;
            return;
        }

        _written += text.Length;
    }

    /// <summary>Ends the topic.</summary>
    /// <param name="charsWritten">How many characters it has, or 0.</param>
    /// <returns>False when it did not fit.</returns>
    public readonly bool TryFinish(out int charsWritten)
    {
        charsWritten = _overflow ? 0 : _written;
        return !_overflow;
    }
}
