using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Checks the entries of a tar archive, and writes them into a new directory, by descriptors: no link leads out of it.</summary>
/// <param name="directory">The descriptor of the directory.</param>
/// <param name="changing">Called before each entry is written.</param>
internal sealed class ArchiveExtractor(int directory, Action changing)
{
    /// <summary>The mode of directories, 755.</summary>
    public const uint DirectoryMode = 0x1ED;

    private const int MaxEntries = 100_000;
    private const int DiskBlockBytes = 4096;
    private const int BlockBytes = 64 * 1024;
    private const int Exists = 17;
    private const int NoSpace = 28;
    private const uint OwnerAccess = 0x1C0;
    private const uint FileAccess = 0x180;
    private readonly byte[] _block = new byte[BlockBytes];

    /// <summary>Checks all entries.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="free">How many bytes they may need on the disk.</param>
    /// <exception cref="UpdateFailure">An entry is not accepted.</exception>
    public static void Check(TarReader archive, long free)
    {
        // Whether a path is a directory; null for one that has no entry yet, but entries below it.
        Dictionary<string, bool?> kinds = [];
        long needed = 0;
        while (archive.Next())
        {
            if (kinds.TryGetValue(archive.Path, out bool? known) && (known is not null || !archive.IsDirectory))
            {
                throw new UpdateFailure($"the archive has '{archive.ShownPath}' twice");
            }

            if (archive.Path == VersionDirectory.MarkName)
            {
                throw new UpdateFailure($"the archive has '{archive.ShownPath}', a name that the agent uses; rename it");
            }

            kinds[archive.Path] = archive.IsDirectory;
            int end = archive.Path.Length;
            while ((end = archive.Path.LastIndexOf('/', end - 1)) > 0)
            {
                string parent = archive.Path[..end];
                if (kinds.TryGetValue(parent, out bool? above))
                {
                    if (above == false)
                    {
                        throw new UpdateFailure($"the archive has '{archive.ShownPath}' below a file");
                    }

                    break;
                }

                kinds.Add(parent, null);
            }

            // In whole blocks, and one for the name.
            long blocks = archive.Size > free ? free : (archive.Size + DiskBlockBytes - 1) / DiskBlockBytes * DiskBlockBytes;
            needed += blocks + DiskBlockBytes;
            if (needed > free)
            {
                throw new UpdateFailure(
                    $"no room for the content of the archive: more than the {Math.Max(0, free)} free bytes of the disk; free some");
            }

            if (kinds.Count > MaxEntries)
            {
                throw new UpdateFailure($"the archive has more than {MaxEntries} files and directories");
            }
        }

        if (kinds.Count == 0)
        {
            throw new UpdateFailure("the archive is empty");
        }
    }

    /// <summary>Extracts all entries.</summary>
    /// <exception cref="UpdateFailure">An entry is not accepted, or can't be written.</exception>
    public void Extract(TarReader archive)
    {
        while (archive.Next())
        {
            changing();
            string[] names = archive.Path.Split('/');
            int parents = archive.IsDirectory ? names.Length : names.Length - 1;
            int parent = OpenDirectories(names.AsSpan(0, parents), archive);
            try
            {
                if (!archive.IsDirectory)
                {
                    Write(parent, names[^1], archive);
                }
                else if (Libc.ChangeMode(parent, archive.Mode | OwnerAccess) != 0)
                {
                    throw Fault(archive, Marshal.GetLastPInvokeError());
                }
            }
            finally
            {
                _ = Libc.Close(parent);
            }
        }
    }

    /// <summary>Opens a directory, and creates what is missing of it.</summary>
    private int OpenDirectories(ReadOnlySpan<string> names, TarReader archive)
    {
        const int Flags = Libc.OpenReadOnly | Libc.CloseOnExec | Libc.OpenNonBlocking;
        int opened = Libc.OpenAt(directory, ".", Flags, 0);
        int error = opened < 0 ? Marshal.GetLastPInvokeError() : 0;
        foreach (string name in names)
        {
            if (error != 0)
            {
                break;
            }

            int above = opened;
            error = Libc.MakeDirectoryAt(above, name, DirectoryMode) == 0 ? 0 : Marshal.GetLastPInvokeError();
            error = error == Exists ? 0 : error;
            opened = error != 0 ? -1 : Libc.OpenAt(above, name, Flags | Libc.OpenNoFollow, 0);
            error = error == 0 && opened < 0 ? Marshal.GetLastPInvokeError() : error;
            _ = Libc.Close(above);
        }

        return error == 0 ? opened : throw Fault(archive, error);
    }

    private void Write(int parent, string name, TarReader archive)
    {
        int flags = Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenExclusive | Libc.OpenNoFollow | Libc.CloseOnExec;
        int file = Libc.OpenAt(parent, name, flags, FileAccess);
        int error = file < 0 ? Marshal.GetLastPInvokeError() : 0;
        try
        {
            int count;
            while (error == 0 && (count = archive.Read(_block)) > 0)
            {
                error = DurableFile.WriteAll(file, _block.AsSpan(0, count));
            }

            error = error == 0 && Libc.ChangeMode(file, archive.Mode) != 0 ? Marshal.GetLastPInvokeError() : error;
        }
        finally
        {
            Libc.CloseAll(file);
        }

        if (error != 0)
        {
            throw Fault(archive, error);
        }
    }

    private static UpdateFailure Fault(TarReader archive, int error) => new(
        error == NoSpace ? "no space is left on the disk for the content of the archive; free some"
        : error == Exists ? $"the archive has '{archive.ShownPath}' twice"
        : $"'{archive.ShownPath}' of the archive can't be written: {ErrorText.OfFile(error)}");
}
