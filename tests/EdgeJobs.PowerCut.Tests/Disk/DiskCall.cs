namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>A system call that changes a disk or makes changes durable. Paths are relative to the root of the disk, which is "".</summary>
internal abstract record DiskCall(string Path)
{
    public sealed record CreateFile(string Path) : DiskCall(Path);

    public sealed record CreateDirectory(string Path) : DiskCall(Path);

    public sealed record Write(string Path, long Offset, byte[] Bytes) : DiskCall(Path);

    public sealed record Truncate(string Path, long Length) : DiskCall(Path);

    public sealed record Rename(string Path, string To) : DiskCall(Path);

    /// <summary>unlink or rmdir.</summary>
    public sealed record Remove(string Path) : DiskCall(Path);

    /// <summary>fsync or fdatasync, of a file or a directory.</summary>
    public sealed record Flush(string Path) : DiskCall(Path);
}
