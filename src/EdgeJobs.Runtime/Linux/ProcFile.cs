namespace EdgeJobs.Runtime.Linux;

/// <summary>Reads and writes files of /proc and /sys, which are short, have no size and can vanish at any time.</summary>
internal static unsafe class ProcFile
{
    /// <summary>Reads a file, up to the size of the buffer.</summary>
    /// <returns>The part of the buffer that was filled; empty when the file can't be read.</returns>
    public static Span<byte> Read(string path, Span<byte> buffer) => Read(Libc.Open(path, Libc.OpenReadOnly | Libc.CloseOnExec, 0), buffer);

    /// <inheritdoc cref="Read(string, Span{byte})"/>
    /// <param name="path">A null-terminated UTF-8 path.</param>
    /// <param name="buffer">Receives the content.</param>
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

    /// <summary>Writes an existing file with one write(2).</summary>
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
