using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;

namespace EdgeJobs.Generators.Emit;

/// <summary>
/// C# text from a raw interpolated string that looks like its output. A hole with several lines takes the indentation of the line that
/// it stands in; a line that consists of empty holes disappears. Numbers are invariant.
/// </summary>
[InterpolatedStringHandler]
internal sealed class Code(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));
    private int _lineStart;
    private bool _hasEmptyHole;

    /// <summary>Joins pieces with a blank line between them.</summary>
    public static Code Blocks(IEnumerable<Code> pieces) => $"{string.Join("\n\n", pieces)}";

    public void AppendLiteral(string text)
    {
        if (text.StartsWith("\n", StringComparison.Ordinal) && RemoveEmptyLine())
        {
            text = text.Substring(1);
        }

        Append(text);
    }

    public void AppendFormatted(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            _hasEmptyHole = true;
            return;
        }

        int lineEnd = text!.IndexOf('\n');
        if (lineEnd < 0)
        {
            _text.Append(text);
            return;
        }

        int indentation = 0;
        while (_lineStart + indentation < _text.Length && _text[_lineStart + indentation] == ' ')
        {
            indentation++;
        }

        int start = 0;
        for (; lineEnd >= 0; lineEnd = text.IndexOf('\n', start))
        {
            _text.Append(text, start, lineEnd + 1 - start);
            _lineStart = _text.Length;
            _hasEmptyHole = false;
            start = lineEnd + 1;
            bool isBlank = start == text.Length || text[start] == '\n';
            _text.Append(' ', isBlank ? 0 : indentation);
        }

        _text.Append(text, start, text.Length - start);
    }

    public void AppendFormatted(Code? code) => AppendFormatted(code?.ToString());

    public void AppendFormatted(IEnumerable<string> lines) => AppendFormatted(string.Join("\n", lines));

    public void AppendFormatted(IEnumerable<Code?> lines) => AppendFormatted(lines.OfType<Code>().Select(line => line.ToString()));

    public void AppendFormatted(long number) => AppendFormatted(number.ToString(CultureInfo.InvariantCulture));

    public override string ToString()
    {
        if (RemoveEmptyLine() && _text.Length > 0)
        {
            _text.Length--;
        }

        return _text.ToString();
    }

    private void Append(string text)
    {
        int lineEnd = text.LastIndexOf('\n');
        if (lineEnd >= 0)
        {
            _lineStart = _text.Length + lineEnd + 1;
            _hasEmptyHole = false;
        }

        _text.Append(text);
    }

    /// <summary>Removes the current line when it consists of empty holes.</summary>
    private bool RemoveEmptyLine()
    {
        bool isEmpty = _hasEmptyHole;
        for (int i = _lineStart; i < _text.Length && isEmpty; i++)
        {
            isEmpty = _text[i] == ' ';
        }

        _text.Length = isEmpty ? _lineStart : _text.Length;
        _hasEmptyHole = false;
        return isEmpty;
    }
}
