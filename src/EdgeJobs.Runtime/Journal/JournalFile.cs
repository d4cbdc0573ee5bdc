using System.Buffers;
using System.Globalization;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Journal;

/// <summary>
/// The journal on the disk. An entry is appended and flushed before <see cref="Write"/> returns; the file is written anew
/// beside itself and put in its own place when an execution is over and no other follows at once, when the file is too long, and after any fault, as
/// nobody knows what the disk holds then. That an execution is over need not survive a power cut: the service is asked, and knows it. For one
/// thread.
/// </summary>
internal sealed class JournalFile : IJournal, IDisposable
{
    /// <summary>The file's name in the data directory.</summary>
    public const string Name = "journal";

    /// <summary>How many damaged journals are kept; the oldest makes room.</summary>
    public const int MaxDamaged = 3;

    /// <summary>Room that is held for an execution before it is taken on: its document and what its steps say, as a rule.</summary>
    private const int ReservedBytes = 512 * 1024;

    /// <summary>What is held beyond that, so that not each of many small executions has to ask for its room.</summary>
    private const int SpareBytes = 64 * 1024;

    private const int DefaultBound = 1024 * 1024;

    private readonly string _directory;
    private readonly string _path;

    // The names of the files are relative to it: whatever becomes of the path, it is the directory that was opened.
    private readonly int _directoryDescriptor;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly int _bound;
    private int _descriptor = -1;
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

    /// <summary>What the journal says.</summary>
    public JournalState? State { get; private set; }

    /// <summary>What the operator has to know about how the journal was found; null when all was well.</summary>
    public string? Finding { get; private set; }

    /// <summary>Whether it was found damaged: how far the execution in <see cref="State"/> had come is not known.</summary>
    public bool WasDamaged { get; private set; }

    /// <summary>Opens the journal of a directory: cuts a torn end, and sets a damaged one aside. What can't be written yet is reported by <see cref="Write"/>.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="bound">The length in bytes at which the file is rewritten without what is no longer needed.</param>
    /// <exception cref="UsageException">There is a journal, and its content can't be known: the agent must not ask for jobs, one may be under way.</exception>
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
            throw new UsageException($"{e.Message}. No job is asked for: the journal says which one is under way, and that one could run twice");
        }
    }

    /// <summary>Reads the journal of a directory, changing nothing; null only when there is none.</summary>
    /// <exception cref="IOException">It can't be read, or must not be trusted.</exception>
    public static JournalReading? Peek(string directory) =>
        Interpret(PrivateFile.Read(Path.Combine(directory, Name), JournalFormat.MaxFile), Path.Combine(directory, Name));

    /// <summary>Why an agent refuses the journal of a directory, and the fix; null when it does not.</summary>
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

    /// <inheritdoc/>
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
                return $"the journal {_path} can't take a record of {length} bytes; {JournalFormat.MaxRecord} at most";
            }

            error = DurableFile.WriteAll(_descriptor, _buffer.WrittenSpan);
            error = error == 0 ? DurableFile.FlushData(_descriptor) : error;
            _mustRewrite = error != 0;
        }

        if (error != 0)
        {
            return Explain(error);
        }

        if (entry is not JournalEntry.Reserve)
        {
            // Only an execution that is taken on follows one that is over, and says so by itself.
            _mustClose = false;
            _closing = null;
            _length += _buffer.WrittenCount;
            State = next;
        }

        return null;
    }

    /// <inheritdoc/>
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
                $"{path}: has the format {version} of another version of the agent, this one reads {JournalFormat.Version}; install that version again until no job is under way, or move the file away")
            : JournalFormat.Read(bytes);
    }

    private static string? FindFault(JournalReading reading, string path) => reading is { Fault: { } fault, State: null }
        ? $"{path}: is damaged, {fault}, and does not name the job that was under way; if the service has one IN_PROGRESS for the thing, cancel it, then move the file away"
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
            Finding = $"{_path} is damaged: {reading.Fault}; {SetAside(bytes)}";
        }
        else if (reading.Torn > 0)
        {
            Finding = $"{_path} ends in {reading.Torn} bytes of a record that was not finished, as a power cut leaves them; they are cut off";
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

    /// <summary>Appends that the execution is over, once. The file is still rewritten when no other follows.</summary>
    private int Close()
    {
        if (_closing is not { } closing)
        {
            return 0;
        }

        _buffer.ResetWrittenCount();
        JournalFormat.Append(_buffer, closing);
        int error = DurableFile.WriteAll(_descriptor, _buffer.WrittenSpan);
        error = error == 0 && closing.MustLast ? DurableFile.FlushData(_descriptor) : error;
        _mustRewrite = error != 0;
        if (error == 0)
        {
            _length += _buffer.WrittenCount;
            _closing = null;
        }

        return error;
    }

    private string SetAside(ReadOnlySpan<byte> bytes)
    {
        IReadOnlyList<string> kept = DamagedFiles(_directory);
        for (int i = 0; i <= kept.Count - MaxDamaged; i++)
        {
            _ = DurableFile.Remove(_directoryDescriptor, Path.GetFileName(kept[i]));
        }

        long number = kept.Count == 0 ? 1 : NumberOf(kept[^1]) + 1;
        string aside = string.Create(CultureInfo.InvariantCulture, $"{Name}.damaged-{number}");

        // A copy: the journal itself stays until it is replaced, or the next start would not know that it was damaged.
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
        long.TryParse(file.AsSpan(file.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
