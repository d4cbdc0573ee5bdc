using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Schemas;

/// <summary>A schema after its references and <c>allOf</c> are merged.</summary>
/// <param name="Site">Its object in the document, whose place determines the name of the C# type.</param>
internal sealed record Schema(JsonObject Site)
{
    /// <summary>All keywords except <c>properties</c>, <c>required</c>, <c>allOf</c> and <c>$ref</c>.</summary>
    public Dictionary<string, JsonNode> Keywords { get; } = new(StringComparer.Ordinal);

    /// <summary>The values of <c>properties</c> in the order of the document; null when there is no such keyword.</summary>
    public List<JsonNode>? Properties { get; set; }

    /// <summary>The values of <c>required</c>.</summary>
    public List<JsonString> Required { get; } = new();

    /// <summary>Alternatives that say nothing but which members are present.</summary>
    public List<MemberChoice> Choices { get; } = new();

    /// <summary>The value of a keyword, or null.</summary>
    public JsonNode? this[string keyword] => Keywords.TryGetValue(keyword, out JsonNode? value) ? value : null;

    /// <summary>True if it allows every value.</summary>
    public bool IsAnnotation =>
        Properties is null && Required.Count == 0 && Keywords.Keys.All(k => !Schemas.Keywords.IsConstraint(k));

    /// <summary>
    /// The value of <c>type</c>. A type that may be null (<c>["string", "null"]</c>) is the type itself: null and absent
    /// are the same to the generated code. Null if there is none, or the value is something else.
    /// </summary>
    public static string? TypeOf(JsonNode? type)
    {
        if (type is JsonArray { Items: { Count: 2 } items })
        {
            JsonNode other = IsNull(items[0]) ? items[1] : items[0];
            return IsNull(items[0]) != IsNull(items[1]) ? (other as JsonString)?.Value : null;
        }

        return (type as JsonString)?.Value;
    }

    /// <summary>True if values of a JSON type may satisfy it.</summary>
    public bool MayBe(string type) => this["type"] switch
    {
        JsonArray list => list.Items.Any(item => item is JsonString { Value: var listed } && listed == type),
        JsonString { Value: var only } => only == type,
        _ => TypeInference.TypeOf(this) is not { } inferred || inferred == type,
    };

    /// <summary>A copy whose keywords can be changed.</summary>
    public Schema Copy(JsonObject site)
    {
        Schema copy = new(site) { Properties = Properties is null ? null : new List<JsonNode>(Properties) };
        foreach (KeyValuePair<string, JsonNode> keyword in Keywords)
        {
            copy.Keywords.Add(keyword.Key, keyword.Value);
        }

        copy.Required.AddRange(Required);
        copy.Choices.AddRange(Choices);
        return copy;
    }

    private static bool IsNull(JsonNode node) => node is JsonString { Value: "null" };
}
