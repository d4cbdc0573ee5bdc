using System.Linq;
using EdgeJobs.Generators.Collections;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Diagnostics;

/// <summary>A diagnostic as a value, so that the incremental pipeline can compare it.</summary>
/// <param name="Descriptor">Its id and text.</param>
/// <param name="Severity">The severity of the descriptor, or error for an omission in a strict spec.</param>
/// <param name="Location">Where the fault is.</param>
/// <param name="Other">The second place of a fault that has two, or null.</param>
/// <param name="Arguments">The arguments of the text.</param>
internal sealed record SpecDiagnostic(
    DiagnosticDescriptor Descriptor,
    DiagnosticSeverity Severity,
    SpecLocation Location,
    SpecLocation? Other,
    EquatableArray<string> Arguments)
{
    /// <summary>The diagnostic as the compiler reports it.</summary>
    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Descriptor,
        Location.ToLocation(),
        Severity,
        Other is null ? null : new[] { Other.ToLocation() },
        null,
        Arguments.Select(a => (object)a).ToArray());
}
