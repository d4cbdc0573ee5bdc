using System;
using System.Collections.Generic;
using System.Linq;

namespace EdgeJobs.Generators.Schemas;

internal static class Keywords
{
    private const string DependentMembers =
        "make the members that depend on others optional, and say when they are present in 'description'";

    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "deprecated", "example", "examples", "readOnly", "writeOnly", "externalDocs", "xml",
        "$comment", "$id", "$schema", "$anchor", "definitions", "$defs", "contentMediaType", "contentSchema", "nullable",
    };

    /// <summary>Extensions that say more than an annotation.</summary>
    private static readonly HashSet<string> Extensions = new(StringComparer.Ordinal)
    {
        "x-maxBytes", "x-enum-descriptions", "x-enum-names",
    };

    private static readonly HashSet<string> Constraints = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "format", "contentEncoding", "minLength", "maxLength", "pattern", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "items", "minItems", "maxItems", "uniqueItems", "properties", "required",
        "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties", "anyOf", "oneOf", "discriminator",
        "allOf", "$ref",
    };

    /// <summary>Keywords that the generated code does not check, with what to write instead.</summary>
    private static readonly Dictionary<string, string> Unchecked = new(StringComparer.Ordinal)
    {
        ["not"] = "say what is allowed instead, with 'enum', 'pattern' or limits",
        ["if"] = DependentMembers,
        ["then"] = DependentMembers,
        ["else"] = DependentMembers,
        ["dependencies"] = DependentMembers,
        ["dependentRequired"] = DependentMembers,
        ["dependentSchemas"] = DependentMembers,
        ["contains"] = "say in 'description' what the array holds",
        ["minContains"] = "say in 'description' what the array holds",
        ["maxContains"] = "say in 'description' what the array holds",
        ["prefixItems"] = "give 'items' one schema that holds for every element, or make it an object",
        ["unevaluatedItems"] = "give 'items' one schema that holds for every element",
        ["unevaluatedProperties"] = "list the members in 'properties'; others are ignored",
        ["additionalItems"] = "give 'items' one schema that holds for every element",
    };

    /// <summary>Every keyword that is known, for the suggestion of the right spelling.</summary>
    public static IEnumerable<string> Known => Constraints.Concat(Annotations).Concat(Extensions).Concat(Unchecked.Keys);

    /// <summary>True for what describes a schema without changing which values it allows.</summary>
    public static bool IsAnnotation(string keyword) =>
        Annotations.Contains(keyword) || (keyword.StartsWith("x-", StringComparison.Ordinal) && !Extensions.Contains(keyword));

    /// <summary>True for a keyword that restricts the values or gives them a meaning, so that it must not be ignored.</summary>
    public static bool IsConstraint(string keyword) => Constraints.Contains(keyword) || Extensions.Contains(keyword);

    /// <summary>What to write instead of a keyword that is not checked, or null.</summary>
    public static string? InsteadOf(string keyword) => Unchecked.TryGetValue(keyword, out string? instead) ? instead : null;
}
