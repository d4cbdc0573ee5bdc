namespace EdgeJobs.Runtime.Documents;

/// <summary>A fault in a job document.</summary>
/// <param name="Path">The path, such as <c>steps[1].action.input.command</c>; empty for the whole document.</param>
/// <param name="Message">What is wrong and how to fix it.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1.</param>
internal readonly record struct DocumentFault(string Path, string Message, int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
