using System;
using System.Collections.Generic;
using System.Threading;
using EdgeJobs.Generators.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Parse;

/// <summary>
/// A file of the project that is a spec, or that a spec may refer to. It finds out what it refers to when it is asked, and only once:
/// as long as the file is unchanged the compiler keeps this object.
/// </summary>
internal sealed class ProjectFile(AdditionalText file) : IEquatable<ProjectFile>
{
    private readonly Lazy<IReadOnlyList<string>> _references = new(() => FileReferences.Of(file.Path, Read(file)));

    public AdditionalText File => file;

    /// <summary>Where it is, in the form that references are resolved to.</summary>
    public string Path { get; } = FilePath.Normalize(file.Path);

    /// <summary>The paths of the files that it refers to.</summary>
    public IReadOnlyList<string> References => _references.Value;

    /// <summary>The path and the text; empty if the file can't be read, which is a fault.</summary>
    public SourceFile Read(CancellationToken cancellation) => new(file.Path, Read(file, cancellation));

    public bool Equals(ProjectFile? other) => other is not null && other.File == File;

    public override bool Equals(object? obj) => Equals(obj as ProjectFile);

    public override int GetHashCode() => File.GetHashCode();

    private static SourceText Read(AdditionalText file, CancellationToken cancellation = default) =>
        file.GetText(cancellation) ?? SourceText.From("");
}
