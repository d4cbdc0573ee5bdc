using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// The packages in the data directory: copies that nobody can exchange between their check and their installation, and to which a rollback
/// goes back.
/// </summary>
internal sealed unsafe class PackageStore(DownloadOptions options)
{
    public const string DirectoryName = "packages";

    private const string NewName = "new.deb";
    private const int BlockBytes = 64 * 1024;
    private const uint OwnerOnly = 0x180;

    public string DirectoryPath { get; } = Path.Combine(options.DataDirectory, DirectoryName);

    private string NewPath => Path.Combine(DirectoryPath, NewName);

    /// <summary>Copies a checked file, so that it survives a power cut.</summary>
    /// <returns>The path of the copy.</returns>
    /// <exception cref="UpdateFailure">It can't be copied.</exception>
    /// <exception cref="IOException">The directory can't be created, or must not be trusted.</exception>
    public string Add(PartialFile file, string shown, CancellationToken cancellationToken)
    {
        options.Changing();
        if (ProtectedDirectory.Create(DirectoryPath))
        {
            DurableFile.FlushDirectory(options.DataDirectory);
        }

        using TargetFile target = TargetFile.Open(NewPath, root: null);
        long free = target.FreeBytes() - options.SpareBytes;
        if (free < file.Length)
        {
            throw new UpdateFailure(
                $"no room for a copy of {shown}: {file.Length} bytes, of which {Math.Max(0, free)} are free in {DirectoryPath}; free some");
        }

        options.Changing();
        using PartialFile copy = PartialFile.Open(target, keep: 0, needsSha384: false, cancellationToken);
        try
        {
            Copy(file, copy, shown, cancellationToken);
            copy.Finish(OwnerOnly, owner: null);
            options.Changing();
            target.Replace();
            return NewPath;
        }
        catch (Exception e) when (e is UpdateFailure or OperationCanceledException)
        {
            target.Discard();
            throw;
        }
    }

    /// <summary>Removes the copy, unless it was kept.</summary>
    public void Discard() => _ = PrivateFile.TryDelete(DirectoryPath, NewName);

    /// <summary>Gives the copy its name.</summary>
    /// <param name="package">The package that it is.</param>
    /// <param name="replaces">Whether it replaces a copy of the same version.</param>
    /// <returns>The path.</returns>
    /// <exception cref="IOException">It can't be renamed.</exception>
    public string Keep(PackageId package, bool replaces)
    {
        string path = PathOf(package);
        if (replaces || !File.Exists(path))
        {
            options.Changing();
            File.Move(NewPath, path, overwrite: true);
            DurableFile.FlushDirectory(DirectoryPath);
        }

        return path;
    }

    /// <summary>The file of a version: a kept copy, or one that apt has downloaded; null if there is none.</summary>
    public string? Find(PackageId package)
    {
        string[] paths = [PathOf(package), Path.Combine(options.AptArchives, package.FileName)];
        return Array.Find(
            paths,
            p => DiskEntry.Read(p, out DiskEntry entry) == 0
                && entry is { IsFile: true, IsWritableByOthers: false } && entry.IsTrustedBy(0));
    }

    /// <summary>Removes the copies of other versions of a package.</summary>
    public void Prune(PackageId package, PackageId? before)
    {
        foreach (string path in Directory.GetFiles(DirectoryPath, package.Name + "_*"))
        {
            string name = Path.GetFileName(path);
            if (name != package.FileName && name != before?.FileName)
            {
                options.Changing();
                _ = PrivateFile.TryDelete(DirectoryPath, name);
            }
        }
    }

    private static void Copy(PartialFile from, PartialFile to, string shown, CancellationToken cancellationToken)
    {
        byte[] block = new byte[BlockBytes];
        nint count = 0;
        while (to.Length < from.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            fixed (byte* start = block)
            {
                count = Libc.ReadAt(from.Descriptor, start, block.Length, to.Length);
            }

            int error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (count == 0 || error is not (0 or Libc.Interrupted))
            {
                throw new UpdateFailure($"{shown}: can't be read: {ErrorText.OfFile(error)}");
            }

            to.Append(block.AsSpan(0, (int)Math.Max(0, count)));
        }

        if (to.Checksum() != from.Checksum())
        {
            throw new UpdateFailure($"{shown} has changed while it was copied; nothing is installed");
        }
    }

    private string PathOf(PackageId package) => Path.Combine(DirectoryPath, package.FileName);
}
