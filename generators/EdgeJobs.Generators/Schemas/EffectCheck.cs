using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reports keywords that have no effect.</summary>
internal static class EffectCheck
{
    /// <summary>Reports keywords that have no effect on values of this type.</summary>
    /// <param name="context">The shared state.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="type">What it is, in words.</param>
    /// <param name="effective">The keywords that have an effect on it.</param>
    public static void Run(SpecContext context, Schema schema, string type, params string[] effective)
    {
        // What one of several merged schemas says may be about the others.
        List<KeyValuePair<string, JsonNode>> constraints = schema.Keywords.Where(k => Keywords.IsConstraint(k.Key)).ToList();
        if (constraints.Select(k => k.Value.Parent).Distinct().Count() > 1)
        {
            return;
        }

        foreach (KeyValuePair<string, JsonNode> keyword in constraints)
        {
            // A format is an annotation.
            if (keyword.Key is not ("type" or "format") && !effective.Contains(keyword.Key))
            {
                context.Bag.ReportName(DiagnosticDescriptors.NoEffect, keyword.Value, keyword.Value.Path, type);
            }
        }

        if (schema.Properties is { Count: > 0 } properties && !effective.Contains("properties"))
        {
            context.Bag.ReportName(DiagnosticDescriptors.NoEffect, properties[0].Parent!, properties[0].Parent!.Path, type);
        }

        if (schema.Required.Count > 0 && !effective.Contains("required"))
        {
            context.Bag.ReportName(DiagnosticDescriptors.NoEffect, schema.Required[0].Parent!, schema.Required[0].Parent!.Path, type);
        }
    }
}
