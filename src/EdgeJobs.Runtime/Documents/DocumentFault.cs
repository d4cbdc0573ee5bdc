namespace EdgeJobs.Runtime.Documents;

/// <summary>What is wrong at one place of a job document.</summary>
/// <param name="Path">The place, such as <c>steps[1].action.input.command</c>; empty for the document as a whole.</param>
/// <param name="Message">What is wrong and how to mend it.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1.</param>
public readonly record struct DocumentFault(string Path, string Message, int Line, int Column)
{
    /// <summary>The place and what is wrong with it.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
