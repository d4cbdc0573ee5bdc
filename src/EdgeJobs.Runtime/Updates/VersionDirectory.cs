using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// A directory with a directory for each version, and the link <c>current</c> to one of them. A version gets its name when it is complete
/// and on the disk, and the link changes in one piece, so that it always names a whole version.
/// </summary>
internal sealed class VersionDirectory : IDisposable
{
    /// <summary>The file in each version that has the checksum of its archive.</summary>
    public const string MarkName = ".edgejobs";

    private const string LinkName = StepAction.Install.CurrentName;
    private const string Suffix = ".new";
    private const string NextLinkName = "." + LinkName + Suffix;
    private const int MaxMark = 256;
    private const uint PrivateMode = 0x1C0;
    private readonly int _directory;
    private readonly Action _changing;

    private VersionDirectory(string path, int directory, Action changing)
    {
        Path = path;
        _directory = directory;
        _changing = changing;
    }

    public string Path { get; }

    /// <summary>Opens a directory; creates it if only its parent exists.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="root">The directory that it must lie below; null for any.</param>
    /// <param name="changing">Called before each change.</param>
    /// <exception cref="UpdateFailure">It can't be used.</exception>
    public static VersionDirectory Open(string path, string? root, Action changing)
    {
        string name = System.IO.Path.GetFileName(path);
        int parent = TargetFile.OpenDirectory(System.IO.Path.GetDirectoryName(path)!, root);
        int error = 0;
        if (DiskEntry.ReadAt(parent, name, out _) == Libc.NoEntry)
        {
            changing();
            error = Libc.MakeDirectoryAt(parent, name, ArchiveExtractor.DirectoryMode) == 0 && Libc.Sync(parent) == 0
                ? 0
                : Marshal.GetLastPInvokeError();
        }

        _ = Libc.Close(parent);
        if (error != 0)
        {
            throw new UpdateFailure($"{path}: can't be created: {ErrorText.OfFile(error)}");
        }

        VersionDirectory versions = new(path, TargetFile.OpenDirectory(path, root), changing);
        if (versions.FindFault() is { } fault)
        {
            versions.Dispose();
            throw new UpdateFailure(fault);
        }

        return versions;
    }

    /// <summary>How many bytes can still be written.</summary>
    public long FreeBytes() => TargetFile.FreeBytes(_directory);

    /// <summary>What the link has; null if there is no link.</summary>
    /// <exception cref="UpdateFailure">There is something else of that name.</exception>
    public unsafe string? Current()
    {
        int error = DiskEntry.ReadAt(_directory, LinkName, out DiskEntry entry);
        if (error == Libc.NoEntry)
        {
            return null;
        }

        if (error == 0 && !entry.IsLink)
        {
            throw new UpdateFailure($"{Path}/{LinkName} is {entry.Kind}, not a symbolic link to a version; move it away");
        }

        byte* text = stackalloc byte[Libc.PathBytes];
        nint length = error == 0 ? Libc.ReadLinkAt(_directory, LinkName, text, Libc.PathBytes) : -1;
        return length is > 0 and < Libc.PathBytes
            ? Encoding.UTF8.GetString(text, (int)length)
            : throw new UpdateFailure($"{Path}/{LinkName}: can't be read");
    }

    /// <summary>The version that a link names; null if it names none of this directory.</summary>
    public string? VersionOf(string? link)
    {
        string? name = link is not null && link.StartsWith(Path + "/", StringComparison.Ordinal) ? link[(Path.Length + 1)..] : link;
        name = name is not null && name.StartsWith("./", StringComparison.Ordinal) ? name[2..] : name;
        name = name?.TrimEnd('/');
        return name is null || name.Contains('/', StringComparison.Ordinal) ? null : name;
    }

    /// <summary>The checksum of the archive that a version comes from.</summary>
    /// <returns>Null if the version is not there; empty if it does not come from an archive.</returns>
    public string? ChecksumOf(string version)
    {
        if (DiskEntry.ReadAt(_directory, version, out DiskEntry entry) == Libc.NoEntry)
        {
            return null;
        }

        try
        {
            byte[]? mark = entry.IsDirectory ? PrivateFile.Read($"{Path}/{version}/{MarkName}", MaxMark) : null;
            return mark is null ? "" : Encoding.ASCII.GetString(mark);
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Writes a new version.</summary>
    /// <param name="version">Its name. A version of that name that is there must not be the current one.</param>
    /// <param name="checksum">The checksum of its archive.</param>
    /// <param name="extract">Extracts the archive into the directory of a descriptor.</param>
    /// <exception cref="UpdateFailure">It can't be written; nothing is changed.</exception>
    public void Add(string version, string checksum, Action<int> extract)
    {
        string staging = StagingOf(version);
        Remove(staging);
        _changing();
        Check(Libc.MakeDirectoryAt(_directory, staging, PrivateMode), staging);
        try
        {
            Write(staging, checksum, extract);
            if (DiskEntry.ReadAt(_directory, version, out _) == 0)
            {
                Remove(version);
            }

            _changing();
            Check(Libc.RenameAt(_directory, staging, _directory, version), version);
            Check(Libc.Sync(_directory), version);
        }
        catch (Exception e) when (e is UpdateFailure or OperationCanceledException)
        {
            Remove(staging);
            throw;
        }
    }

    /// <summary>Makes the link name something else.</summary>
    /// <param name="link">What it then has; null to remove it.</param>
    /// <exception cref="UpdateFailure">That failed; the link is as before.</exception>
    public void Switch(string? link)
    {
        if (Current() == link)
        {
            // An attempt that was killed after the change may not have flushed it.
            Check(Libc.Sync(_directory), LinkName);
            return;
        }

        _changing();
        if (link is null)
        {
            Check(DurableFile.Remove(_directory, LinkName) == 0 ? 0 : -1, LinkName);
        }
        else
        {
            _ = DurableFile.Remove(_directory, NextLinkName);
            Check(Libc.LinkAt(link, _directory, NextLinkName), NextLinkName);
            _changing();
            Check(Libc.RenameAt(_directory, NextLinkName, _directory, LinkName), LinkName);
        }

        _changing();
        Check(Libc.Sync(_directory), LinkName);
    }

    /// <summary>Removes the versions that came from archives, except some, and what interrupted changes have left.</summary>
    public void Prune(params ReadOnlySpan<string?> keep)
    {
        foreach (string directory in Directory.GetDirectories(Path))
        {
            string name = System.IO.Path.GetFileName(directory);
            bool isLeftover = name[0] == '.' && name.EndsWith(Suffix, StringComparison.Ordinal);
            if (isLeftover || (name[0] != '.' && keep.IndexOf(name) < 0 && ChecksumOf(name) is { Length: > 0 }))
            {
                Remove(name);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_directory);

    private static string StagingOf(string version) => $".{version}{Suffix}";

    private void Write(string staging, string checksum, Action<int> extract)
    {
        int flags = Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.OpenNonBlocking | Libc.CloseOnExec;
        int tree = Libc.OpenAt(_directory, staging, flags, 0);
        Check(tree, staging);
        try
        {
            int error = PrivateFile.Create(tree, MarkName, out int mark);
            error = error == 0 ? DurableFile.WriteAll(mark, Encoding.ASCII.GetBytes(checksum)) : error;
            Libc.CloseAll(mark);
            if (error != 0)
            {
                throw Fault(staging, error);
            }

            _changing();
            extract(tree);
            _changing();
            Check(Libc.ChangeMode(tree, ArchiveExtractor.DirectoryMode), staging);
            Check(Libc.SyncFileSystem(tree), staging);
        }
        finally
        {
            _ = Libc.Close(tree);
        }
    }

    /// <summary>Removes a directory with its content. It is renamed before: no version is there in part.</summary>
    private void Remove(string name)
    {
        if (DiskEntry.ReadAt(_directory, name, out _) == Libc.NoEntry)
        {
            return;
        }

        _changing();
        string gone = name[0] == '.' ? name : StagingOf(name + ".old");
        if (gone != name)
        {
            Remove(gone);
            Check(Libc.RenameAt(_directory, name, _directory, gone), name);
            Check(Libc.Sync(_directory), name);
            _changing();
        }

        try
        {
            string path = $"{Path}/{gone}";
            if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UpdateFailure($"{Path}/{gone}: can't be removed: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private string? FindFault()
    {
        _ = DiskEntry.Read(_directory, out DiskEntry entry);
        return !entry.IsDirectory ? $"{Path} is {entry.Kind}, not a directory; choose another one"
            : !entry.IsTrustedBy(Libc.EffectiveUser()) || entry.IsWritableByOthers
                ? $"{Path} can be changed by users other than the agent's (mode {entry.Octal}, owner {DiskEntry.NameOf(entry.Owner)}), who "
                    + $"could exchange a version; run: sudo chown root {Path}; sudo chmod go-w {Path}"
            : ProtectedDirectory.FindFault(Path, out _);
    }

    private void Check(int result, string name)
    {
        if (result < 0)
        {
            throw Fault(name, Marshal.GetLastPInvokeError());
        }
    }

    private UpdateFailure Fault(string name, int error) => new($"{Path}/{name}: can't be written: {ErrorText.OfFile(error)}");
}
