using System.Globalization;
using System.Text.Json.Nodes;

namespace EdgeJobs.Generators.Tests.Documents;

/// <summary>A document as the tests read it: follows references, and finds the schemas of what operations send and receive.</summary>
internal sealed class DocumentTree
{
    private readonly Dictionary<string, JsonNode?> _roots;
    private readonly Place _main;

    public DocumentTree(DocumentFiles document)
    {
        _roots = document.Files.ToDictionary(file => Path.GetFullPath(file.Key), file => YamlJson.Read(file.Key, file.Value));
        _main = new Place(Path.GetFullPath(document.Main), _roots[Path.GetFullPath(document.Main)]);
    }

    /// <summary>The payloads of an operation: its message and its replies, in the order of the C# type arguments.</summary>
    /// <param name="Operation">The key of the operation.</param>
    /// <param name="Argument">The index of the type argument.</param>
    /// <param name="Schema">A schema that holds all that it refers to.</param>
    internal sealed record Contract(string Operation, int Argument, JsonObject Schema);

    /// <summary>All JSON payloads of operations that have a schema.</summary>
    public IEnumerable<Contract> Contracts()
    {
        foreach ((string key, JsonNode? _) in Members(At(_main, "operations")))
        {
            Place operation = At(At(_main, "operations"), key);
            if (SchemaOf(operation, At(operation, "channel")) is { } sent)
            {
                yield return new Contract(key, 0, sent);
            }

            Place reply = At(operation, "reply");
            if (reply.Node is not null && SchemaOf(reply, At(reply, "channel")) is { } accepted)
            {
                yield return new Contract(key, 1, accepted);
            }

            Place rejected = At(reply, "x-rejected");
            if (rejected.Node is not null && SchemaOf(rejected, At(rejected, "channel")) is { } refused)
            {
                yield return new Contract(key, 2, refused);
            }
        }
    }

    /// <summary>The schema of the messages of an operation or reply; null if one of them is not JSON, or has no schema.</summary>
    private JsonObject? SchemaOf(Place owner, Place channel)
    {
        Place chosen = At(owner, "messages");
        Place[] messages = chosen.Node is JsonArray list
            ? [.. list.Select((_, index) => At(chosen, index.ToString(CultureInfo.InvariantCulture)))]
            : [.. Members(At(channel, "messages")).Select(member => At(At(channel, "messages"), member.Key))];
        JsonObject definitions = [];
        JsonNode?[] schemas = [.. messages.Select(message => Payload(message, definitions))];
        return schemas.Length == 0 || schemas.Contains(null)
            ? null
            : new JsonObject
            {
                ["$schema"] = "http://json-schema.org/draft-07/schema#",
                ["definitions"] = definitions,
                ["allOf"] = new JsonArray(schemas.Length == 1 ? schemas[0] : new JsonObject { ["anyOf"] = new JsonArray(schemas) }),
            };
    }

    private JsonNode? Payload(Place message, JsonObject definitions)
    {
        Place payload = At(message, "payload");
        string contentType = (string?)At(message, "contentType").Node
            ?? At(message, "traits").Node?.AsArray()
                .Select((_, index) => (string?)At(At(At(message, "traits"), index.ToString(CultureInfo.InvariantCulture)), "contentType").Node)
                .LastOrDefault(type => type is not null)
            ?? (string?)At(_main, "defaultContentType").Node
            ?? "application/json";
        if (!contentType.Contains("json", StringComparison.Ordinal) || payload.Node is null)
        {
            return null;
        }

        if (payload.Node is JsonObject multi && multi.ContainsKey("schemaFormat"))
        {
            if (!((string)multi["schemaFormat"]!).Contains("schema", StringComparison.Ordinal)
                && !((string)multi["schemaFormat"]!).Contains("asyncapi", StringComparison.Ordinal))
            {
                return null;
            }

            payload = At(payload, "schema");
        }

        return Bundle(payload, definitions);
    }

    /// <summary>A copy of a schema whose references are to <paramref name="definitions"/>, with what AsyncAPI adds in draft-07's terms.</summary>
    private JsonNode? Bundle(Place place, JsonObject definitions)
    {
        switch (place.Node)
        {
            case JsonArray list:
                return new JsonArray([.. list.Select(item => Bundle(place with { Node = item }, definitions))]);
            case JsonObject { } reference when ((string?)(reference["$ref"] as JsonValue))?.Contains("://", StringComparison.Ordinal) is true:
                return true;
            case JsonObject { } reference when reference["$ref"] is JsonValue target:
                Place found = Follow(place);
                string name = found.File + "#" + found.Node!.GetPath();
                if (!definitions.ContainsKey(name))
                {
                    definitions[name] = true;
                    definitions[name] = Bundle(found, definitions);
                }

                return new JsonObject { ["$ref"] = "#/definitions/" + Uri.EscapeDataString(name.Replace("~", "~0").Replace("/", "~1")) };
            case JsonObject schema:
                JsonObject copy = [];
                foreach ((string key, JsonNode? value) in schema)
                {
                    copy[key] = key is "const" or "enum" or "default" or "examples" ? value?.DeepClone()
                        : key is "properties" or "patternProperties"
                            ? new JsonObject(value!.AsObject().Select(
                                member => KeyValuePair.Create(member.Key, Bundle(place with { Node = member.Value }, definitions))))
                        : key is "discriminator" or "definitions" || key.StartsWith("x-", StringComparison.Ordinal) ? null
                        : Bundle(place with { Node = value }, definitions);
                    if (copy[key] is null && value is not null)
                    {
                        copy.Remove(key);
                    }
                }

                return copy;
            default:
                return place.Node?.DeepClone();
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Members(Place place) => place.Node as JsonObject ?? [];

    /// <summary>A member or item, with references followed on the way.</summary>
    private Place At(Place place, string key) => Follow(place with
    {
        Node = place.Node switch
        {
            JsonObject owner => owner[key],
            JsonArray list => list[int.Parse(key, CultureInfo.InvariantCulture)],
            _ => null,
        },
    });

    private Place Follow(Place place)
    {
        while (place.Node is JsonObject owner && owner["$ref"] is JsonValue value)
        {
            string[] parts = ((string)value!).Split('#');
            string file = parts[0].Length == 0 ? place.File : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(place.File)!, parts[0]));
            place = new Place(file, _roots[file]);
            foreach (string segment in (parts.Length > 1 ? parts[1] : "").Split('/').Skip(1))
            {
                place = At(place, Uri.UnescapeDataString(segment).Replace("~1", "/").Replace("~0", "~"));
            }
        }

        return place;
    }

    /// <summary>A node, and the file that its references are relative to.</summary>
    private sealed record Place(string File, JsonNode? Node);
}
