using System.Runtime.InteropServices;
using EdgeJobs.Client;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// The files that the agent keeps for itself. No symbolic link is followed; only a regular file of root, of the agent's own user or of the
/// owner of its directory is read; a file that is written is a new one. In a directory that was once open to others, they may have left files.
/// </summary>
internal static unsafe class PrivateFile
{
    private const uint OwnerReadsAndWrites = 0x180;

    // A named pipe must not keep the agent waiting for a writer.
    private const int DoNotWait = 0x800;
    private const int FewestBytes = 512;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <returns>Its content; null only when there is no such file.</returns>
    /// <exception cref="IOException">It can't be read, or must not be trusted. The message names the file and the fix.</exception>
    public static byte[]? Read(string path, long most) => Read(JournalNative.WorkingDirectory, path, path, most);

    /// <summary>Reads a file of an open directory.</summary>
    /// <param name="directory">The descriptor of the directory.</param>
    /// <param name="name">The file's name in it.</param>
    /// <param name="path">The whole path, for messages.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <inheritdoc cref="Read(string, long)"/>
    public static byte[]? Read(int directory, string name, string path, long most) => Read(directory, name, path, most, isOwn: true);

    /// <summary>Reads a file that is not the agent's own: links are followed, and it may belong to anybody.</summary>
    /// <param name="path">The file.</param>
    /// <param name="most">The most bytes that it may have.</param>
    /// <returns>Its content, or the first <paramref name="most"/> bytes of it and one more; null only when there is no such file.</returns>
    /// <exception cref="IOException">It can't be read.</exception>
    public static byte[]? ReadForeign(string path, long most) => Read(JournalNative.WorkingDirectory, path, path, most, isOwn: false);

    private static byte[]? Read(int directory, string name, string path, long most, bool isOwn)
    {
        int descriptor = Libc.OpenAt(directory, name, Libc.OpenReadOnly | (isOwn ? Libc.OpenNoFollow : 0) | DoNotWait | Libc.CloseOnExec, 0);
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

            // What the kernel makes, as in /proc and /sys, has another length than it says.
            return !isOwn ? ReadAll(descriptor, path, Math.Min(entry.Size, most), most, cut: true)
                : entry.Size <= most ? ReadAll(descriptor, path, entry.Size, most, cut: false)
                : throw TooLong(path, most);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    /// <summary>Creates a file that only its owner may read and write. What has the name is removed first, so that no link is followed.</summary>
    /// <param name="directory">The descriptor of the directory, or <see cref="JournalNative.WorkingDirectory"/>.</param>
    /// <param name="name">The file's name in it, or its path.</param>
    /// <param name="descriptor">The file, open for reading and writing.</param>
    /// <returns>An error number, or 0.</returns>
    public static int Create(int directory, string name, out int descriptor)
    {
        descriptor = -1;
        int error = JournalNative.Remove(directory, name);
        if (error == 0)
        {
            descriptor = Libc.OpenAt(
                directory, name, JournalNative.ReadWrite | JournalNative.Create | JournalNative.Exclusive | Libc.OpenNoFollow | Libc.CloseOnExec, OwnerReadsAndWrites);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        }

        return error;
    }

    /// <summary>Opens a file of a directory that others can't write, for .NET's own file access. What it held is gone.</summary>
    /// <exception cref="IOException">It can't be opened.</exception>
    public static SafeFileHandle OpenEmpty(string path)
    {
        int descriptor = Libc.Open(
            path, JournalNative.ReadWrite | JournalNative.Create | JournalNative.Truncate | Libc.OpenNoFollow | DoNotWait | Libc.CloseOnExec, OwnerReadsAndWrites);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Unwritable(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>Opens a file to write over what it holds. One that does not exist, or that must not be trusted, is created.</summary>
    /// <returns>Its descriptor, or -1.</returns>
    public static int OpenForUpdate(string path)
    {
        int descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenNoFollow | DoNotWait | Libc.CloseOnExec, 0);
        if (descriptor >= 0)
        {
            if (DiskEntry.Read(descriptor, out DiskEntry entry) == 0 && entry.Links == 1 && FindFault(path, entry) is null)
            {
                return descriptor;
            }

            _ = Libc.Close(descriptor);
        }

        return Create(JournalNative.WorkingDirectory, path, out descriptor) == 0 ? descriptor : -1;
    }

    /// <summary>Puts a new content in the place of a file at once. It is not flushed: after a power cut there may be the old one, or an empty file.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string next = path + ".new";
        int error = Create(JournalNative.WorkingDirectory, next, out int descriptor);
        if (error == 0)
        {
            error = JournalNative.WriteAll(descriptor, content);
            _ = Libc.Close(descriptor);
        }

        error = error == 0 ? JournalNative.Replace(JournalNative.WorkingDirectory, next, path) : error;
        if (error != 0)
        {
            throw Unwritable(path, error);
        }
    }

    /// <summary>Why a file must not be trusted; null when it may be.</summary>
    private static string? FindFault(string path, in DiskEntry entry)
    {
        if (!entry.IsFile)
        {
            return $"{path}: is {entry.Kind}, not a file; move it away";
        }

        if (!entry.IsTrustedBy(0) && !IsOfDirectory(path, entry.Owner))
        {
            return $"{path}: belongs to {DiskEntry.NameOf(entry.Owner)}, not to the user {OwnUser.Name}; if it is the agent's, run: sudo chown {OwnUser.Owner} {path}; if not, move it away";
        }

        return entry.IsWritableByOthers
            ? $"{path}: can be written by others than its owner (mode {entry.Octal}); if nobody has changed it, run: sudo chmod 600 {path}; if somebody has, move it away"
            : null;
    }

    private static bool IsOfDirectory(string path, uint owner) =>
        DiskEntry.Read(Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".", out DiskEntry above) == 0 && above.Owner == owner;

    private static byte[] ReadAll(int descriptor, string path, long size, long most, bool cut)
    {
        // One byte more than it has: the end is seen without growing.
        byte[] buffer = new byte[Math.Max(size + 1, FewestBytes)];
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
                $"{path}: can't be read by the user {OwnUser.Name}: permission denied (mode {entry.Octal}, owner {DiskEntry.NameOf(entry.Owner)}); run the agent as that user, or run: sudo chown {OwnUser.Owner} {path}");
        }

        return new IOException(isDenied
            ? $"{path}: can't be read by the user {OwnUser.Name}: permission denied in its directory; run: sudo chown {OwnUser.Owner} {Path.GetDirectoryName(path)}"
            : $"{path}: can't be read: {JournalNative.Describe(error)}");
    }

    private static IOException TooLong(string path, long most) => new($"{path}: has more than {most} bytes, which no such file needs; move it away");

    private static IOException Unwritable(string path, int error) => new($"{path}: can't be written: {JournalNative.Describe(error)}");
}
