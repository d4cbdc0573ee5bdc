using System.Linq;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Slices;

/// <summary>What every generated file says about its spec. A change here rewrites all files.</summary>
/// <param name="Name">As <see cref="SpecModel.Name"/>.</param>
/// <param name="Namespace">As <see cref="SpecModel.Namespace"/>.</param>
/// <param name="Title">As <see cref="SpecModel.Title"/>.</param>
/// <param name="Version">As <see cref="SpecModel.Version"/>.</param>
/// <param name="HasDeprecated">Whether the spec has deprecated parts, which generated code still uses.</param>
internal sealed record SpecHead(string Name, string Namespace, string Title, string Version, bool HasDeprecated)
{
    public static SpecHead Of(SpecModel spec) => new(
        spec.Name,
        spec.Namespace,
        spec.Title,
        spec.Version,
        spec.Types.Any(t => t is UnionModel { IsDeprecated: true }
                or ObjectModel { IsDeprecated: true }
                or ValueModel { IsDeprecated: true }
                or ChoiceModel { IsDeprecated: true }
            || (t is ObjectModel o && o.Members.Any(m => m.IsDeprecated))));
}
