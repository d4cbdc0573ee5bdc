using System;
using System.Text;

namespace EdgeJobs.Generators.Emit;

/// <summary>Writes C# with indentation. Lines end with a line feed on every machine, so that the output is the same everywhere.</summary>
/// <param name="complete">Makes the whole file of its body, or null when the body is all.</param>
internal sealed class SourceWriter(Func<string, string>? complete = null)
{
    private readonly StringBuilder _text = new();
    private int _depth;
    private bool _blankPending;
    private bool _atStart = true;

    /// <summary>Writes one line; an empty text gives a blank line, unless one stands there or a block has just begun.</summary>
    public void Line(string text = "")
    {
        if (text.Length == 0)
        {
            _blankPending = !_atStart;
            return;
        }

        if (_blankPending)
        {
            _text.Append('\n');
            _blankPending = false;
        }

        _text.Append(' ', _depth * 4).Append(text).Append('\n');
        _atStart = false;
    }

    /// <summary>Begins a block: the header, a brace, and one more level of indentation.</summary>
    public Block Open(string header)
    {
        Line(header);
        Line("{");
        _depth++;
        _atStart = true;
        return new Block(this, "}");
    }

    /// <summary>Begins an indented run of lines without braces.</summary>
    public Block Indent()
    {
        _depth++;
        return new Block(this, null);
    }

    public override string ToString() => complete is null ? _text.ToString() : complete(_text.ToString());

    /// <summary>Ends a block when it is disposed.</summary>
    internal readonly struct Block : IDisposable
    {
        private readonly SourceWriter _writer;
        private readonly string? _end;

        public Block(SourceWriter writer, string? end)
        {
            _writer = writer;
            _end = end;
        }

        public void Dispose()
        {
            _writer._depth--;
            _writer._blankPending = false;
            _writer._atStart = false;
            if (_end is not null)
            {
                _writer.Line(_end);
            }
        }
    }
}
