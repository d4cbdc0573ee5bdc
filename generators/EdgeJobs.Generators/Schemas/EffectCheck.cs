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
        JsonNode? first = null;
        List<JsonNode>? unused = null;
        foreach (KeyValuePair<string, JsonNode> keyword in schema.Keywords)
        {
            if (!Keywords.IsConstraint(keyword.Key))
            {
                continue;
            }

            first ??= keyword.Value;
            if (keyword.Value.Parent != first.Parent)
            {
                return;
            }

            // A format is an annotation.
            if (keyword.Key is not ("type" or "format") && !effective.Contains(keyword.Key))
            {
                (unused ??= new List<JsonNode>()).Add(keyword.Value);
            }
        }

        foreach (JsonNode keyword in unused ?? Enumerable.Empty<JsonNode>())
        {
            context.Bag.ReportName(DiagnosticDescriptors.NoEffect, keyword, keyword.Path, type);
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
