using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>Decides with a validator of another project whether a payload is valid.</summary>
internal sealed class SchemaJudge
{
    private static readonly EvaluationOptions Checking = new() { OutputFormat = OutputFormat.Flag, RequireFormatValidation = true };

    static SchemaJudge()
    {
        FormatRegistry.Global.Register(new Base64());
        FormatRegistry.Global.Register(new Duration());
        FormatRegistry.Global.Register(new UriReference());
    }

    private readonly JsonSchema _schema;
    private readonly JsonSchema _lenient;
    private readonly JsonSchema _closed;

    public SchemaJudge(JsonObject schema)
    {
        _schema = Build((JsonObject)schema.DeepClone());
        JsonObject lenient = (JsonObject)schema.DeepClone();
        Loosen(lenient);
        _lenient = Build(lenient);
        JsonObject closed = (JsonObject)schema.DeepClone();
        Close(closed);
        _closed = Build(closed);
    }

    /// <summary>Whether the payload is valid.</summary>
    public bool IsValid(JsonNode? payload) => Evaluate(_schema, payload);

    /// <summary>
    /// Whether the payload is valid with what docs/reference/asyncapi.md allows beyond the schema: null is absence, unknown members are
    /// ignored, of several alternatives that fit the first one counts, epoch-seconds and durations may have a fraction, and conditions are
    /// not checked.
    /// </summary>
    public bool IsAlmostValid(JsonNode? payload) => Evaluate(_lenient, payload);

    /// <summary>
    /// Whether the payload has no members but those that its objects list. Others are ignored, and so are those that only another message
    /// or alternative lists.
    /// </summary>
    public bool IsListed(JsonNode? payload) => Evaluate(_closed, payload);

    /// <summary>Whether the payload is valid if members that are null are absent, as the generated code takes them.</summary>
    public bool IsValidWithoutNulls(JsonNode? payload)
    {
        JsonNode? copy = payload?.DeepClone();
        RemoveNulls(copy);
        return IsValid(copy);
    }

    private static void RemoveNulls(JsonNode? node)
    {
        foreach (JsonNode? child in (node as JsonObject)?.Select(member => member.Value) ?? node as JsonArray ?? [])
        {
            RemoveNulls(child);
        }

        foreach (string name in (node as JsonObject)?.Where(member => member.Value is null).Select(member => member.Key).ToArray() ?? [])
        {
            ((JsonObject)node!).Remove(name);
        }
    }

    private static bool Evaluate(JsonSchema schema, JsonNode? payload)
    {
        using JsonDocument document = JsonDocument.Parse(payload?.ToJsonString() ?? "null");
        return schema.Evaluate(document.RootElement, Checking).IsValid;
    }

    private static JsonSchema Build(JsonObject schema)
    {
        Translate(schema);
        return JsonSchema.FromText(
            schema.ToJsonString(),
            new BuildOptions { SchemaRegistry = new SchemaRegistry(), Dialect = Dialect.Draft07 },
            new Uri("https://judge.example/" + Guid.NewGuid().ToString("N")));
    }

    /// <summary>The formats that draft-07 does not have, as limits.</summary>
    private static void Translate(JsonNode? node)
    {
        if (node is JsonObject schema)
        {
            if (schema["format"] is JsonValue value && value.TryGetValue(out string? format)
                && NumberRanges.TryGetValue(format, out (decimal Minimum, decimal Maximum) range))
            {
                schema["allOf"] = new JsonArray(
                    [.. schema["allOf"]?.AsArray().Select(s => s?.DeepClone()) ?? [],
                        new JsonObject { ["minimum"] = range.Minimum, ["maximum"] = range.Maximum }]);
            }

            foreach ((string _, JsonNode? child) in schema.ToArray())
            {
                Translate(child);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? child in list)
            {
                Translate(child);
            }
        }
    }

    private static readonly Dictionary<string, (decimal Minimum, decimal Maximum)> NumberRanges = new()
    {
        ["int8"] = (sbyte.MinValue, sbyte.MaxValue),
        ["uint8"] = (byte.MinValue, byte.MaxValue),
        ["int16"] = (short.MinValue, short.MaxValue),
        ["uint16"] = (ushort.MinValue, ushort.MaxValue),
        ["int32"] = (int.MinValue, int.MaxValue),
        ["uint32"] = (uint.MinValue, uint.MaxValue),
        ["int64"] = (long.MinValue, long.MaxValue),
        ["uint64"] = (ulong.MinValue, ulong.MaxValue),
    };

    /// <summary>
    /// Forbids members that an object with <c>properties</c> does not list, unless it is merged with others, which list members, too.
    /// </summary>
    private static void Close(JsonObject root)
    {
        JsonObject definitions = (JsonObject)root["definitions"]!;
        HashSet<string> merged = [];
        foreach (JsonNode? part in definitions.Select(definition => definition.Value).Append(root["allOf"]![0]))
        {
            Walk(part, isPart: false, (schema, isPart) => _ = isPart && schema["$ref"] is JsonValue name && merged.Add((string)name!));
        }

        Walk(root["allOf"]![0], isPart: false, CloseObject);
        foreach ((string name, JsonNode? definition) in definitions)
        {
            string pointer = "#/definitions/" + Uri.EscapeDataString(name.Replace("~", "~0").Replace("/", "~1"));
            Walk(definition, merged.Contains(pointer), CloseObject);
        }
    }

    private static void CloseObject(JsonObject schema, bool isPart)
    {
        if (schema["properties"] is JsonObject && !isPart && !Merging.Any(schema.ContainsKey))
        {
            schema.TryAdd("additionalProperties", false);
        }
    }

    /// <summary>Visits all schemas, the inner ones first, and says whether each is merged with others.</summary>
    private static void Walk(JsonNode? node, bool isPart, Action<JsonObject, bool> visit)
    {
        if (node is JsonObject schema)
        {
            foreach ((string key, JsonNode? child) in schema.ToArray())
            {
                Walk(child, key == "allOf" || (key is "oneOf" or "anyOf" && (isPart || schema.ContainsKey("properties"))), visit);
            }

            visit(schema, isPart);
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
            {
                Walk(item, isPart, visit);
            }
        }
    }

    private static readonly string[] Merging = ["allOf", "oneOf", "anyOf", "$ref", "patternProperties"];

    private const string DurationWithFraction = @"^P(?!$)([0-9]+W|([0-9]+Y)?([0-9]+M)?([0-9]+D)?"
        + @"(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?)$";

    private static readonly string[] NotChecked = ["not", "if", "then", "else"];

    private static void Loosen(JsonNode? node)
    {
        if (node is JsonObject schema)
        {
            if (schema["additionalProperties"] is JsonValue value && value.TryGetValue(out bool allowed) && !allowed)
            {
                schema.Remove("additionalProperties");
            }

            if (schema["oneOf"] is JsonArray choices && !schema.ContainsKey("anyOf"))
            {
                schema.Remove("oneOf");
                schema["anyOf"] = choices;
            }

            foreach (string keyword in NotChecked)
            {
                schema.Remove(keyword);
            }

            switch ((string?)(schema["format"] as JsonValue))
            {
                case "epoch-seconds":
                    schema["type"] = "number";
                    break;
                case "duration":
                    schema.Remove("format");
                    schema["pattern"] = DurationWithFraction;
                    break;
            }

            foreach ((string _, JsonNode? child) in schema.ToArray())
            {
                Loosen(child);
            }

            if (schema["properties"] is JsonObject properties)
            {
                string[] required = [.. schema["required"]?.AsArray().Select(name => (string)name!) ?? []];
                foreach (string name in properties.Select(member => member.Key).Except(required).ToArray())
                {
                    properties[name] = new JsonObject
                    {
                        ["anyOf"] = new JsonArray(properties[name]!.DeepClone(), new JsonObject { ["type"] = "null" }),
                    };
                }
            }
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? child in list)
            {
                Loosen(child);
            }
        }
    }

    /// <summary>Durations of RFC 3339, appendix A. The validator's own check ignores what follows one.</summary>
    private sealed class Duration() : Format("duration")
    {
        private const string Time = "T([0-9]+H([0-9]+M([0-9]+S)?)?|[0-9]+M([0-9]+S)?|[0-9]+S)";

        public override bool Validate(JsonElement element, out string? errorMessage)
        {
            errorMessage = null;
            return element.ValueKind != JsonValueKind.String || Regex.IsMatch(
                element.GetString()!,
                $"^P([0-9]+W|([0-9]+Y([0-9]+M([0-9]+D)?)?|[0-9]+M([0-9]+D)?|[0-9]+D)({Time})?|{Time})\\z",
                RegexOptions.CultureInvariant);
        }
    }

    /// <summary>URI references of RFC 3986. The validator's own check takes any text.</summary>
    private sealed class UriReference() : Format("uri-reference")
    {
        public override bool Validate(JsonElement element, out string? errorMessage)
        {
            errorMessage = null;
            return element.ValueKind != JsonValueKind.String
                || (Regex.IsMatch(element.GetString()!, @"^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*\z", RegexOptions.CultureInvariant)
                    && Uri.TryCreate(element.GetString(), UriKind.RelativeOrAbsolute, out _));
        }
    }

    /// <summary>OpenAPI's format of bytes, which draft-07 does not have.</summary>
    private sealed class Base64() : Format("byte")
    {
        public override bool Validate(JsonElement element, out string? errorMessage)
        {
            errorMessage = null;
            return element.ValueKind != JsonValueKind.String || element.TryGetBytesFromBase64(out _);
        }
    }
}
