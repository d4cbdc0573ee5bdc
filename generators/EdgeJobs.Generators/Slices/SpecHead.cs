using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Slices;

/// <summary>What every generated file says of its spec. A change here writes all files anew.</summary>
/// <param name="Name">As <see cref="SpecModel.Name"/>.</param>
/// <param name="Namespace">As <see cref="SpecModel.Namespace"/>.</param>
/// <param name="Title">As <see cref="SpecModel.Title"/>.</param>
/// <param name="Version">As <see cref="SpecModel.Version"/>.</param>
/// <param name="HasDeprecated">Something of the spec is deprecated, which generated code uses all the same.</param>
internal sealed record SpecHead(string Name, string Namespace, string Title, string Version, bool HasDeprecated)
{
    /// <summary>The head of a spec.</summary>
    public static SpecHead Of(SpecModel spec) => new(
        spec.Name,
        spec.Namespace,
        spec.Title,
        spec.Version,
        spec.Types.Any(t => t is UnionModel { IsDeprecated: true } || (t is ObjectModel o && (o.IsDeprecated || o.Members.Any(m => m.IsDeprecated)))));
}
