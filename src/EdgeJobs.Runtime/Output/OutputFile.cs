using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Linux;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Runtime.Output;

/// <summary>
/// One output stream of a step, in a file of bounded size: its beginning and its end. After a disk error, the file takes no more output,
/// and the step continues.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    /// <summary>The suffix of the file with the end of the stream, while the step runs.</summary>
    public const string TailSuffix = ".tail";

    private const int CopyBytes = 64 * 1024;
    private readonly string _directory;
    private readonly string _name;
    private readonly long _headSize;
    private readonly long _tailSize;
    private SafeFileHandle? _head;
    private SafeFileHandle? _tail;
    private long _headLength;
    private long _tailTotal;

    /// <param name="directory">Its directory.</param>
    /// <param name="name">Its name. The file is created or replaced by the first output.</param>
    /// <param name="maxBytes">The size limit, without the line that reports omitted bytes.</param>
    public OutputFile(string directory, string name, long maxBytes)
    {
        _directory = directory;
        _name = name;
        _headSize = maxBytes / 2;
        _tailSize = maxBytes - _headSize;
    }

    /// <summary>The length of the stream.</summary>
    public long Total { get; private set; }

    /// <summary>The number of omitted bytes.</summary>
    public long Dropped => Fault is null ? Math.Max(0, _tailTotal - _tailSize) : Total - _headLength;

    /// <summary>The disk error; null when there was none.</summary>
    public string? Fault { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Total += bytes.Length;
        if (bytes.IsEmpty || Fault is not null)
        {
            return;
        }

        try
        {
            _head ??= Open(string.Empty);
            int fits = (int)Math.Min(bytes.Length, _headSize - _headLength);
            if (fits > 0)
            {
                RandomAccess.Write(_head, bytes[..fits], _headLength);
                _headLength += fits;
            }

            if (fits < bytes.Length)
            {
                AppendToTail(bytes[fits..]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
        }
    }

    /// <summary>Deletes the files of an earlier stream of the same name.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public static void Delete(string directory, string name)
    {
        PrivateFile.Delete(directory, name);
        PrivateFile.Delete(directory, name, TailSuffix);
    }

    /// <summary>Ends the stream: appends its end to its beginning.</summary>
    public void Finish()
    {
        try
        {
            if (_tail is not null && Fault is null)
            {
                Join();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
        }

        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _head?.Dispose();
        _tail?.Dispose();
        _head = null;
        _tail = null;
    }

    private void AppendToTail(ReadOnlySpan<byte> bytes)
    {
        _tail ??= Open(TailSuffix);
        if (bytes.Length > _tailSize)
        {
            _tailTotal += bytes.Length - _tailSize;
            bytes = bytes[^(int)_tailSize..];
        }

        // A ring buffer.
        long start = _tailTotal % _tailSize;
        int first = (int)Math.Min(bytes.Length, _tailSize - start);
        RandomAccess.Write(_tail, bytes[..first], start);
        RandomAccess.Write(_tail, bytes[first..], 0);
        _tailTotal += bytes.Length;
    }

    private void Join()
    {
        if (Dropped > 0)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"\n[edgejobs: {Dropped} bytes left out]\n");
            byte[] note = Encoding.ASCII.GetBytes(text);
            RandomAccess.Write(_head!, note, _headLength);
            _headLength += note.Length;
        }

        long length = Math.Min(_tailTotal, _tailSize);
        long start = _tailTotal > _tailSize ? _tailTotal % _tailSize : 0;
        byte[] buffer = new byte[CopyBytes];
        for (long done = 0; done < length;)
        {
            long at = (start + done) % _tailSize;
            int wanted = (int)Math.Min(Math.Min(buffer.Length, length - done), _tailSize - at);
            int count = RandomAccess.Read(_tail!, buffer.AsSpan(0, wanted), at);
            if (count == 0)
            {
                throw new IOException("the file was truncated by another process");
            }

            RandomAccess.Write(_head!, buffer.AsSpan(0, count), _headLength);
            _headLength += count;
            done += count;
        }

        PrivateFile.Delete(_directory, _name, TailSuffix);
    }

    private void Fail(Exception e)
    {
        Fault = e.Message.ReplaceLineEndings(" ");
        Dispose();
    }

    private SafeFileHandle Open(string suffix) => PrivateFile.OpenEmpty(Path.Combine(_directory, _name + suffix));
}
