using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Client.Credentials;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// The agent's own files. Symbolic links are not followed. Only a regular file of root, of the agent's user or of the owner of its
/// directory is read, and a replacement is always a new file: other users may have left files in a directory that they could once write.
/// </summary>
internal static unsafe class PrivateFile
{
    private const uint OwnerOnly = 0x180;
    private const int FirstBytes = 512;

    // Non-blocking: a named pipe must not keep the agent waiting for its other end.
    private static readonly int OwnFile = Libc.OpenNoFollow | Libc.OpenNonBlocking | Libc.CloseOnExec;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The size limit in bytes.</param>
    /// <returns>Its content; null only when there is no such file.</returns>
    /// <exception cref="IOException">It can't be read, or must not be trusted. The message names the file and the fix.</exception>
    public static byte[]? Read(string path, long most) => Read(Libc.WorkingDirectory, path, path, most);

    /// <summary>Reads a file of an open directory.</summary>
    /// <param name="directory">The descriptor of the directory.</param>
    /// <param name="name">The file's name in it.</param>
    /// <param name="path">The whole path, for messages.</param>
    /// <param name="most">The size limit in bytes.</param>
    /// <inheritdoc cref="Read(string, long)"/>
    public static byte[]? Read(int directory, string name, string path, long most) => Read(directory, name, path, most, isOwn: true);

    /// <summary>Reads a file that may belong to any user. Symbolic links are followed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The size limit in bytes.</param>
    /// <returns>Its content, or one byte more than <paramref name="most"/> of it; null only when there is no such file.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    public static byte[]? ReadForeign(string path, long most) => Read(Libc.WorkingDirectory, path, path, most, isOwn: false);

    private static byte[]? Read(int directory, string name, string path, long most, bool isOwn)
    {
        int descriptor = Libc.OpenAt(directory, name, Libc.OpenReadOnly | (isOwn ? OwnFile : OwnFile & ~Libc.OpenNoFollow), 0);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            return error == Libc.NoEntry ? null : throw Unreadable(path, error);
        }

        try
        {
            int error = DiskEntry.Read(descriptor, out DiskEntry entry);
            if (error != 0)
            {
                throw Unreadable(path, error);
            }

            if (isOwn && FindFault(path, entry) is { } fault)
            {
                throw new IOException(fault);
            }

            if (!entry.IsFile && !entry.IsDevice)
            {
                throw new IOException($"{path}: is {entry.Kind}, not a file");
            }

            // The size that the kernel states for files in /proc and /sys is wrong.
            return !isOwn ? ReadAll(descriptor, path, Math.Min(entry.Size, most), most, cut: true)
                : entry.Size <= most ? ReadAll(descriptor, path, entry.Size, most, cut: false)
                : throw TooLong(path, most);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    /// <summary>Creates a file with mode 600. Removes what has its name first, so that no link is followed.</summary>
    /// <param name="directory">The descriptor of the directory, or <see cref="Libc.WorkingDirectory"/>.</param>
    /// <param name="name">The file's name in it, or its path.</param>
    /// <param name="descriptor">The file, open for reading and writing.</param>
    /// <returns>An error number, or 0.</returns>
    public static int Create(int directory, string name, out int descriptor)
    {
        descriptor = -1;
        int error = DurableFile.Remove(directory, name);
        if (error == 0)
        {
            descriptor = Libc.OpenAt(directory, name, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenExclusive | OwnFile, OwnerOnly);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        }

        return error;
    }

    /// <summary>Opens and empties a file of a directory that only its owner can write.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static SafeFileHandle OpenEmpty(string path)
    {
        int descriptor = Libc.Open(path, Libc.OpenReadWrite | Libc.OpenCreate | Libc.OpenTruncate | OwnFile, OwnerOnly);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw new IOException($"{path}: can't be written: {ErrorText.OfFile(Marshal.GetLastPInvokeError())}");
    }

    /// <summary>Opens a file to overwrite its content. A file that does not exist, or that must not be trusted, is created.</summary>
    /// <returns>Its descriptor, or -1.</returns>
    public static int OpenForUpdate(string path)
    {
        int descriptor = Libc.Open(path, Libc.OpenWriteOnly | OwnFile, 0);
        if (descriptor >= 0)
        {
            if (DiskEntry.Read(descriptor, out DiskEntry entry) == 0 && entry.Links == 1 && FindFault(path, entry) is null)
            {
                return descriptor;
            }

            _ = Libc.Close(descriptor);
        }

        return Create(Libc.WorkingDirectory, path, out descriptor) == 0 ? descriptor : -1;
    }

    /// <summary>Appends to a file of a directory, without allocations. Creates the file if it does not exist.</summary>
    /// <exception cref="IOException">Not all of it can be written.</exception>
    public static void Append(string directory, string name, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* path = Encode(directory, name, default, stackalloc byte[Libc.PathBytes]), start = bytes)
        {
            int descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenAppend | OwnFile, OwnerOnly);
            bool written = descriptor >= 0 && Libc.Write(descriptor, start, bytes.Length) == bytes.Length;
            int error = Marshal.GetLastPInvokeError();
            _ = Libc.Close(descriptor);
            if (!written)
            {
                throw Fault(directory, name, error);
            }
        }
    }

    /// <summary>Empties a file of a directory.</summary>
    /// <returns>False when there is no such file, or it can't be written.</returns>
    public static bool TryEmpty(string directory, string name)
    {
        fixed (byte* path = Encode(directory, name, default, stackalloc byte[Libc.PathBytes]))
        {
            int descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenTruncate | OwnFile, 0);
            return descriptor >= 0 && Libc.Close(descriptor) == 0;
        }
    }

    /// <summary>Deletes a file, if it exists.</summary>
    /// <returns>False when it can't be deleted.</returns>
    public static bool TryDelete(string directory, string name, string suffix = "")
    {
        fixed (byte* path = Encode(directory, name, suffix, stackalloc byte[Libc.PathBytes]))
        {
            return Libc.Unlink(path) == 0 || Marshal.GetLastPInvokeError() == Libc.NoEntry;
        }
    }

    /// <summary>Deletes a file, if it exists.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public static void Delete(string directory, string name, string suffix = "")
    {
        if (!TryDelete(directory, name, suffix))
        {
            throw Fault(directory, name, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>A path as a C string.</summary>
    private static Span<byte> Encode(ReadOnlySpan<char> directory, ReadOnlySpan<char> name, ReadOnlySpan<char> suffix, Span<byte> buffer)
    {
        int most = Encoding.UTF8.GetByteCount(directory) + Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(suffix) + 2;
        if (most > buffer.Length)
        {
            throw new PathTooLongException($"{directory}/{name}: the path is too long");
        }

        int length = Encoding.UTF8.GetBytes(directory, buffer);
        buffer[length++] = (byte)'/';
        length += Encoding.UTF8.GetBytes(name, buffer[length..]);
        length += Encoding.UTF8.GetBytes(suffix, buffer[length..]);
        buffer[length] = 0;
        return buffer;
    }

    private static IOException Fault(string directory, string name, int error) =>
        new($"{Marshal.GetPInvokeErrorMessage(error)}: '{directory}/{name}'");

    /// <summary>Why a file must not be trusted; null when it may be.</summary>
    private static string? FindFault(string path, in DiskEntry entry)
    {
        if (!entry.IsFile)
        {
            return $"{path}: is {entry.Kind}, not a file; move it away";
        }

        if (!entry.IsTrustedBy(0) && !IsOfDirectory(path, entry.Owner))
        {
            return $"{path}: belongs to {DiskEntry.NameOf(entry.Owner)}, not to the user {OwnUser.Name}; "
                + $"if it is the agent's, run: sudo chown {OwnUser.Owner} {path}; if not, move it away";
        }

        return entry.IsWritableByOthers
            ? $"{path}: is writable by users other than its owner (mode {entry.Octal}); "
                + $"if its content is right, run: sudo chmod 600 {path}; if not, move it away"
            : null;
    }

    private static bool IsOfDirectory(string path, uint owner) =>
        DiskEntry.Read(Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : ".", out DiskEntry entry) == 0
        && entry.Owner == owner;

    private static byte[] ReadAll(int descriptor, string path, long size, long most, bool cut)
    {
        // One byte more than the size: the end of the file is seen without growing the buffer.
        byte[] buffer = new byte[Math.Max(size + 1, FirstBytes)];
        int length = 0;
        while (true)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                count = Libc.Read(descriptor, start + length, buffer.Length - length);
            }

            if (count < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != Libc.Interrupted)
                {
                    throw Unreadable(path, error);
                }
            }
            else if (count == 0)
            {
                return buffer[..length];
            }
            else if ((length += (int)count) > most)
            {
                return cut ? buffer[..(int)(most + 1)] : throw TooLong(path, most);
            }
            else if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    private static IOException Unreadable(string path, int error)
    {
        bool isDenied = error is 1 or Libc.AccessDenied;
        if (isDenied && DiskEntry.Read(path, out DiskEntry entry) == 0)
        {
            return new IOException(
                $"{path}: can't be read by the user {OwnUser.Name}: permission denied "
                + $"(mode {entry.Octal}, owner {DiskEntry.NameOf(entry.Owner)}); "
                + $"run the agent as that user, or run: sudo chown {OwnUser.Owner} {path}");
        }

        return new IOException(isDenied
            ? $"{path}: can't be read by the user {OwnUser.Name}: permission denied in its directory; "
                + $"run: sudo chown {OwnUser.Owner} {Path.GetDirectoryName(path)}"
            : $"{path}: can't be read: {ErrorText.OfFile(error)}");
    }

    private static IOException TooLong(string path, long most) =>
        new($"{path}: is larger than {most} bytes, the limit for this file; move it away");
}
