using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Reads which members an object must have, beyond those that are required.</summary>
internal static class ObjectRuleParser
{
    /// <summary>The rule, or null if there is none.</summary>
    public static ObjectRule? Parse(SpecContext context, Schema schema)
    {
        int minimum = context.Count(schema["minProperties"]) ?? 0;
        int maximum = context.Count(schema["maxProperties"]) ?? -1;
        RangeCheck.Counts(context, schema["maxProperties"], ref minimum, ref maximum, "the least count");
        bool hasRest = ObjectParser.RestOf(schema) is not null;
        if (schema["propertyNames"] is { } names && !hasRest)
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, names, names.Path,
                "members that 'properties' does not list are ignored; remove it");
        }

        if (minimum > (schema.Properties?.Count ?? 0) && !hasRest)
        {
            context.Bag.ReportName(
                DiagnosticDescriptors.UncheckedKeyword, schema["minProperties"]!, schema["minProperties"]!.Path,
                "'properties' lists fewer members, and others are ignored; list them, or use 'additionalProperties' alone");
            minimum = 0;
        }

        EquatableArray<MemberChoice> choices = new(schema.Choices);
        int required = schema.Required.Count;
        return minimum <= required && maximum < 0 && choices.Count == 0
            ? null
            : new ObjectRule(minimum <= required ? 0 : minimum, maximum, choices);
    }
}
