using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Processes;

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
    private const uint OwnerOnly = 0x180;

    private readonly string _directory;
    private readonly string _path;
    private readonly string _next;
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
        _next = _path + ".new";
    }

    /// <summary>What the journal says.</summary>
    public JournalState? State { get; private set; }

    /// <summary>What the operator has to know about how the journal was found; null when all was well.</summary>
    public string? Finding { get; private set; }

    /// <summary>Whether it was found damaged: how far the execution in <see cref="State"/> had come is not known.</summary>
    public bool WasDamaged { get; private set; }

    /// <summary>Opens the journal of a directory: cuts a torn end, and sets a damaged one aside. Never fails: what can't be written yet is told by <see cref="Write"/>.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="bound">The length in bytes at which the file is written anew, without what is no longer needed.</param>
    public static JournalFile Open(string directory, int bound = DefaultBound)
    {
        JournalFile journal = new(directory, bound);
        journal.Load();
        return journal;
    }

    /// <summary>Reads the journal of a directory, changing nothing; null when there is none.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It can't be read.</exception>
    public static JournalReading? Peek(string directory)
    {
        string path = Path.Combine(directory, Name);
        return File.Exists(path) ? JournalFormat.Read(File.ReadAllBytes(path)) : null;
    }

    /// <summary>The damaged journals of a directory that are kept, the oldest first.</summary>
    public static IReadOnlyList<string> DamagedFiles(string directory)
    {
        List<string> files = [];
        foreach (string file in Directory.EnumerateFiles(directory, Name + ".damaged-*"))
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
            JournalFormat.Append(_buffer, entry);
            error = JournalNative.WriteAll(_descriptor, _buffer.WrittenSpan);
            error = error == 0 ? JournalNative.FlushData(_descriptor) : error;
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
        if (_descriptor >= 0)
        {
            _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }

    private void Load()
    {
        try
        {
            if (Peek(_directory) is not { } reading)
            {
                return;
            }

            State = reading.State;
            WasDamaged = reading.Fault is not null;
            if (reading.Fault is not null)
            {
                Finding = $"{_path} is damaged: {reading.Fault}; {SetAside()}";
            }
            else if (reading.Torn > 0)
            {
                Finding = $"{_path} ends in {reading.Torn} bytes of a record that was not finished, as a power cut leaves them; they are cut off";
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Finding = $"{_path} can't be read: {e.Message}; let the agent's user read and write it";
        }
    }

    private int Reserve()
    {
        if (_length + ReservedBytes <= _reservedTo)
        {
            return 0;
        }

        int error = JournalNative.Reserve(_descriptor, _length, ReservedBytes + SpareBytes);
        if (error == 0)
        {
            _reservedTo = _length + ReservedBytes + SpareBytes;
        }

        return error;
    }

    /// <summary>Appends that the execution is over, once. The file is still written anew when no other follows.</summary>
    private int Close()
    {
        if (_closing is not { } closing)
        {
            return 0;
        }

        _buffer.ResetWrittenCount();
        JournalFormat.Append(_buffer, closing);
        int error = JournalNative.WriteAll(_descriptor, _buffer.WrittenSpan);
        error = error == 0 && closing.MustLast ? JournalNative.FlushData(_descriptor) : error;
        _mustRewrite = error != 0;
        if (error == 0)
        {
            _length += _buffer.WrittenCount;
            _closing = null;
        }

        return error;
    }

    private string SetAside()
    {
        IReadOnlyList<string> kept = DamagedFiles(_directory);
        for (int i = 0; i <= kept.Count - MaxDamaged; i++)
        {
            File.Delete(kept[i]);
        }

        long number = kept.Count == 0 ? 1 : NumberOf(kept[^1]) + 1;
        string aside = string.Create(CultureInfo.InvariantCulture, $"{_path}.damaged-{number}");

        // A copy: the journal itself stays until it is replaced, or the next start would not know that it was damaged.
        File.Copy(_path, aside, overwrite: true);
        return $"it is kept as {aside}";
    }

    private string? Rewrite()
    {
        _mustRewrite = true;
        _buffer.ResetWrittenCount();
        JournalFormat.WriteAll(_buffer, State);
        int descriptor = Libc.Open(_next, JournalNative.ReadWrite | JournalNative.Create | JournalNative.Truncate | Libc.CloseOnExec, OwnerOnly);
        if (descriptor < 0)
        {
            return Explain(Marshal.GetLastPInvokeError());
        }

        int error = JournalNative.WriteAll(descriptor, _buffer.WrittenSpan);
        error = error == 0 ? JournalNative.FlushAll(descriptor) : error;
        error = error == 0 ? JournalNative.Replace(_next, _path) : error;
        error = error == 0 ? JournalNative.FlushDirectory(_directory) : error;
        if (error != 0)
        {
            _ = Libc.Close(descriptor);
            return Explain(error);
        }

        Dispose();
        _descriptor = descriptor;
        _length = _buffer.WrittenCount;
        _compactAt = Math.Max(_bound, 2 * _length);
        _reservedTo = 0;
        _mustRewrite = false;
        _mustClose = false;
        _closing = null;
        return null;
    }

    private string Explain(int error) => $"the journal {_path} can't be written: {JournalNative.Describe(error)}";

    private static long NumberOf(string file) =>
        long.TryParse(file.AsSpan(file.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
