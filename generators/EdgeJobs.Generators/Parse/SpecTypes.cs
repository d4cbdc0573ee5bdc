using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Parse;

/// <summary>The types that a spec generates, for the check that two specs of a project do not generate the same.</summary>
internal sealed record SpecTypes(SpecLocation Name, EquatableArray<string> Types)
{
    /// <summary>The types of a spec with their namespaces.</summary>
    public static SpecTypes Of(SpecResult result)
    {
        SpecModel model = result.Model!;
        IEnumerable<string> types = model.Types.Select(t => t.Name).Concat(new[] { model.Name + "Spec" });
        if (model.HasClient)
        {
            types = types.Concat(model.Operations.Where(o => !o.IsSend).Select(o => o.Name + "Received"));
        }

        return new SpecTypes(result.Name, new EquatableArray<string>(types.Select(t => model.Namespace + "." + t).ToArray()));
    }

    /// <summary>Reports each spec that generates a type of an earlier spec again.</summary>
    public static EquatableArray<SpecDiagnostic> FindCollisions(ImmutableArray<SpecTypes> specs)
    {
        List<SpecDiagnostic> found = new();
        Dictionary<string, SpecTypes> owners = new(StringComparer.OrdinalIgnoreCase);
        foreach (SpecTypes spec in specs.OrderBy(s => s.Name.Path, StringComparer.Ordinal))
        {
            string? common = spec.Types.FirstOrDefault(owners.ContainsKey);
            if (common is not null)
            {
                SpecTypes owner = owners[common];
                EquatableArray<string> arguments = new(new[] { FilePath.NameOf(owner.Name.Path), common });
                found.Add(new SpecDiagnostic(
                    DiagnosticDescriptors.DuplicateSpec, DiagnosticSeverity.Error, spec.Name, owner.Name, arguments));
            }

            foreach (string type in spec.Types)
            {
                if (!owners.ContainsKey(type))
                {
                    owners.Add(type, spec);
                }
            }
        }

        return new EquatableArray<SpecDiagnostic>(found);
    }
}
