using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// The place of a file that a download replaces, by the descriptor of its directory: below a root of the policy no link is followed,
/// elsewhere only those of root and the agent, and nobody can exchange the directory afterwards.
/// </summary>
internal sealed class TargetFile : IDisposable
{
    private const int Loop = 40;
    private const int NotDirectory = 20;
    private readonly int _directory;

    private TargetFile(string path, int directory)
    {
        Path = path;
        _directory = directory;
        Name = System.IO.Path.GetFileName(path);
        TemporaryName = $".edgejobs-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)).AsSpan(0, 8))}.part";
    }

    public string Path { get; }

    public string Name { get; }

    /// <summary>The name of the partial file, in the same directory.</summary>
    public string TemporaryName { get; }

    public int Directory => _directory;

    /// <summary>Opens the directory of a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="root">The directory that the file must lie below; null for any.</param>
    /// <exception cref="DownloadFailure">The directory can't be used.</exception>
    public static TargetFile Open(string path, string? root)
    {
        TargetFile target = new(path, OpenDirectory(System.IO.Path.GetDirectoryName(path)!, root));
        if (target.FindFault() is { } fault)
        {
            target.Dispose();
            throw new DownloadFailure(fault);
        }

        return target;
    }

    /// <summary>Opens a directory.</summary>
    /// <param name="parent">Its path.</param>
    /// <param name="root">The directory that it must lie below, or be; null for any.</param>
    /// <exception cref="DownloadFailure">It can't be opened.</exception>
    public static int OpenDirectory(string parent, string? root)
    {
        string? foreign = null;
        int directory = root is null ? TrustedPath.OpenDirectory(parent, LastFlags, out foreign) : OpenBelow(root, parent);
        int error = directory < 0 ? Marshal.GetLastPInvokeError() : 0;
        return error == 0 ? directory : throw new DownloadFailure(error switch
        {
            Libc.NoEntry => $"the directory {parent} does not exist; create it, or choose another path",
            Loop or NotDirectory when root is not null =>
                $"{parent} has a part that is a symbolic link or a file; below {root} the agent follows no links",
            _ when foreign is not null => $"{parent}: {foreign}, and the agent follows only its own and those of root",
            NotDirectory => $"{parent} is not a directory; choose another path",
            _ => $"{parent}: can't be opened: {ErrorText.OfFile(error)}",
        });
    }

    /// <summary>How many bytes a user without privileges can still write to the file system of a descriptor.</summary>
    public static unsafe long FreeBytes(int directory)
    {
        Libc.FileSystemEntry entry;
        return Libc.FileSystemStatus(directory, &entry) == 0
            ? (long)Math.Min((ulong)long.MaxValue / entry.FragmentBytes, entry.AvailableFragments) * (long)entry.FragmentBytes
            : long.MaxValue;
    }

    /// <summary>The existing file; null if there is none.</summary>
    public DiskEntry? Existing() => DiskEntry.ReadAt(_directory, Name, out DiskEntry entry) == 0 ? entry : null;

    /// <summary>How many bytes a user without privileges can still write here.</summary>
    public long FreeBytes() => FreeBytes(_directory);

    /// <summary>Removes the partial file.</summary>
    public void Discard() => _ = DurableFile.Remove(_directory, TemporaryName);

    /// <summary>Makes the partial file the file, in one piece. After a power cut it is the old one or the new one.</summary>
    /// <exception cref="DownloadFailure">That failed.</exception>
    public void Replace()
    {
        int error = Libc.RenameAt(_directory, TemporaryName, _directory, Name) == 0 && Libc.Sync(_directory) == 0
            ? 0
            : Marshal.GetLastPInvokeError();
        if (error != 0)
        {
            throw new DownloadFailure($"{Path}: can't be replaced: {ErrorText.OfFile(error)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_directory);

    /// <summary>A named pipe must not keep the agent waiting. To be fsynced, the directory must be open for reading.</summary>
    private static int LastFlags => Libc.OpenReadOnly | Libc.OpenNonBlocking | Libc.CloseOnExec;

    private static int OpenBelow(string root, string parent)
    {
        string[] names = parent.Length <= root.Length ? [] : parent[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        int directory = Libc.Open(root, names.Length == 0 ? LastFlags : Libc.OpenPathOnly | Libc.CloseOnExec, 0);
        for (int i = 0; i < names.Length && directory >= 0; i++)
        {
            int above = directory;
            int flags = i == names.Length - 1 ? LastFlags : Libc.OpenPathOnly | Libc.CloseOnExec;
            directory = Libc.OpenAt(above, names[i], flags | Libc.OpenNoFollow, 0);
            int error = Marshal.GetLastPInvokeError();
            _ = Libc.Close(above);
            Marshal.SetLastPInvokeError(error);
        }

        return directory;
    }

    private string? FindFault() =>
        DiskEntry.Read(_directory, out DiskEntry parent) != 0 || !parent.IsDirectory
            ? $"{System.IO.Path.GetDirectoryName(Path)} is not a directory; choose another path"
        : Existing() is not { IsFile: false, IsLink: false } other ? null
        : other.IsDirectory ? $"{Path} is a directory; name a file in it"
        : $"{Path} is {other.Kind}, not a regular file; choose another path";
}
