using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Journal;

/// <summary>
/// The C library, as far as a file needs it that survives a power cut. .NET's own flush passes over some errors, and it opens
/// no directory.
/// </summary>
internal static unsafe partial class JournalNative
{
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int Truncate = 0x200;
    private const int KeepSize = 1;
    private const int ExclusiveNow = 2 | 4;
    private const int MayWriteAndSearch = 2 | 1;
    private const int WorkingDirectory = -100;
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

    /// <summary>Puts a file in the place of another one at once; an error number, or 0.</summary>
    public static int Replace(string from, string to) => Rename(from, to) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Brings a directory's names to the disk; an error number, or 0.</summary>
    public static int FlushDirectory(string directory)
    {
        int descriptor = Libc.Open(directory, Libc.OpenReadOnly | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return Marshal.GetLastPInvokeError();
        }

        int error = FlushAll(descriptor);
        _ = Libc.Close(descriptor);
        return error;
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
        _ => $"error {error}",
    };

    /// <summary>Whether this process may make files in a directory, as the kernel sees it.</summary>
    public static bool MayWrite(string directory) => Access(directory, MayWriteAndSearch) == 0;

    /// <summary>The number of the user whom a file or directory belongs to; null when it can't be known.</summary>
    public static uint? OwnerOf(string path)
    {
        Libc.FileStatusEntry status;
        return Libc.FileStatus(WorkingDirectory, path, 0, Libc.StatusBasics, &status) == 0 ? status.User : null;
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

    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
