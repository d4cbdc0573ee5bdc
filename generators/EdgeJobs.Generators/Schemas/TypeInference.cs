using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Finds the type of a schema that does not say it: the one that its keywords are about.</summary>
internal static class TypeInference
{
    private static readonly (string Type, string[] Keywords)[] About =
    {
        ("object", new[] { "properties", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties" }),
        ("array", new[] { "items", "minItems", "maxItems", "uniqueItems", "contains" }),
        ("string", new[] { "minLength", "maxLength", "pattern", "contentEncoding" }),
        ("number", new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf" }),
    };

    /// <summary>The type, or null if the keywords imply none.</summary>
    public static string? TypeOf(Schema schema)
    {
        if (schema["const"] is { } constant)
        {
            return TypeOf(new[] { constant });
        }

        if (schema["enum"] is JsonArray { Items: { Count: > 0 } listed })
        {
            return TypeOf(listed.Where(v => v is not JsonNull).ToList());
        }

        if (schema.Properties is not null || schema.Required.Count > 0)
        {
            return "object";
        }

        string? inferred = About.FirstOrDefault(a => a.Keywords.Any(k => schema[k] is not null)).Type;
        return inferred ?? (schema["format"] is JsonString { Value: var format } && Formats.IsKnown(format) ? "string" : null);
    }

    /// <summary>The common type of values, or null if there is none.</summary>
    public static string? TypeOf(IReadOnlyList<JsonNode> values)
    {
        List<string?> types = values.Select(TypeOf).Distinct().ToList();
        return types.Count == 1 ? types[0]
            : types.Count == 2 && types.Contains("integer") && types.Contains("number") ? "number"
            : null;
    }

    private static string? TypeOf(JsonNode value) => value switch
    {
        JsonString => "string",
        JsonNumber number => NumberParser.IsInteger(number) ? "integer" : "number",
        JsonBool => "boolean",
        JsonObject => "object",
        JsonArray => "array",
        _ => null,
    };
}
