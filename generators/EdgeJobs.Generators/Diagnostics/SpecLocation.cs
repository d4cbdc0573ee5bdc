using EdgeJobs.Generators.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EdgeJobs.Generators.Diagnostics;

/// <summary>A place in a spec file as a value: unlike <see cref="Location"/> it holds nothing of the compilation.</summary>
internal sealed record SpecLocation(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static SpecLocation Of(Place place) =>
        new(place.Document.Path, place.Span, place.Document.Text.Lines.GetLinePositionSpan(place.Span));

    /// <summary>The place as the compiler reports it.</summary>
    public Location ToLocation() => Location.Create(Path, Span, Lines);
}
