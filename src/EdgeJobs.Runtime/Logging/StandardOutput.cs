using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Logging;

/// <summary>
/// Writes text to stdout or stderr without a buffer, so that nothing is lost when the process dies. <c>System.Console</c> would set up a
/// terminal, which a service does not have.
/// </summary>
internal sealed unsafe class StandardOutput : TextWriter
{
    private const int MaxStackBytes = 1024;
    private readonly int _descriptor;

    private StandardOutput(int descriptor) => _descriptor = descriptor;

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    public static StandardOutput Out() => new(1);

    public static StandardOutput Error() => new(2);

    /// <inheritdoc/>
    public override void Write(char value) => Write([value]);

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <summary>Writes a line with one write(2), so that lines of several processes do not mix.</summary>
    public override void WriteLine(string? value) => Write($"{value}\n".AsSpan());

    /// <summary>Writes text. Ignores errors, such as a closed pipe.</summary>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        int size = Encoding.GetByteCount(buffer);
        Span<byte> bytes = size <= MaxStackBytes ? stackalloc byte[size] : new byte[size];
        Encoding.GetBytes(buffer, bytes);
        fixed (byte* pointer = bytes)
        {
            nint written = 0;
            while (written < size)
            {
                nint count = Libc.Write(_descriptor, pointer + written, size - written);
                if (count <= 0)
                {
                    return;
                }

                written += count;
            }
        }
    }
}
