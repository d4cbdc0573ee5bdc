using System.Runtime.InteropServices;
using System.Security.Cryptography;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>The part of a file that has arrived, and its checksum.</summary>
internal sealed unsafe class PartialFile : IDisposable
{
    private const int BlockBytes = 64 * 1024;
    private const int NoSpace = 28;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // Only for signatures that need it.
    private readonly IncrementalHash? _hash384;
    private readonly string _shown;
    private int _descriptor = -1;

    private PartialFile(string shown, bool needsSha384)
    {
        _shown = shown;
        _hash384 = needsSha384 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA384) : null;
    }

    public int Descriptor => _descriptor;

    public long Length { get; private set; }

    /// <summary>Opens the partial file of a target. A file that must not be trusted is replaced.</summary>
    /// <param name="target">The target.</param>
    /// <param name="keep">How many bytes to keep; <see cref="long.MaxValue"/> for all.</param>
    /// <param name="needsSha384">Whether <see cref="Sha384"/> will be called.</param>
    /// <param name="cancellationToken">Cancels the reading of what is kept.</param>
    /// <exception cref="DownloadFailure">It can't be created or read.</exception>
    public static PartialFile Open(TargetFile target, long keep, bool needsSha384, CancellationToken cancellationToken)
    {
        PartialFile file = new($"{System.IO.Path.GetDirectoryName(target.Path)}/{target.TemporaryName}", needsSha384);
        try
        {
            file.OpenOrCreate(target, ref keep);
            file.ReadKept(keep, cancellationToken);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens and reads the whole file of a target; null if it can't be opened.</summary>
    /// <exception cref="DownloadFailure">It can't be read.</exception>
    public static PartialFile? OpenWhole(TargetFile target, bool needsSha384, CancellationToken cancellationToken)
    {
        PartialFile file = new(target.Path, needsSha384);
        int flags = Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.OpenNonBlocking | Libc.CloseOnExec;
        file._descriptor = Libc.OpenAt(target.Directory, target.Name, flags, 0);
        try
        {
            if (file._descriptor >= 0 && DiskEntry.Read(file._descriptor, out DiskEntry entry) == 0 && entry.IsFile)
            {
                file.ReadKept(entry.Size, cancellationToken);
                return file;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    /// <summary>Writes at the end.</summary>
    /// <exception cref="DownloadFailure">It can't be written.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        AppendToHashes(bytes);
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = Libc.WriteAt(_descriptor, start, bytes.Length, Length);
            }

            int error = written < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (error is not (0 or Libc.Interrupted))
            {
                throw Fault(error);
            }

            Length += Math.Max(0, written);
            bytes = bytes[(int)Math.Max(0, written)..];
        }
    }

    /// <summary>Starts again at the first byte.</summary>
    /// <exception cref="DownloadFailure">It can't be written.</exception>
    public void Clear()
    {
        Check(Libc.Truncate(_descriptor, 0));
        _ = _hash.GetHashAndReset();
        _ = _hash384?.GetHashAndReset();
        Length = 0;
    }

    /// <summary>Makes what was written survive a power cut.</summary>
    /// <exception cref="DownloadFailure">It can't be written.</exception>
    public void Flush() => Check(Libc.SyncData(_descriptor));

    /// <summary>The SHA-256 of all bytes, in lower-case digits.</summary>
    public string Checksum() => Convert.ToHexStringLower(Sha256());

    /// <summary>The SHA-256 of all bytes.</summary>
    public byte[] Sha256() => _hash.GetCurrentHash();

    /// <summary>The SHA-384 of all bytes.</summary>
    public byte[] Sha384() => _hash384!.GetCurrentHash();

    /// <summary>Sets permissions and owner, and makes everything survive a power cut.</summary>
    /// <exception cref="DownloadFailure">That failed.</exception>
    public void Finish(uint mode, LocalUser? owner)
    {
        if (owner is not null && Libc.ChangeOwner(_descriptor, owner.Id, owner.GroupId) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new DownloadFailure(error == 1
                ? $"the agent can't give files to the user '{owner.Name}': it does not run as root; remove owner"
                : $"{_shown}: can't be given to the user '{owner.Name}': {ErrorText.OfFile(error)}");
        }

        Check(Libc.ChangeMode(_descriptor, mode));
        Check(Libc.Sync(_descriptor));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Libc.CloseAll(_descriptor);
        _descriptor = -1;
        _hash.Dispose();
        _hash384?.Dispose();
    }

    private void OpenOrCreate(TargetFile target, ref long keep)
    {
        if (keep > 0)
        {
            int flags = Libc.OpenReadWrite | Libc.OpenNoFollow | Libc.OpenNonBlocking | Libc.CloseOnExec;
            _descriptor = Libc.OpenAt(target.Directory, target.TemporaryName, flags, 0);
            if (_descriptor >= 0
                && DiskEntry.Read(_descriptor, out DiskEntry entry) == 0
                && entry is { IsFile: true, Links: 1, IsWritableByOthers: false } && entry.Owner == Libc.EffectiveUser())
            {
                // Less than what was fsynced: it is not the file of the record.
                keep = keep == long.MaxValue ? entry.Size : entry.Size < keep ? 0 : keep;
                Check(Libc.Truncate(_descriptor, keep));
                return;
            }

            Libc.CloseAll(_descriptor);
        }

        keep = 0;
        int error = PrivateFile.Create(target.Directory, target.TemporaryName, out _descriptor);
        if (error != 0)
        {
            throw Fault(error);
        }
    }

    private void ReadKept(long keep, CancellationToken cancellationToken)
    {
        byte[] block = new byte[keep == 0 ? 0 : BlockBytes];
        while (Length < keep)
        {
            cancellationToken.ThrowIfCancellationRequested();
            nint count;
            fixed (byte* start = block)
            {
                count = Libc.ReadAt(_descriptor, start, block.Length, Length);
            }

            int error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
            if (count == 0 || error is not (0 or Libc.Interrupted))
            {
                throw new DownloadFailure($"{_shown}: can't be read: {ErrorText.OfFile(error)}");
            }

            AppendToHashes(block.AsSpan(0, (int)Math.Max(0, count)));
            Length += Math.Max(0, count);
        }
    }

    private void AppendToHashes(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _hash384?.AppendData(bytes);
    }

    private void Check(int result)
    {
        if (result != 0)
        {
            throw Fault(Marshal.GetLastPInvokeError());
        }
    }

    private DownloadFailure Fault(int error) => new(error == NoSpace
        ? $"no space is left on the disk of {System.IO.Path.GetDirectoryName(_shown)}; free some"
        : $"{_shown}: can't be written: {ErrorText.OfFile(error)}");
}
