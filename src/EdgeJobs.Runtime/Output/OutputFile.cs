using System.Globalization;
using System.Text;
using EdgeJobs.Runtime.Linux;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Runtime.Output;

/// <summary>
/// One stream of a step in a file of bounded size: the first half of what fits, and the last half. Whatever goes wrong with
/// the disk, the file is given up and the step goes on.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    /// <summary>What is added to the name of the file that keeps the end while the step runs.</summary>
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

    /// <summary>A file that is made when there is something to write.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="name">Its name; what is there is replaced.</param>
    /// <param name="maxBytes">How long it may become, beside a line that says what was left out.</param>
    public OutputFile(string directory, string name, long maxBytes)
    {
        _directory = directory;
        _name = name;
        _headSize = maxBytes / 2;
        _tailSize = maxBytes - _headSize;
    }

    /// <summary>How many bytes the stream had.</summary>
    public long Total { get; private set; }

    /// <summary>How many of them are not in the file.</summary>
    public long Dropped => Fault is null ? Math.Max(0, _tailTotal - _tailSize) : Total - _headLength;

    /// <summary>Why the file was given up; null when it was not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Takes what was read.</summary>
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
            GiveUp(e);
        }
    }

    /// <summary>Deletes what an earlier stream of the same name has left in a directory.</summary>
    /// <exception cref="IOException">It can't be deleted.</exception>
    public static void Delete(string directory, string name)
    {
        PrivateFile.Delete(directory, name);
        PrivateFile.Delete(directory, name, TailSuffix);
    }

    /// <summary>The stream is at its end: puts both halves together.</summary>
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
            GiveUp(e);
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

        // Round and round in a file of fixed size.
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
            byte[] note = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\n[edgejobs: {Dropped} bytes left out]\n"));
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
                throw new IOException("the file was cut by somebody else");
            }

            RandomAccess.Write(_head!, buffer.AsSpan(0, count), _headLength);
            _headLength += count;
            done += count;
        }

        PrivateFile.Delete(_directory, _name, TailSuffix);
    }

    private void GiveUp(Exception e)
    {
        Fault = e.Message.ReplaceLineEndings(" ");
        Dispose();
    }

    private SafeFileHandle Open(string suffix) => PrivateFile.OpenEmpty(Path.Combine(_directory, _name + suffix));
}
