using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// Reads a tar archive: ustar, with the long names and sizes of pax and GNU tar. Only files and directories below the place of extraction
/// are accepted. The agent extracts what it has checked itself, so that no other program understands an entry differently.
/// </summary>
/// <param name="descriptor">The archive, not compressed: a file or a pipe.</param>
/// <param name="cancellationToken">Ends the reading.</param>
internal sealed unsafe class TarReader(int descriptor, CancellationToken cancellationToken)
{
    private const int BlockBytes = 512;
    private const int BufferBytes = 64 * 1024;
    private const int MaxExtension = 64 * 1024;
    private const int MaxNameBytes = 255;
    private const int MaxPathBytes = 4000;
    private const int MaxShown = 80;

    // Without set-user-ID and write permissions of others: programs that root runs must not be theirs to change.
    private const uint PermissionBits = 0x1ED;
    private readonly byte[] _header = new byte[BlockBytes];
    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private long _left;
    private int _padding;

    /// <summary>The path of the entry below the place of extraction; without slashes at its ends.</summary>
    public string Path { get; private set; } = "";

    public string ShownPath => Shown(Path);

    public bool IsDirectory { get; private set; }

    /// <summary>The permissions that it gets.</summary>
    public uint Mode { get; private set; }

    public long Size { get; private set; }

    /// <summary>Whether the descriptor has no more bytes.</summary>
    public bool HasEnded { get; private set; }

    private char Type => (char)_header[156];

    /// <summary>Goes to the next entry.</summary>
    /// <returns>False at the end of the archive.</returns>
    /// <exception cref="UpdateFailure">The archive is damaged, or an entry is not accepted.</exception>
    public bool Next()
    {
        string? longName = null;
        long? longSize = null;
        bool isExtended = false;
        while (true)
        {
            Skip();
            if (Read(_header, BlockBytes) < BlockBytes)
            {
                throw Damaged("it ends too early");
            }

            if (!_header.AsSpan().ContainsAnyExcept((byte)0))
            {
                return isExtended ? throw Damaged("it ends after an extended header") : false;
            }

            CheckSum();
            long size = Number(124, 12);
            isExtended = true;
            switch (Type)
            {
                case 'x':
                    ReadPax(Extension(size), ref longName, ref longSize);
                    break;
                case 'g':
                    string? name = null;
                    long? common = null;
                    ReadPax(Extension(size), ref name, ref common);
                    if (name is not null || common is not null)
                    {
                        throw Damaged("a global header has the name or the size of an entry");
                    }

                    break;
                case 'L':
                    longName = TextOf(Extension(size));
                    break;
                case 'K':
                    // The long target of a link, which is refused.
                    _ = Extension(size);
                    break;
                default:
                    Begin(longName ?? HeaderName(), longSize ?? size);
                    if (Path.Length > 0)
                    {
                        return true;
                    }

                    // The directory of extraction itself.
                    longName = null;
                    longSize = null;
                    isExtended = false;
                    break;
            }
        }
    }

    /// <summary>Reads from the entry.</summary>
    /// <returns>The number of bytes; 0 at its end.</returns>
    /// <exception cref="UpdateFailure">The archive is damaged.</exception>
    public int Read(byte[] buffer)
    {
        int most = (int)Math.Min(_left, buffer.Length);
        int count = Read(buffer, most);
        _left -= count;
        return count == most ? count : throw Damaged("it ends in the middle of a file");
    }

    /// <summary>Reads what follows the last entry: only zeros are accepted.</summary>
    /// <exception cref="UpdateFailure">There is something else.</exception>
    public void ReadRest()
    {
        do
        {
            if (_buffer.AsSpan(_start, _end - _start).ContainsAnyExcept((byte)0))
            {
                throw Damaged("it continues after its end");
            }
        }
        while (Fill());
    }

    private void Begin(string name, long size)
    {
        string shown = Shown(name);
        IsDirectory = Type == '5';
        if (!IsDirectory && Type is not ('0' or '\0'))
        {
            throw new UpdateFailure($"the archive has {KindOf(Type)}, '{shown}'; only files and directories are installed");
        }

        if (IsDirectory && size != 0)
        {
            throw Damaged($"the directory '{shown}' has content");
        }

        if (!IsDirectory && name.EndsWith('/'))
        {
            throw Damaged($"the file '{shown}' has the name of a directory");
        }

        Path = Clean(name);
        if (Path.Length == 0 && !IsDirectory)
        {
            throw Damaged("a file has no name");
        }

        Mode = (uint)Number(100, 8) & PermissionBits;
        Size = _left = size;
        _padding = PaddingOf(size);
    }

    /// <summary>The path without <c>.</c> and slashes at its ends.</summary>
    private static string Clean(string name)
    {
        bool leadsOut = name.StartsWith('/');
        bool isTooLong = Encoding.UTF8.GetByteCount(name) > MaxPathBytes;
        List<string> parts = [];
        foreach (string part in name.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            leadsOut |= part == "..";
            isTooLong |= Encoding.UTF8.GetByteCount(part) > MaxNameBytes;
            if (part != ".")
            {
                parts.Add(part);
            }
        }

        return leadsOut ? throw new UpdateFailure(
                $"the archive has the path '{Shown(name)}', which leads out of its directory; pack it without absolute paths and '..'")
            : isTooLong ? throw new UpdateFailure($"the archive has a path that is too long, '{Shown(name)}'; pack it with shorter names")
            : string.Join('/', parts);
    }

    private static string KindOf(char type) => type switch
    {
        '1' => "a hard link",
        '2' => "a symbolic link",
        '3' or '4' => "a device",
        '6' => "a named pipe",
        'S' => "a sparse file",
        _ => $"an entry of the type '{SafeText.Of(type.ToString(), 8)}'",
    };

    private string HeaderName()
    {
        string name = TextOf(_header.AsSpan(0, 100));
        string prefix = _header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) ? TextOf(_header.AsSpan(345, 155)) : "";
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    /// <summary>Reads the value of an entry that describes the next one.</summary>
    private byte[] Extension(long size)
    {
        if (size > MaxExtension)
        {
            throw Damaged("an extended header is too long");
        }

        byte[] value = new byte[size];
        _left = size;
        _padding = PaddingOf(size);
        _ = Read(value);
        return value;
    }

    /// <summary>Reads lines of the form <c>27 path=usr/bin/pump</c> with their own length.</summary>
    private static void ReadPax(ReadOnlySpan<byte> lines, ref string? path, ref long? size)
    {
        while (!lines.IsEmpty)
        {
            int space = lines.IndexOf((byte)' ');
            if (space <= 0 || !int.TryParse(lines[..space], out int length) || length <= space + 1 || length > lines.Length
                || lines[length - 1] != '\n')
            {
                throw Damaged("an extended header is not valid");
            }

            ReadOnlySpan<byte> line = lines[(space + 1)..(length - 1)];
            lines = lines[length..];
            int equals = line.IndexOf((byte)'=');
            if (equals < 0)
            {
                throw Damaged("an extended header is not valid");
            }

            ReadOnlySpan<byte> value = line[(equals + 1)..];
            if (line[..equals].SequenceEqual("path"u8))
            {
                path = value.Contains((byte)0) ? throw Damaged("a name has a NUL character") : TextOf(value);
            }
            else if (line[..equals].SequenceEqual("size"u8))
            {
                size = long.TryParse(value, out long bytes) && bytes >= 0 ? bytes : throw Damaged("a size is not valid");
            }
            else if (line.StartsWith("GNU.sparse"u8))
            {
                throw new UpdateFailure("the archive has a sparse file; only files and directories are installed");
            }
        }
    }

    private void CheckSum()
    {
        long expected = Number(148, 8);
        long actual = 0;
        for (int i = 0; i < BlockBytes; i++)
        {
            actual += i is >= 148 and < 156 ? ' ' : _header[i];
        }

        if (actual != expected)
        {
            throw Damaged("the checksum of a header is wrong");
        }
    }

    /// <summary>An octal number, or a binary one for large files.</summary>
    private long Number(int offset, int length)
    {
        ReadOnlySpan<byte> field = _header.AsSpan(offset, length);
        if (length == 12 && field[0] == 0x80)
        {
            long large = BinaryPrimitives.ReadInt64BigEndian(field[4..]);
            return large >= 0 && field[1..4].SequenceEqual("\0\0\0"u8) ? large : throw Damaged("a number is not valid");
        }

        long number = 0;
        foreach (byte digit in field.Trim(" \0"u8))
        {
            number = digit is >= (byte)'0' and <= (byte)'7' ? (number << 3) | (uint)(digit - '0') : throw Damaged("a number is not valid");
        }

        return number;
    }

    /// <summary>Skips what is left of the entry.</summary>
    private void Skip()
    {
        long skipped = _left + _padding;
        while (skipped > 0)
        {
            if (_start == _end && !Fill())
            {
                throw Damaged("it ends in the middle of a file");
            }

            int count = (int)Math.Min(skipped, _end - _start);
            _start += count;
            skipped -= count;
        }

        _left = 0;
        _padding = 0;
    }

    private int Read(byte[] buffer, int most)
    {
        int length = 0;
        while (length < most && (_start < _end || Fill()))
        {
            int count = Math.Min(most - length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(buffer.AsSpan(length));
            _start += count;
            length += count;
        }

        return length;
    }

    /// <summary>Reads more into the buffer, which is empty.</summary>
    private bool Fill()
    {
        cancellationToken.ThrowIfCancellationRequested();
        nint count;
        int error;
        do
        {
            fixed (byte* start = _buffer)
            {
                count = Libc.Read(descriptor, start, BufferBytes);
            }

            error = count < 0 ? Marshal.GetLastPInvokeError() : 0;
        }
        while (error == Libc.Interrupted);

        cancellationToken.ThrowIfCancellationRequested();
        if (error != 0)
        {
            throw new UpdateFailure($"the archive can't be read: {ErrorText.OfFile(error)}");
        }

        _start = 0;
        _end = (int)count;
        HasEnded = count == 0;
        return count > 0;
    }

    private static int PaddingOf(long size) => (int)((BlockBytes - (size % BlockBytes)) % BlockBytes);

    private static string TextOf(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        ReadOnlySpan<byte> text = end < 0 ? field : field[..end];
        return Utf8.IsValid(text) ? Encoding.UTF8.GetString(text) : throw Damaged("a name is not valid UTF-8");
    }

    private static string Shown(string path) => SafeText.Of(path, MaxShown);

    private static UpdateFailure Damaged(string why) => new($"the archive is damaged: {why}");
}
