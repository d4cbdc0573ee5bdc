using System.Collections.Generic;
using System.Globalization;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Diagnostics;

/// <summary>Collects the faults of one spec file. A fault at one place is reported once, however often it is found.</summary>
/// <param name="path">The file.</param>
/// <param name="text">What it holds.</param>
/// <param name="isStrict">An omission is an error, not a warning.</param>
internal sealed class DiagnosticBag(string path, SourceText text, bool isStrict)
{
    private readonly List<SpecDiagnostic> _diagnostics = new();
    private readonly HashSet<(string Id, TextSpan Span, string Message)> _seen = new();

    /// <summary>True when code from this file would be wrong.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Adds a fault at the name of a member, or at the value where it has no name.</summary>
    public void ReportName(DiagnosticDescriptor descriptor, JsonNode node, params string[] arguments) =>
        Report(descriptor, node.NameSpan, null, arguments);

    /// <summary>Adds a fault at a value.</summary>
    public void ReportValue(DiagnosticDescriptor descriptor, JsonNode node, params string[] arguments) =>
        Report(descriptor, node.ValueSpan, null, arguments);

    /// <summary>Adds a fault.</summary>
    /// <param name="descriptor">The kind of fault.</param>
    /// <param name="span">The place.</param>
    /// <param name="other">The second place of a fault that has two, or null.</param>
    /// <param name="arguments">The arguments of the text.</param>
    public void Report(DiagnosticDescriptor descriptor, TextSpan span, TextSpan? other, params string[] arguments)
    {
        if (!_seen.Add((descriptor.Id, span, string.Join("\0", arguments))))
        {
            return;
        }

        DiagnosticSeverity severity = isStrict && DiagnosticDescriptors.IsOmission(descriptor)
            ? DiagnosticSeverity.Error
            : descriptor.DefaultSeverity;
        HasErrors |= severity == DiagnosticSeverity.Error;
        _diagnostics.Add(
            new SpecDiagnostic(
                descriptor, severity, Locate(span), other is { } o ? Locate(o) : null, new EquatableArray<string>(arguments)));
    }

    public SpecLocation Locate(TextSpan span) => new(path, span, text.Lines.GetLinePositionSpan(span));

    /// <summary>The line of a span, counted from 1.</summary>
    public string Line(TextSpan span) => (text.Lines.GetLinePosition(span.Start).Line + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>All faults in the order of the document.</summary>
    public EquatableArray<SpecDiagnostic> ToArray()
    {
        List<SpecDiagnostic> sorted = new(_diagnostics);
        sorted.Sort((a, b) =>
        {
            int order = a.Location.Span.Start.CompareTo(b.Location.Span.Start);
            return order != 0 ? order : string.CompareOrdinal(a.Descriptor.Id, b.Descriptor.Id);
        });
        return new EquatableArray<SpecDiagnostic>(sorted);
    }
}
