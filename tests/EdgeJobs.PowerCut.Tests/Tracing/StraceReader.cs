using System.Globalization;
using System.Text;

namespace EdgeJobs.PowerCut.Tests.Tracing;

/// <summary>
/// Reads what <c>strace -f -y -xx</c> writes: one call in a line, or in two when another thread's call is between. All texts are in
/// hexadecimal, so that brackets, commas and quotes are never part of them.
/// </summary>
internal static class StraceReader
{
    private const string Unfinished = " <unfinished ...>";
    private const string ResumedStart = "<... ";
    private const string ResumedEnd = " resumed>";

    public static IReadOnlyList<SystemCall> Read(IEnumerable<string> lines)
    {
        List<SystemCall> calls = [];
        Dictionary<int, (string Text, int Line)> open = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || !int.TryParse(line[..space], CultureInfo.InvariantCulture, out int process))
            {
                continue;
            }

            string text = line[space..].TrimStart();
            if (text.StartsWith("---", StringComparison.Ordinal) || text.StartsWith("+++", StringComparison.Ordinal))
            {
                continue;
            }

            int begin = number;
            if (text.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                open[process] = (text[..^Unfinished.Length], number);
                continue;
            }

            if (text.StartsWith(ResumedStart, StringComparison.Ordinal))
            {
                if (!open.Remove(process, out (string Text, int Line) start))
                {
                    continue;
                }

                text = start.Text + text[(text.IndexOf(ResumedEnd, StringComparison.Ordinal) + ResumedEnd.Length)..];
                begin = start.Line;
            }

            calls.Add(Parse(process, text, begin, number));
        }

        // Of an ended process: what it began may have happened.
        foreach ((int process, (string text, int line)) in open)
        {
            calls.Add(Parse(process, text + ") = ?", line, number));
        }

        return calls;
    }

    /// <summary>The bytes of a text argument.</summary>
    public static byte[] Bytes(string argument)
    {
        if (argument.Length < 2 || argument[0] != '"' || argument[^1] != '"')
        {
            throw new FormatException($"not a complete text: {argument}; does strace cut it off?");
        }

        return Convert.FromHexString(argument[1..^1].Replace("\\x", string.Empty, StringComparison.Ordinal));
    }

    public static string Text(string argument) => Encoding.UTF8.GetString(Bytes(argument));

    /// <summary>The path of a descriptor, as <c>-y</c> adds it: <c>7&lt;\x2f...&gt;</c>.</summary>
    public static string PathOf(string descriptor)
    {
        int start = descriptor.IndexOf('<', StringComparison.Ordinal);
        int end = descriptor.IndexOf('>', StringComparison.Ordinal);
        return start < 0 ? string.Empty : Text($"\"{descriptor[(start + 1)..end]}\"");
    }

    public static int NumberOf(string descriptor)
    {
        int end = descriptor.IndexOf('<', StringComparison.Ordinal);
        return int.Parse(end < 0 ? descriptor : descriptor[..end], CultureInfo.InvariantCulture);
    }

    private static SystemCall Parse(int process, string text, int begin, int end)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        List<string> arguments = [];
        int depth = 0;
        int from = open + 1;
        int at = open;
        for (; at < text.Length; at++)
        {
            char c = text[at];
            if (c is '(' or '[' or '{')
            {
                depth++;
            }
            else if (c is ')' or ']' or '}')
            {
                depth--;
            }

            if (depth == 0 || (depth == 1 && c == ','))
            {
                arguments.Add(text[from..at].Trim());
                from = at + 1;
            }

            if (depth == 0)
            {
                break;
            }
        }

        int equals = text.IndexOf('=', at);
        return new SystemCall(process, text[..open], arguments, equals < 0 ? string.Empty : text[(equals + 1)..].Trim(), begin, end);
    }
}
