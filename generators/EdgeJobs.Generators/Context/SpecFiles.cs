using System;
using System.Collections.Generic;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Context;

/// <summary>The files of a spec. One that the spec refers to is read when the first reference needs it.</summary>
internal sealed class SpecFiles
{
    private readonly DiagnosticBag _bag;
    private readonly Dictionary<string, SourceFile> _given = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SpecDocument> _read = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="spec">The spec itself.</param>
    /// <param name="others">The files that it may refer to.</param>
    /// <param name="bag">Gets the faults of these files.</param>
    public SpecFiles(SpecDocument spec, IReadOnlyList<SourceFile> others, DiagnosticBag bag)
    {
        _bag = bag;
        _read.Add(FilePath.Normalize(spec.Path), spec);
        foreach (SourceFile other in others)
        {
            _given[FilePath.Normalize(other.Path)] = other;
        }
    }

    /// <summary>The content of a file; null if the project does not have it.</summary>
    /// <param name="path">Where it is, as <see cref="FilePath.Resolve"/> gives it.</param>
    public SpecDocument? Find(string path)
    {
        if (!_read.TryGetValue(path, out SpecDocument? document) && _given.TryGetValue(path, out SourceFile? file))
        {
            document = SpecDocument.ReadOther(file.Path, file.Text, _bag.ReportDuplicate);
            _bag.ReportFault(document);
            _read.Add(path, document);
        }

        return document;
    }
}
