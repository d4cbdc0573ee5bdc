using System;
using System.Collections.Generic;
using System.Linq;

namespace EdgeJobs.Generators.Schemas;

internal static class Keywords
{
    private static readonly HashSet<string> Annotations = new(StringComparer.Ordinal)
    {
        "title", "description", "default", "deprecated", "example", "examples", "readOnly", "writeOnly", "externalDocs",
        "$comment", "$id", "$schema", "definitions", "$defs", "contentMediaType",
    };

    /// <summary>Extensions that say more than an annotation.</summary>
    private static readonly HashSet<string> Extensions = new(StringComparer.Ordinal)
    {
        "x-maxBytes", "x-enum-descriptions", "x-enum-names",
    };

    private static readonly HashSet<string> Constraints = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "format", "contentEncoding", "minLength", "maxLength", "pattern", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "items", "minItems", "maxItems", "properties", "required",
        "additionalProperties", "propertyNames", "minProperties", "maxProperties", "anyOf", "oneOf", "discriminator", "allOf", "$ref",
    };

    /// <summary>Keywords that can't be ignored without generating wrong code, with what to write instead.</summary>
    private static readonly Dictionary<string, string> Unsupported = new(StringComparer.Ordinal)
    {
        ["not"] = "say what is allowed instead, with 'enum', 'pattern' or limits",
        ["if"] = "make the members that depend on others optional, and say when they are present in 'description'",
        ["then"] = "make the members that depend on others optional, and say when they are present in 'description'",
        ["else"] = "make the members that depend on others optional, and say when they are present in 'description'",
        ["dependencies"] = "make the members that depend on others optional, and say when they are present in 'description'",
        ["patternProperties"] = "use 'additionalProperties' with a schema, and 'propertyNames' with the pattern",
        ["contains"] = "say in 'description' what the array holds",
        ["additionalItems"] = "give 'items' one schema that holds for every element",
        ["uniqueItems"] = "say in 'description' that no value occurs twice",
        ["multipleOf"] = "say in 'description' which values are allowed",
    };

    /// <summary>Every keyword that is known, for the suggestion of the right spelling.</summary>
    public static IEnumerable<string> Known => Constraints.Concat(Annotations).Concat(Extensions).Concat(Unsupported.Keys);

    /// <summary>True for what describes a schema without changing which values it allows.</summary>
    public static bool IsAnnotation(string keyword) =>
        Annotations.Contains(keyword) || (keyword.StartsWith("x-", StringComparison.Ordinal) && !Extensions.Contains(keyword));

    /// <summary>True for a keyword that restricts the values or gives them a meaning, so that it must not be ignored.</summary>
    public static bool IsConstraint(string keyword) => Constraints.Contains(keyword) || Extensions.Contains(keyword);

    /// <summary>What to write instead of a keyword that is not supported, or null.</summary>
    public static string? InsteadOf(string keyword) => Unsupported.TryGetValue(keyword, out string? instead) ? instead : null;
}
