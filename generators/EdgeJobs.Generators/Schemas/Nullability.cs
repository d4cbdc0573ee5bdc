using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Finds whether a schema allows null, in all the forms that authors write.</summary>
internal static class Nullability
{
    private static readonly string[] Alternatives = { "anyOf", "oneOf" };

    /// <summary>Separates null from the other values of a schema.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="rest">The schema without null: the same object if it does not list null among other values.</param>
    /// <param name="isOnly">True if it allows nothing but null.</param>
    /// <returns>True if it allows null.</returns>
    public static bool Split(Schema schema, out Schema rest, out bool isOnly)
    {
        rest = schema;
        bool allows = Allows(schema);
        isOnly = schema["const"] is JsonNull || IsNull(schema["type"]) || schema["enum"] is JsonArray { Items: { Count: > 0 } values }
            && values.All(v => v is JsonNull);
        if (schema["type"] is JsonArray types && Without(types, IsNull) is { } others)
        {
            allows = true;
            isOnly |= others.Count == 0;
            rest = schema.Copy(schema.Site);
            rest.Keywords["type"] = others.Count == 1 ? others[0] : Synthetic.Array(types, others);
        }

        foreach (string keyword in Alternatives)
        {
            if (schema[keyword] is JsonArray alternatives && Without(alternatives, IsNullSchema) is { } remaining)
            {
                allows = true;
                isOnly |= remaining.Count == 0;
                rest = ReferenceEquals(rest, schema) ? schema.Copy(schema.Site) : rest;
                rest.Keywords[keyword] = Synthetic.Array(alternatives, remaining);
            }
        }

        allows |= schema["type"] is null && schema["enum"] is JsonArray { Items: var listed } && listed.Any(v => v is JsonNull);
        return allows || isOnly;
    }

    /// <summary>Whether the keyword of OpenAPI allows null.</summary>
    public static bool Allows(Schema schema) => schema["nullable"] is JsonBool { Value: true };

    private static List<JsonNode>? Without(JsonArray list, System.Func<JsonNode, bool> isNull)
    {
        List<JsonNode> others = list.Items.Where(i => !isNull(i)).ToList();
        return others.Count < list.Items.Count ? others : null;
    }

    private static bool IsNull(JsonNode? type) => type is JsonString { Value: "null" };

    /// <summary>True for a schema of nothing but null.</summary>
    public static bool IsNullSchema(JsonNode node) => node is JsonObject schema && (IsNull(schema["type"]) || schema["const"] is JsonNull);
}
