using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Schemas;

/// <summary>Finds the value of a keyword that stands for the values of two schemas.</summary>
internal static class KeywordMerger
{
    /// <summary>The value that satisfies both, or null when they contradict each other.</summary>
    public static JsonNode? Both(string name, JsonNode earlier, JsonNode value)
    {
        if (earlier == value || earlier.ToJson() == value.ToJson())
        {
            return earlier;
        }

        switch (name)
        {
            case "type":
                return Types(earlier, value);
            case "enum":
                return Values(earlier, value);
            case "uniqueItems":
                return earlier is JsonBool { Value: true } ? earlier : value;
            case "items" or "additionalProperties" or "propertyNames":
                return Schemas(earlier, value);
            case "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems" or "maxProperties" or "x-maxBytes":
                return IsGreater(earlier, value) is { } greater ? greater ? value : earlier : null;
            case "minimum" or "exclusiveMinimum" or "minLength" or "minItems" or "minProperties":
                return IsGreater(earlier, value) is { } lower ? lower ? earlier : value : null;
            default:
                return null;
        }
    }

    /// <summary>The types that both allow; a whole number is a number.</summary>
    private static JsonNode? Types(JsonNode earlier, JsonNode value)
    {
        List<JsonNode> first = TypesOf(earlier);
        List<JsonNode> second = TypesOf(value);
        List<JsonNode> both = first.Where(t => second.Any(o => Name(o) == Name(t) || (Name(o) == "number" && Name(t) == "integer")))
            .Concat(second.Where(t => Name(t) == "integer" && first.Any(o => Name(o) == "number") && first.All(o => Name(o) != "integer")))
            .ToList();
        return both.Count switch
        {
            0 => null,
            1 => both[0],
            _ when both.Count == first.Count => earlier,
            _ => Synthetic.Array(value, both),
        };
    }

    private static List<JsonNode> TypesOf(JsonNode type) => type is JsonArray list ? list.Items.ToList() : new List<JsonNode> { type };

    private static string Name(JsonNode type) => (type as JsonString)?.Value ?? type.ToJson();

    private static JsonArray? Values(JsonNode earlier, JsonNode value)
    {
        if (earlier is not JsonArray first || value is not JsonArray second)
        {
            return null;
        }

        HashSet<string> allowed = new(second.Items.Select(v => v.ToJson()));
        List<JsonNode> both = first.Items.Where(v => allowed.Contains(v.ToJson())).ToList();
        return both.Count == 0 ? null
            : both.Count == first.Items.Count ? first
            : both.Count == second.Items.Count ? second
            : Synthetic.Array(value, both);
    }

    /// <summary>A schema that is as strict as both.</summary>
    private static JsonNode? Schemas(JsonNode earlier, JsonNode value) => (earlier, value) switch
    {
        (JsonBool { Value: true }, _) or (_, JsonBool { Value: false }) => value,
        (_, JsonBool { Value: true }) or (JsonBool { Value: false }, _) => earlier,
        (JsonObject, JsonObject) => Synthetic.Both(value, earlier, value),
        _ => null,
    };

    /// <summary>
    /// Whether the first number is greater; null when one of them is none. What no decimal can hold is compared as a double.
    /// </summary>
    private static bool? IsGreater(JsonNode first, JsonNode second)
    {
        if (first is not JsonNumber { Text: var a } || second is not JsonNumber { Text: var b })
        {
            return null;
        }

        const NumberStyles style = NumberStyles.Float;
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (decimal.TryParse(a, style, culture, out decimal x) && decimal.TryParse(b, style, culture, out decimal y))
        {
            return x > y;
        }

        return double.TryParse(a, style, culture, out double v) && double.TryParse(b, style, culture, out double w)
            ? v > w
            : null;
    }
}
