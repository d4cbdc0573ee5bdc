using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// The C library, as far as a file needs it that survives a power cut. .NET's own flush passes over some errors, and it opens
/// no directory.
/// </summary>
internal static unsafe partial class JournalNative
{
    /// <summary>In the place of a directory's descriptor: names are paths.</summary>
    public const int WorkingDirectory = -100;

    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int Truncate = 0x200;
    private const int KeepSize = 1;
    private const int ExclusiveNow = 2 | 4;
    private const int MayWriteAndSearch = 2 | 1;
    private const int WouldBlock = 11;
    private const int NotSupported = 95;
    private const string Library = "libc";

    /// <summary>Writes all of it; an error number, or 0.</summary>
    public static int WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = Libc.Write(descriptor, start, bytes.Length);
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
            }
        }

        return 0;
    }

    /// <summary>Brings what was written to the disk; an error number, or 0.</summary>
    public static int FlushData(int descriptor) => DataSync(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Brings a file and all that is known of it to the disk; an error number, or 0.</summary>
    public static int FlushAll(int descriptor) => Sync(descriptor) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Makes sure that a file can grow; an error number, or 0 also where the file system can't promise it.</summary>
    public static int Reserve(int descriptor, long from, long length)
    {
        if (Allocate(descriptor, KeepSize, from, length) == 0)
        {
            return 0;
        }

        int error = Marshal.GetLastPInvokeError();
        return error is NotSupported or Libc.NotImplemented ? 0 : error;
    }

    /// <summary>Puts a file in the place of another one of the same directory at once; an error number, or 0.</summary>
    /// <param name="directory">The descriptor that both names are relative to.</param>
    /// <param name="from">The file.</param>
    /// <param name="to">The name that it gets.</param>
    public static int Replace(int directory, string from, string to) => RenameAt(directory, from, directory, to) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Removes a name from a directory; an error number, or 0 also when it is not there.</summary>
    public static int Remove(int directory, string name)
    {
        int error = UnlinkAt(directory, name, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return error == Libc.NoEntry ? 0 : error;
    }

    /// <summary>Takes a file for this process; false when another one has it. A file system without locks lets everyone have it.</summary>
    public static bool TryLock(int descriptor) => Lock(descriptor, ExclusiveNow) == 0 || Marshal.GetLastPInvokeError() != WouldBlock;

    /// <summary>What an error number means for a file, and how to mend it.</summary>
    public static string Describe(int error) => error switch
    {
        1 or 13 => "permission denied; let the agent's user write there",
        2 => "its directory does not exist; create it",
        5 => "input/output error; the disk may be failing",
        23 or 24 => "the limit of open files is reached; raise it",
        27 => "the limit of the size of files is reached; raise it",
        28 => "no space is left on the disk; free some",
        30 => "the disk is read-only; mount it for writing",
        122 => "the user's disk quota is used up; free some space",
        20 => "a part of its path is a file; give another directory",
        21 => "it is a directory; move it away",
        40 => "it is a symbolic link, which the agent does not follow; remove it",
        _ => ErrorText.Words(error),
    };

    /// <summary>Whether this process may make files in a directory, as the kernel sees it.</summary>
    public static bool MayWrite(string directory) => MayWrite(directory, out _);

    /// <summary>Whether this process may make files in a directory, as the kernel sees it; if not, with the error number.</summary>
    public static bool MayWrite(string directory, out int error)
    {
        error = Access(directory, MayWriteAndSearch) == 0 ? 0 : Marshal.GetLastPInvokeError();
        return error == 0;
    }

    [LibraryImport(Library, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport(Library, EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(int descriptor);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(int descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    private static partial int Allocate(int descriptor, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int fromDirectory, string from, int toDirectory, string to);

    [LibraryImport(Library, EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(int directory, string name, int flags);
}
