using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// Replaces files in one piece: the content goes to <c>NAME.new</c>, which is then renamed over the file. With fsyncs of the file and of
/// its directory, a power cut leaves the old file or the new one. A returned number is the C library's error number, or 0.
/// </summary>
/// <remarks>.NET's flush ignores some errors, and .NET can't open a directory.</remarks>
internal static unsafe class DurableFile
{
    private const int KeepSize = 1;
    private const int NotSupported = 95;

    /// <summary>Replaces a file of an open directory. The new file has mode 600.</summary>
    /// <param name="directory">The descriptor of the directory.</param>
    /// <param name="name">The file's name in it.</param>
    /// <param name="content">The new content.</param>
    /// <param name="mustLast">Whether to fsync. Without it, a power cut can leave the old file, the new one or an empty one.</param>
    /// <param name="descriptor">The new file, positioned at its end; -1 after an error.</param>
    public static int Replace(int directory, string name, ReadOnlySpan<byte> content, bool mustLast, out int descriptor)
    {
        string next = name + ".new";
        int error = PrivateFile.Create(directory, next, out descriptor);
        if (error != 0)
        {
            return error;
        }

        error = WriteAll(descriptor, content);
        error = error == 0 && mustLast ? Flush(descriptor) : error;
        error = error == 0 ? Error(Libc.RenameAt(directory, next, directory, name)) : error;
        error = error == 0 && mustLast ? Flush(directory) : error;
        if (error != 0)
        {
            _ = Libc.Close(descriptor);
            descriptor = -1;
        }

        return error;
    }

    /// <summary>Replaces a file. The new file has mode 600.</summary>
    /// <inheritdoc cref="Replace(int, string, ReadOnlySpan{byte}, bool, out int)"/>
    /// <exception cref="IOException">It can't be written. The message names the file and the fix.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool mustLast)
    {
        int descriptor = -1;
        int directory = OpenDirectory(Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".");
        int error = directory < 0
            ? Marshal.GetLastPInvokeError()
            : Replace(directory, Path.GetFileName(path), content, mustLast, out descriptor);
        _ = Libc.Close(descriptor);
        _ = Libc.Close(directory);
        Check(error, path);
    }

    /// <summary>Fsyncs a directory, so that the names in it survive a power cut.</summary>
    /// <exception cref="IOException">It can't be fsynced. The message names the directory and the fix.</exception>
    public static void FlushDirectory(string path)
    {
        int directory = OpenDirectory(path);
        int error = directory < 0 ? Marshal.GetLastPInvokeError() : Flush(directory);
        _ = Libc.Close(directory);
        Check(error, path);
    }

    /// <summary>Writes all bytes: at an offset, or without one where the descriptor is.</summary>
    public static int WriteAll(int descriptor, ReadOnlySpan<byte> bytes, long offset = -1)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = offset < 0
                    ? Libc.Write(descriptor, start, bytes.Length)
                    : Libc.WriteAt(descriptor, start, bytes.Length, offset);
            }

            if (written < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != Libc.Interrupted)
                {
                    return error;
                }
            }
            else
            {
                bytes = bytes[(int)written..];
                offset += offset < 0 ? 0 : written;
            }
        }

        return 0;
    }

    /// <summary>fdatasync(2).</summary>
    public static int FlushData(int descriptor) => Error(Libc.SyncData(descriptor));

    /// <summary>Makes sure that a file can grow. 0 also when the file system can't promise it.</summary>
    public static int Reserve(int descriptor, long from, long length)
    {
        int error = Error(Libc.Allocate(descriptor, KeepSize, from, length));
        return error is NotSupported or Libc.NotImplemented ? 0 : error;
    }

    /// <summary>Removes a name from a directory. 0 also when it does not exist.</summary>
    public static int Remove(int directory, string name)
    {
        int error = Error(Libc.UnlinkAt(directory, name, 0));
        return error == Libc.NoEntry ? 0 : error;
    }

    private static int Flush(int descriptor) => Error(Libc.Sync(descriptor));

    private static int OpenDirectory(string path) => Libc.Open(path, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.CloseOnExec, 0);

    private static int Error(int result) => result == 0 ? 0 : Marshal.GetLastPInvokeError();

    private static void Check(int error, string path)
    {
        if (error != 0)
        {
            throw new IOException($"{path}: can't be written: {ErrorText.OfFile(error)}");
        }
    }
}
