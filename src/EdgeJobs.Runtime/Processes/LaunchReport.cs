using System.Text;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>What the launcher tells of itself: one byte when it has begun, and then why it could not become the program, if so.</summary>
internal sealed class LaunchReport
{
    /// <summary>The byte that it begins with.</summary>
    public const byte Begun = (byte)'+';

    private const int MaxBytes = 4096;
    private byte[] _bytes = [];
    private int _length;

    /// <summary>Whether there is a launcher.</summary>
    public bool HasBegun => _length > 0;

    /// <summary>Why the program was not started; null when it was.</summary>
    public string? Fault => _length switch
    {
        0 => "the agent's own executable, which starts this step, could not be started; was it replaced while the agent runs? Restart the agent",
        1 => null,
        _ => StatusText.Head(Encoding.UTF8.GetString(_bytes, 1, _length - 1)),
    };

    /// <summary>Takes what was read.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxBytes - _length)];
        if (bytes.Length > _bytes.Length - _length)
        {
            // One byte and no more, as a rule.
            Array.Resize(ref _bytes, _length + bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
