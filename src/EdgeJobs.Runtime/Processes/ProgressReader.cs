using System.Buffers.Text;
using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// Reads the progress of a step: lines <c>percent=40</c>, <c>message=…</c> and <c>KEY=value</c> of at most 1 KB. Ignores invalid lines,
/// which must not harm the step.
/// </summary>
/// <param name="progress">Receives the lines of each read together.</param>
/// <param name="onBadLine">Receives the first invalid line and the reason.</param>
internal sealed class ProgressReader(IProgress<StepProgress> progress, Action<string, string> onBadLine)
{
    private const int MaxLineBytes = 1024;
    private const int MaxKeyLength = 128;

    // The service accepts 10 pairs. A step that never repeats a key must not fill the agent's memory.
    private const int MaxKeys = 16;

    private byte[] _line = [];
    private Dictionary<string, string>? _values;
    private HashSet<string>? _keys;
    private int _length;
    private bool _tooLong;
    private bool _hasReported;
    private int? _percent;
    private string? _message;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            Keep(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
            {
                break;
            }

            TakeLine();
            bytes = bytes[(end + 1)..];
        }

        Report();
    }

    /// <summary>Ends the input: an unfinished last line counts.</summary>
    public void End()
    {
        TakeLine();
        Report();
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        _tooLong |= part.Length > MaxLineBytes - _length;
        if (!_tooLong)
        {
            if (_line.Length == 0)
            {
                // Most steps report no progress.
                _line = new byte[MaxLineBytes];
            }

            part.CopyTo(_line.AsSpan(_length));
            _length += part.Length;
        }
    }

    private void TakeLine()
    {
        ReadOnlySpan<byte> line = _line.AsSpan(0, _length).TrimEnd((byte)'\r');
        bool tooLong = _tooLong;
        _length = 0;
        _tooLong = false;
        if (tooLong)
        {
            ReportBadLine(line, $"it is longer than {MaxLineBytes} bytes");
        }
        else if (!line.IsEmpty)
        {
            TakeLine(line);
        }
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        int equals = line.IndexOf((byte)'=');
        if (equals <= 0)
        {
            ReportBadLine(line, "it is not NAME=value");
            return;
        }

        string value = StatusText.Head(Encoding.UTF8.GetString(line[(equals + 1)..]));
        ReadOnlySpan<byte> key = line[..equals];
        if (key.SequenceEqual("percent"u8))
        {
            if (Utf8Parser.TryParse(line[(equals + 1)..], out int percent, out int used)
                && percent is >= 0 and <= 100
                && IsRest(line[(equals + 1 + used)..]))
            {
                _percent = percent;
            }
            else
            {
                ReportBadLine(line, "percent must be a number from 0 to 100");
            }
        }
        else if (key.SequenceEqual("message"u8))
        {
            _message = value;
        }
        else if (key.Length > MaxKeyLength || !IsKey(key))
        {
            ReportBadLine(line, $"a name must be 1 to {MaxKeyLength} characters of [a-zA-Z0-9:_-]");
        }
        else
        {
            string name = Encoding.ASCII.GetString(key);
            _keys ??= new HashSet<string>(StringComparer.Ordinal);
            if (_keys.Count < MaxKeys || _keys.Contains(name))
            {
                _keys.Add(name);
                (_values ??= new Dictionary<string, string>(StringComparer.Ordinal))[name] = value;
            }
            else
            {
                ReportBadLine(line, $"a step can use at most {MaxKeys} names");
            }
        }
    }

    /// <summary>"40", "40%" and "40.5" are all 40.</summary>
    private static bool IsRest(ReadOnlySpan<byte> rest) =>
        rest.TrimEnd(" %"u8).IsEmpty
        || (rest[0] == '.' && rest[1..].TrimEnd(" %"u8).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0);

    private static bool IsKey(ReadOnlySpan<byte> key)
    {
        foreach (byte b in key)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)':' or (byte)'_' or (byte)'-'))
            {
                return false;
            }
        }

        return true;
    }

    private void Report()
    {
        if (_percent is null && _message is null && _values is not { Count: > 0 })
        {
            return;
        }

        progress.Report(new StepProgress { Percent = _percent, Message = _message, Values = Values() });
        _percent = null;
        _message = null;
        _values?.Clear();
    }

    private ValueMap<string> Values()
    {
        if (_values is null)
        {
            return ValueMap<string>.Empty;
        }

        KeyValuePair<string, string>[] values = new KeyValuePair<string, string>[_values.Count];
        ((ICollection<KeyValuePair<string, string>>)_values).CopyTo(values, 0);
        return new ValueMap<string>(values);
    }

    private void ReportBadLine(ReadOnlySpan<byte> line, string why)
    {
        if (!_hasReported)
        {
            _hasReported = true;
            onBadLine(StatusText.Head(Encoding.UTF8.GetString(line), 80), why);
        }
    }
}
