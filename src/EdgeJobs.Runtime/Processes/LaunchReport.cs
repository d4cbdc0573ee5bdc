using System.Text;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>What the launcher reports: one byte when it has started, and the reason when it can't execute the program.</summary>
internal sealed class LaunchReport
{
    public const byte Started = (byte)'+';

    private const int MaxBytes = 4096;
    private byte[] _bytes = [];
    private int _length;

    public bool HasStarted => _length > 0;

    /// <summary>Why the program was not started; null when it was.</summary>
    public string? Fault => _length switch
    {
        0 => "the agent's executable, which launches this step, could not be started; if it was replaced, restart the agent",
        1 => null,
        _ => StatusText.Head(Encoding.UTF8.GetString(_bytes, 1, _length - 1)),
    };

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxBytes - _length)];
        if (bytes.Length > _bytes.Length - _length)
        {
            // Usually one byte.
            Array.Resize(ref _bytes, _length + bytes.Length);
        }

        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
