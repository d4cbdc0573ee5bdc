using System.Buffers;
using System.Globalization;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Journal;

/// <summary>
/// The journal on the disk. <see cref="Write"/> appends and flushes an entry. A new file replaces the journal when an execution is closed
/// and no other follows at once, when the file is too long, and after any write error, because the content of the disk is unknown then. The
/// end of an execution need not survive a power cut: the service knows it. Not thread-safe.
/// </summary>
internal sealed class JournalFile : IDisposable
{
    /// <summary>The file's name in the data directory.</summary>
    public const string Name = "journal";

    /// <summary>How many damaged journals are kept; the oldest is removed.</summary>
    public const int MaxDamaged = 3;

    /// <summary>
    /// The disk space that is reserved before an execution starts: usually enough for its document and the results of its steps.
    /// </summary>
    private const int ReservedBytes = 512 * 1024;

    /// <summary>Additional space, so that a series of small executions needs one reservation.</summary>
    private const int SpareBytes = 64 * 1024;

    private const int DefaultBound = 1024 * 1024;

    private readonly string _directory;
    private readonly string _path;

    // File names are relative to this descriptor: it stays the opened directory, even if the path changes.
    private readonly int _directoryDescriptor;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly int _bound;
    private int _descriptor = -1;

    // Where the next entry goes.
    private long _length;
    private long _compactAt;
    private long _reservedTo;
    private bool _mustRewrite;
    private bool _mustClose;
    private JournalEntry.Closed? _closing;

    private JournalFile(string directory, int bound)
    {
        _bound = bound;
        _compactAt = bound;
        _directory = directory;
        _path = Path.Combine(directory, Name);
        _directoryDescriptor = Libc.Open(directory, Libc.OpenReadOnly | Libc.CloseOnExec, 0);
    }

    /// <summary>The execution in progress; null if there is none.</summary>
    public JournalState? State { get; private set; }

    /// <summary>A message for the operator about the state of the journal when it was opened; null if it was fine.</summary>
    public string? Finding { get; private set; }

    /// <summary>Whether it was damaged when it was opened: the progress of the execution in <see cref="State"/> is unknown.</summary>
    public bool WasDamaged { get; private set; }

    /// <summary>
    /// Opens the journal of a directory: truncates a torn end, and keeps a copy of a damaged journal. <see cref="Write"/> reports write
    /// errors.
    /// </summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="bound">The length in bytes at which the file is compacted.</param>
    /// <exception cref="UsageException">
    /// The journal exists but can't be read: the agent must not request jobs, because one may be in progress.
    /// </exception>
    public static JournalFile Open(string directory, int bound = DefaultBound)
    {
        JournalFile journal = new(directory, bound);
        try
        {
            journal.Load();
            return journal;
        }
        catch (IOException e)
        {
            journal.Dispose();
            throw new UsageException(
                $"{e.Message}. The agent requests no jobs: the journal says which job is in progress, and that job could run twice");
        }
    }

    /// <summary>Reads the journal of a directory without changing it; null if there is none.</summary>
    /// <exception cref="IOException">It can't be read or trusted.</exception>
    public static JournalReading? Peek(string directory) =>
        Interpret(PrivateFile.Read(Path.Combine(directory, Name), JournalFormat.MaxFile), Path.Combine(directory, Name));

    /// <summary>Why an agent refuses to start with the journal of a directory, and the fix; null if it accepts the journal.</summary>
    public static string? FindFault(string directory)
    {
        try
        {
            return Peek(directory) is { } reading ? FindFault(reading, Path.Combine(directory, Name)) : null;
        }
        catch (IOException e)
        {
            return e.Message;
        }
    }

    /// <summary>The damaged journals of a directory that are kept, the oldest first.</summary>
    public static IReadOnlyList<string> DamagedFiles(string directory)
    {
        List<string> files = [];
        foreach (string file in Directory.EnumerateFileSystemEntries(directory, Name + ".damaged-*"))
        {
            files.Add(file);
        }

        files.Sort((a, b) => NumberOf(a).CompareTo(NumberOf(b)));
        return files;
    }

    /// <summary>Writes an entry so that it survives a power cut.</summary>
    /// <returns>Null, or why the entry could not be written and how to fix that. The journal is unchanged then.</returns>
    public string? Write(JournalEntry entry)
    {
        JournalState? next = JournalState.After(State, entry);
        if (entry is JournalEntry.Closed closed)
        {
            State = next;
            _mustClose = true;
            _closing = closed;
            return null;
        }

        if ((_mustRewrite || _descriptor < 0 || _length > _compactAt) && Rewrite() is { } fault)
        {
            return fault;
        }

        int error;
        if (entry is JournalEntry.Reserve)
        {
            error = Reserve();
            error = error == 0 ? Close() : error;
        }
        else
        {
            _buffer.ResetWrittenCount();
            if (JournalFormat.Append(_buffer, entry) is > JournalFormat.MaxRecord and int length)
            {
                return $"the journal {_path} can't hold a record of {length} bytes; the maximum is {JournalFormat.MaxRecord}";
            }

            error = DurableFile.WriteAll(_descriptor, _buffer.WrittenSpan, _length);
            error = error == 0 ? DurableFile.FlushData(_descriptor) : error;
            _mustRewrite = error != 0;
        }

        if (error != 0)
        {
            return Explain(error);
        }

        if (entry is not JournalEntry.Reserve)
        {
            // Only a claim follows a closed execution, and it makes the closing entry obsolete.
            _mustClose = false;
            _closing = null;
            _length += _buffer.WrittenCount;
            State = next;
        }

        return null;
    }

    /// <summary>Does the work that <see cref="Write"/> left for an idle moment: removes an execution that is closed.</summary>
    /// <returns>Null, or why that failed and how to fix it.</returns>
    public string? Settle() => _mustClose ? Rewrite() : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        CloseFile();
        _ = Libc.Close(_directoryDescriptor);
    }

    private static JournalReading? Interpret(byte[]? bytes, string path)
    {
        if (bytes is null)
        {
            return null;
        }

        return JournalFormat.VersionOf(bytes) is { } version && version != JournalFormat.Version
            ? throw new IOException(
                $"{path}: has format {version} of another version of the agent, this version reads {JournalFormat.Version}; "
                    + "install that version again until no job is in progress, or move the file away")
            : JournalFormat.Read(bytes);
    }

    private static string? FindFault(JournalReading reading, string path) => reading is { Fault: { } fault, State: null }
        ? $"{path}: is damaged ({fault}) and does not name the job in progress; "
            + "if the service has a job IN_PROGRESS for the thing, cancel it, then move the file away"
        : null;

    private void Load()
    {
        byte[]? bytes = PrivateFile.Read(_directoryDescriptor, Name, _path, JournalFormat.MaxFile);
        if (Interpret(bytes, _path) is not { } reading)
        {
            return;
        }

        if (FindFault(reading, _path) is { } fault)
        {
            throw new IOException(fault);
        }

        State = reading.State;
        WasDamaged = reading.Fault is not null;
        if (reading.Fault is not null)
        {
            Finding = $"{_path} is damaged: {reading.Fault}; {KeepCopy(bytes)}";
        }
        else if (reading.Torn > 0)
        {
            Finding = $"{_path} ends in {reading.Torn} bytes of an unfinished record, as a power cut leaves behind; they are cut off";
        }
    }

    private int Reserve()
    {
        if (_length + ReservedBytes <= _reservedTo)
        {
            return 0;
        }

        int error = DurableFile.Reserve(_descriptor, _length, ReservedBytes + SpareBytes);
        if (error == 0)
        {
            _reservedTo = _length + ReservedBytes + SpareBytes;
        }

        return error;
    }

    /// <summary>
    /// Appends the closing entry, once. The file is still rewritten if no other execution follows. Without a flush, the next entry
    /// overwrites it: a power cut could otherwise keep that one and lose this one, and the journal would look damaged.
    /// </summary>
    private int Close()
    {
        if (_closing is not { } closing)
        {
            return 0;
        }

        _buffer.ResetWrittenCount();
        JournalFormat.Append(_buffer, closing);
        int error = DurableFile.WriteAll(_descriptor, _buffer.WrittenSpan, _length);
        error = error == 0 && closing.MustLast ? DurableFile.FlushData(_descriptor) : error;
        _mustRewrite = error != 0;
        if (error == 0)
        {
            _length += closing.MustLast ? _buffer.WrittenCount : 0;
            _closing = null;
        }

        return error;
    }

    private string KeepCopy(ReadOnlySpan<byte> bytes)
    {
        IReadOnlyList<string> kept = DamagedFiles(_directory);
        for (int i = 0; i <= kept.Count - MaxDamaged; i++)
        {
            _ = DurableFile.Remove(_directoryDescriptor, Path.GetFileName(kept[i]));
        }

        long number = kept.Count == 0 ? 1 : NumberOf(kept[^1]) + 1;
        string aside = string.Create(CultureInfo.InvariantCulture, $"{Name}.damaged-{number}");

        // A copy: the journal stays until it is replaced, so that the next start also finds it damaged.
        int error = PrivateFile.Create(_directoryDescriptor, aside, out int descriptor);
        if (error == 0)
        {
            error = DurableFile.WriteAll(descriptor, bytes);
            _ = Libc.Close(descriptor);
        }

        string path = Path.Combine(_directory, aside);
        return error == 0 ? $"it is kept as {path}" : $"it can't be kept as {path}: {ErrorText.OfFile(error)}";
    }

    private string? Rewrite()
    {
        _mustRewrite = true;
        _buffer.ResetWrittenCount();
        JournalFormat.WriteAll(_buffer, State);
        int error = DurableFile.Replace(_directoryDescriptor, Name, _buffer.WrittenSpan, mustLast: true, out int descriptor);
        if (error != 0)
        {
            return Explain(error);
        }

        CloseFile();
        _descriptor = descriptor;
        _length = _buffer.WrittenCount;
        _compactAt = Math.Max(_bound, 2 * _length);
        _reservedTo = 0;
        _mustRewrite = false;
        _mustClose = false;
        _closing = null;
        return null;
    }

    private void CloseFile()
    {
        if (_descriptor >= 0)
        {
            _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }

    private string Explain(int error) => $"the journal {_path} can't be written: {ErrorText.OfFile(error)}";

    private static long NumberOf(string file) =>
        long.TryParse(file.AsSpan(file.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : 0;
}
