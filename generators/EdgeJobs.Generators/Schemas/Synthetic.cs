using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Nodes that the document does not have, at the place of one that it has: what merging makes of several schemas.</summary>
internal static class Synthetic
{
    /// <summary>An object without members.</summary>
    public static JsonObject Empty(JsonNode place) => At(
        place, new JsonObject(place.Span.Span, new JsonMembers()));

    /// <summary>A list of nodes of the document.</summary>
    public static JsonArray Array(JsonNode place, IEnumerable<JsonNode> items) => At(place, new JsonArray(place.Span.Span, items.ToList()));

    /// <summary>A schema that both schemas hold for.</summary>
    public static JsonObject Both(JsonNode place, JsonNode first, JsonNode second)
    {
        JsonArray all = new(place.Span.Span, new List<JsonNode> { first, second }) { Key = "allOf", KeySpan = place.KeySpan };
        JsonObject both = At(
            place, new JsonObject(place.Span.Span, new JsonMembers(new List<JsonNode> { all })));
        all.Parent = both;
        return both;
    }

    /// <summary>A schema with members of another one.</summary>
    public static JsonObject Members(JsonNode place, List<JsonNode> properties, IEnumerable<JsonString> required)
    {
        JsonObject declared = At(place, new JsonObject(place.Span.Span, new JsonMembers(properties)));
        declared.Key = "properties";
        JsonArray names = Array(place, required);
        names.Key = "required";
        List<JsonNode> members = new() { declared, names };
        return At(place, new JsonObject(place.Span.Span, new JsonMembers(members)));
    }

    private static T At<T>(JsonNode place, T node)
        where T : JsonNode
    {
        node.Parent = place.Parent;
        if (place.Parent is null)
        {
            node.Document = place.Document;
        }

        node.Key = place.Key;
        node.KeySpan = place.KeySpan;
        return node;
    }
}
