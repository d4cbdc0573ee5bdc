using System.Globalization;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Json;

/// <summary>A place in one of the files of a spec.</summary>
/// <param name="Document">The file.</param>
/// <param name="Span">The place in its text, in UTF-16 characters.</param>
internal readonly record struct Place(SpecDocument Document, TextSpan Span)
{
    public int Start => Span.Start;

    public int End => Span.End;

    public int Length => Span.Length;

    /// <summary>The line, counted from 1.</summary>
    public string Line => (Document.Text.Lines.GetLinePosition(Start).Line + 1).ToString(CultureInfo.InvariantCulture);
}
