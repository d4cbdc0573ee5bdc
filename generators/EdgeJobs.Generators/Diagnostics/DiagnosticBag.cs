using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Json;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Diagnostics;

/// <summary>
/// Collects the faults of one spec and of the files that it refers to. A fault at one place is reported once, however often it is
/// found.
/// </summary>
/// <param name="isStrict">An omission is an error, not a warning.</param>
internal sealed class DiagnosticBag(bool isStrict)
{
    private readonly List<(string File, SpecDiagnostic Diagnostic)> _diagnostics = new();
    private readonly HashSet<(string Id, Place Place, string Message)> _seen = new();

    /// <summary>True when code from this file would be wrong.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Adds a fault at the name of a member, or at the value where it has no name.</summary>
    public void ReportName(DiagnosticDescriptor descriptor, JsonNode node, params string[] arguments) =>
        Report(descriptor, node.NameSpan, null, arguments);

    /// <summary>Adds a fault at a value.</summary>
    public void ReportValue(DiagnosticDescriptor descriptor, JsonNode node, params string[] arguments) =>
        Report(descriptor, node.ValueSpan, null, arguments);

    /// <summary>Adds a second member with the name of another one.</summary>
    public void ReportDuplicate(JsonNode first, Place firstName, Place second) =>
        Report(DiagnosticDescriptors.DuplicateMember, second, firstName, first.Key, firstName.Line);

    /// <summary>Adds the fault of a file, if it has one.</summary>
    public void ReportFault(SpecDocument document)
    {
        if (document.Fault is { } fault)
        {
            string language = document.IsYaml ? "YAML" : "JSON";
            Report(DiagnosticDescriptors.NotWellFormed, new Place(document, fault.Span), null, language, fault.What);
        }
    }

    /// <summary>Adds a fault.</summary>
    /// <param name="descriptor">The kind of fault.</param>
    /// <param name="span">The place.</param>
    /// <param name="other">The second place of a fault that has two, or null.</param>
    /// <param name="arguments">The arguments of the text.</param>
    public void Report(DiagnosticDescriptor descriptor, Place span, Place? other, params string[] arguments)
    {
        arguments = Array.ConvertAll(arguments, DiagnosticText.Of);
        if (!_seen.Add((descriptor.Id, span, string.Join("\0", arguments))))
        {
            return;
        }

        DiagnosticSeverity severity = isStrict && DiagnosticDescriptors.IsOmission(descriptor)
            ? DiagnosticSeverity.Error
            : descriptor.DefaultSeverity;
        HasErrors |= severity == DiagnosticSeverity.Error;
        SpecLocation? otherPlace = other is { } o ? SpecLocation.Of(o) : null;
        _diagnostics.Add((span.Document.Name, new SpecDiagnostic(
            descriptor, severity, SpecLocation.Of(span), otherPlace, new EquatableArray<string>(arguments))));
    }

    /// <summary>All faults in the order of the spec, then those of the files that it refers to.</summary>
    public EquatableArray<SpecDiagnostic> ToArray() => new(_diagnostics
        .OrderBy(d => d.File, StringComparer.Ordinal)
        .ThenBy(d => d.Diagnostic.Location.Path, StringComparer.Ordinal)
        .ThenBy(d => d.Diagnostic.Location.Span.Start)
        .ThenBy(d => d.Diagnostic.Descriptor.Id, StringComparer.Ordinal)
        .Select(d => d.Diagnostic)
        .ToArray());
}
