using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Json;

/// <summary>A file with its text.</summary>
internal sealed record SourceFile(string Path, SourceText Text);
