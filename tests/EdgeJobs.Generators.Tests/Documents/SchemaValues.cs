using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>Makes random payloads from a schema. Most of them are valid; the judge decides.</summary>
/// <param name="schema">A schema that holds all that it refers to.</param>
/// <param name="random">Where the values come from.</param>
internal sealed class SchemaValues(JsonObject schema, Random random)
{
    private const int DepthLimit = 6;

    private static readonly string[] Texts = ["", "a", "b c", "\"q\"", "ä€😀", "line\nbreak", "</x>&amp;", "null", "\\u0041", "x-1", "0a"];

    public JsonNode? Make() => Value(schema, 0);

    private JsonNode? Value(JsonNode? node, int depth)
    {
        if (node is not JsonObject owner)
        {
            return Anything(depth);
        }

        if (owner["$ref"] is { } target)
        {
            string name = Uri.UnescapeDataString(((string)target!)["#/definitions/".Length..]).Replace("~1", "/").Replace("~0", "~");
            return Value(schema["definitions"]![name], depth);
        }

        if (owner.ContainsKey("const"))
        {
            return owner["const"]?.DeepClone();
        }

        if (owner["enum"] is JsonArray values)
        {
            return values[random.Next(values.Count)]?.DeepClone();
        }

        List<JsonNode?> parts = [];
        foreach (string choice in new[] { "oneOf", "anyOf" })
        {
            if (owner[choice] is JsonArray alternatives)
            {
                parts.Add(alternatives[random.Next(alternatives.Count)]);
            }
        }

        parts.AddRange(owner["allOf"] as JsonArray ?? []);
        return parts.Count > 0 ? Merged(owner, parts, depth) : Plain(owner, depth);
    }

    /// <summary>Objects are merged; of other values the last part decides.</summary>
    private JsonNode? Merged(JsonObject owner, List<JsonNode?> parts, int depth)
    {
        JsonNode? merged = owner.ContainsKey("properties") || owner.ContainsKey("type") ? Plain(owner, depth) : null;
        foreach (JsonNode? part in parts)
        {
            JsonNode? value = Value(part, depth);
            if (merged is JsonObject into && value is JsonObject from)
            {
                foreach ((string key, JsonNode? member) in from)
                {
                    into[key] = member?.DeepClone();
                }
            }
            else
            {
                merged = value;
            }
        }

        return merged;
    }

    private JsonNode? Plain(JsonObject owner, int depth)
    {
        string type = owner["type"] switch
        {
            JsonArray types => (string)types[random.Next(types.Count)]!,
            JsonValue single => (string)single!,
            _ => Guess(owner),
        };
        return type switch
        {
            "null" => null,
            "boolean" => random.Next(2) == 0,
            "integer" or "number" => Number(owner, type == "integer"),
            "string" => Text(owner),
            "array" => List(owner, depth),
            "object" => Object(owner, depth),
            _ => Anything(depth),
        };
    }

    private static string Guess(JsonObject owner) =>
        owner.ContainsKey("properties") || owner.ContainsKey("required") || owner.ContainsKey("additionalProperties") ? "object"
        : owner.ContainsKey("items") ? "array"
        : owner.ContainsKey("pattern") || owner.ContainsKey("minLength") || owner.ContainsKey("maxLength") ? "string"
        : owner.ContainsKey("minimum") || owner.ContainsKey("maximum") ? "number"
        : "";

    private JsonNode? Anything(int depth) => random.Next(depth > DepthLimit ? 4 : 7) switch
    {
        0 => null,
        1 => true,
        2 => JsonNode.Parse("-1.5e3"),
        3 => Texts[random.Next(Texts.Length)],
        4 => new JsonArray(1, "two", null),
        5 => new JsonObject(),
        _ => new JsonObject { ["a"] = new JsonArray(new JsonObject()), ["b"] = "c" },
    };

    private JsonNode Number(JsonObject owner, bool isWhole)
    {
        (decimal least, decimal most) = (string?)owner["format"] switch
        {
            "int8" => (sbyte.MinValue, (decimal)sbyte.MaxValue),
            "uint8" => (0, byte.MaxValue),
            "int16" => (short.MinValue, short.MaxValue),
            "uint16" => (0, ushort.MaxValue),
            "int32" => (int.MinValue, int.MaxValue),
            "uint32" => (0, uint.MaxValue),
            "uint64" => (0, ulong.MaxValue),
            "int64" => (long.MinValue, long.MaxValue),
            _ => (-1_000_000_000_000m, 1_000_000_000_000m),
        };
        least = Math.Max(least, Limit("minimum") ?? least);
        most = Math.Min(most, Limit("maximum") ?? most);
        decimal step = isWhole ? 1 : 0.125m;
        least = Math.Max(least, Limit("exclusiveMinimum") + step ?? least);
        most = Math.Min(most, Limit("exclusiveMaximum") - step ?? most);
        decimal value = random.Next(6) switch
        {
            0 => least,
            1 => most,
            2 => Math.Clamp(0, least, most),
            3 => Math.Clamp(random.Next(-9, 100), least, most),
            _ => least + ((most - least) * (decimal)random.NextDouble()),
        };
        value = Limit("multipleOf") is { } multiple ? Math.Round(value / multiple) * multiple
            : isWhole ? Math.Clamp(Math.Floor(value), least, most)
            : Math.Round(value, random.Next(4));
        return JsonNode.Parse(value.ToString(CultureInfo.InvariantCulture))!;

        // A limit beyond decimals allows all values that are made, or none.
        decimal? Limit(string name) => owner[name] is JsonValue limit
            && decimal.TryParse(limit.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal value)
                ? value
                : null;
    }

    private string Text(JsonObject owner)
    {
        if (owner["pattern"] is { } pattern)
        {
            return PatternSampler.Sample((string)pattern!, random);
        }

        string? formatted = (string?)owner["format"] switch
        {
            "date-time" => Pick("2026-11-30T02:04:05Z", "1999-12-31T23:59:59.123456+02:00", "2026-02-28T00:00:00-11:30"),
            "date" => Pick("2026-11-30", "2024-02-29", "0001-01-01"),
            "time" => Pick("02:04:05Z", "23:59:59+02:00", "12:30:00.25Z"),
            "duration" => Pick("PT5M", "P1DT2H", "PT0.5S", "P3D"),
            "uuid" => new Guid(Bytes(16)).ToString(),
            "byte" => Convert.ToBase64String(Bytes(random.Next(9))),
            "email" => Pick("a@b.example", "first.last+tag@sub.domain.example"),
            "uri" => Pick("https://a.example/b?c=d#e", "urn:isbn:0451450523", "mailto:a@b.example"),
            "ipv4" => Pick("127.0.0.1", "10.255.0.9"),
            "ipv6" => Pick("::1", "2001:db8::8a2e:370:7334"),
            "hostname" => Pick("a.example", "board-17"),
            _ => null,
        };
        if (formatted is not null)
        {
            return formatted;
        }

        int least = Whole(owner, "minLength") ?? 0;
        int most = Whole(owner, "maxLength") ?? int.MaxValue;
        string text = Texts[random.Next(Texts.Length)];
        while (Length(text) < least)
        {
            text += "ä€😀z"[random.Next(3) > 0 ? 1 : 0];
        }

        while (Length(text) > most)
        {
            text = text[..(char.IsLowSurrogate(text[^1]) ? ^2 : ^1)];
        }

        return text;
    }

    private static int Length(string text) => text.EnumerateRunes().Count();

    private JsonArray List(JsonObject owner, int depth)
    {
        int least = Whole(owner, "minItems") ?? 0;
        int most = Whole(owner, "maxItems") ?? (depth > DepthLimit ? least : least + 3);
        JsonArray list = [];
        int count = random.Next(least, Math.Max(least, Math.Min(most, least + 4)) + 1);
        for (int i = 0; i < count; i++)
        {
            list.Add(Value(owner["items"], depth + 1));
        }

        return list;
    }

    private JsonObject Object(JsonObject owner, int depth)
    {
        JsonObject made = [];
        JsonObject properties = owner["properties"] as JsonObject ?? [];
        string[] required = [.. owner["required"]?.AsArray().Select(name => (string)name!) ?? []];
        int least = Whole(owner, "minProperties") ?? 0;
        foreach ((string name, JsonNode? member) in properties)
        {
            if (required.Contains(name) || made.Count < least || random.Next(depth > DepthLimit ? 6 : 2) == 0)
            {
                made[name] = Value(member, depth + 1);
            }
        }

        foreach (string name in required.Where(name => !properties.ContainsKey(name)))
        {
            made[name] = Value(owner["additionalProperties"] as JsonObject, depth + 1);
        }

        if (owner["additionalProperties"] is JsonObject or JsonValue && (owner["additionalProperties"] is JsonObject || properties.Count == 0)
            && owner["additionalProperties"]!.ToJsonString() != "false")
        {
            string? names = (string?)owner["propertyNames"]?["pattern"];
            int most = Math.Min(Whole(owner, "maxProperties") ?? 3, 3);
            int count = random.Next(Math.Min(least, most), (depth > DepthLimit ? Math.Min(least, most) : most) + 1);
            for (int i = 0; i < count; i++)
            {
                string name = names is null ? Texts[random.Next(Texts.Length)] + i : PatternSampler.Sample(names, random);
                made[name] = Value(owner["additionalProperties"], depth + 1);
            }
        }

        return made;
    }

    private static int? Whole(JsonObject owner, string name) =>
        owner[name] is JsonValue value ? int.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;

    private string Pick(params string[] values) => values[random.Next(values.Length)];

    private byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
