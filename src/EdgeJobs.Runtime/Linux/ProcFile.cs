namespace EdgeJobs.Runtime.Linux;

/// <summary>Reads and writes the kernel's files below /proc and /sys: short, of no known size, and gone at any time.</summary>
internal static unsafe class ProcFile
{
    /// <summary>Reads the beginning of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <returns>What was read; empty when it can't be.</returns>
    public static Span<byte> Read(string path, Span<byte> buffer) => Read(Libc.Open(path, Libc.OpenReadOnly | Libc.CloseOnExec, 0), buffer);

    /// <summary>Reads the beginning of a file.</summary>
    /// <param name="path">The file, in UTF-8 with a null behind it.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <returns>What was read; empty when it can't be.</returns>
    public static Span<byte> Read(ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        fixed (byte* start = path)
        {
            return Read(Libc.Open(start, Libc.OpenReadOnly | Libc.CloseOnExec, 0), buffer);
        }
    }

    private static Span<byte> Read(int descriptor, Span<byte> buffer)
    {
        if (descriptor < 0)
        {
            return [];
        }

        int length = 0;
        fixed (byte* start = buffer)
        {
            nint count;
            while (length < buffer.Length && (count = Libc.Read(descriptor, start + length, buffer.Length - length)) > 0)
            {
                length += (int)count;
            }
        }

        _ = Libc.Close(descriptor);
        return buffer[..length];
    }

    /// <summary>Writes a file that is there, in one piece.</summary>
    /// <returns>False when it can't be written.</returns>
    public static bool TryWrite(string path, ReadOnlySpan<byte> bytes)
    {
        int descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return false;
        }

        bool written;
        fixed (byte* start = bytes)
        {
            written = Libc.Write(descriptor, start, bytes.Length) == bytes.Length;
        }

        _ = Libc.Close(descriptor);
        return written;
    }
}
