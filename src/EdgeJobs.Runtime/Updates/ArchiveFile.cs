using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// A tar archive on the board, which may be compressed. It stays open from the check of its signature to the last byte that is extracted,
/// and only the agent's user or root may be able to change it.
/// </summary>
internal sealed unsafe class ArchiveFile : IDisposable
{
    private const int MagicBytes = 6;
    private const int MaxMessage = 512;
    private readonly PartialFile _file;
    private readonly string _path;

    private ArchiveFile(PartialFile file, string path)
    {
        _file = file;
        _path = path;
    }

    /// <summary>Its SHA-256.</summary>
    public string Checksum => _file.Checksum();

    /// <summary>Opens an archive, and checks its checksum and signature.</summary>
    /// <inheritdoc cref="InstallFile.Open"/>
    public static ArchiveFile Open(StepAction.Install plan, DownloadOptions options, CancellationToken cancellationToken) =>
        new(InstallFile.Open(plan, options, cancellationToken), plan.Archive);

    /// <summary>Reads the archive from its start to its end.</summary>
    /// <param name="searchPath">Where the programs are that decompress it.</param>
    /// <param name="use">Reads all entries.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="UpdateFailure">It is damaged, or the reader of the entries fails.</exception>
    public void Read(string searchPath, Action<TarReader> use, CancellationToken cancellationToken)
    {
        string self = $"/proc/self/fd/{_file.Descriptor}";
        if (Decompressor() is { } command)
        {
            ReadCompressed(command, searchPath, use, cancellationToken);
            return;
        }

        // Opened again, because a descriptor has one position.
        int descriptor = Libc.Open(self, Libc.OpenReadOnly | Libc.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new UpdateFailure($"{_path}: can't be read: {ErrorText.OfFile(Marshal.GetLastPInvokeError())}");
        }

        try
        {
            ReadAll(new TarReader(descriptor, cancellationToken), use);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void ReadAll(TarReader reader, Action<TarReader> use)
    {
        use(reader);
        reader.ReadRest();
    }

    /// <summary>The command that decompresses the archive; null if it is not compressed.</summary>
    private string[]? Decompressor()
    {
        byte* magic = stackalloc byte[MagicBytes];
        ReadOnlySpan<byte> read = new(magic, (int)Math.Max(0, Libc.ReadAt(_file.Descriptor, magic, MagicBytes, 0)));
        return read.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? ["gzip", "-dc", ChildProcess.HandlerPath]
            : read.StartsWith((ReadOnlySpan<byte>)[0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0])
                ? ["xz", "-dc", ChildProcess.HandlerPath]
            : read.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) ? ["zstd", "-dcfq", ChildProcess.HandlerPath]
            : null;
    }

    private void ReadCompressed(string[] command, string searchPath, Action<TarReader> use, CancellationToken cancellationToken)
    {
        if (ProgramFinder.Find(command[0], searchPath, "/", out _) is not { } program)
        {
            throw new UpdateFailure($"{_path} is compressed with {command[0]}, which the board does not have; install it");
        }

        ProcessStart start = new(program, command, [$"PATH={searchPath}", "LC_ALL=C"], "/") { Handler = _file.Descriptor };
        if (ChildProcess.Start(start, NativeSpawn.IsLinked, out int error) is not { } child)
        {
            throw new UpdateFailure($"can't start {program}: {ErrorText.Of(error)}");
        }

        TarReader reader = new(child.StdOut, cancellationToken);
        UpdateFailure? failure = null;
        string? fault;
        try
        {
            using CancellationTokenRegistration ending =
                cancellationToken.UnsafeRegister(static id => Libc.Kill((int)id!, Libc.SigKill), child.Id);
            ReadAll(reader, use);
        }
        catch (UpdateFailure e)
        {
            failure = e;
        }
        finally
        {
            if (!reader.HasEnded)
            {
                _ = Libc.Kill(child.Id, Libc.SigKill);
            }

            fault = End(child);
        }

        // If the program failed, its message says why the archive ends.
        failure = fault is not null && reader.HasEnded ? new UpdateFailure($"{_path} can't be decompressed: {fault}") : failure;
        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>Waits for the end of a program.</summary>
    /// <returns>Why it failed; null if it did not.</returns>
    private static string? End(ChildProcess child)
    {
        byte[] text = new byte[MaxMessage];
        int length = 0;
        fixed (byte* start = text)
        {
            nint count;
            while (length < MaxMessage && (count = Libc.Read(child.StdErr, start + length, MaxMessage - length)) > 0)
            {
                length += (int)count;
            }
        }

        Libc.CloseAll(child.StdOut, child.StdErr, child.Progress);
        return child.Reap() is null or 0 ? null : StatusText.Head(Encoding.UTF8.GetString(text, 0, length).Trim());
    }
}
