using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeJobs.Fuzz.Specs;

/// <summary>Generates small specs that are valid except for their names and texts.</summary>
internal sealed class SpecMaker(Randomness random)
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Default };

    private static readonly string[] Texts =
    [
        "It.", "a < b && c > d", "`code` and `more", "</summary>", "<see cref=\"Missing\"/>", "]]>", "--", "*/", "// no", "a\nb",
        "a\u2028b\u2029c\u0085d", "a\u0000b\u001Fc", "\uFFFE",
        "\uFFFF a", "\u009B0m", "{0} {", "\\u0041 \\", "\"quoted\"", "\uD83D\uDE00", "\uD83F\uDFFE", "a\u202Eb", "#pragma", "\t", " ",
        "&amp; &#x0;",
    ];

    private static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "0.5", "1E-30", "1e-400", "255", "2147483647", "2147483648", "4294967295", "-2147483648", "-2147483649",
        "9007199254740993", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "18446744073709551615", "1E15", "1.5e300", "1.7976931348623157E+308",
        "-1.7976931348623157E+308", "4.9E-324", "1E400",
    ];

    private static readonly int[] Hardness = [5, 15, 30, 60];
    private static readonly string[] StringFormats = ["date-time", "uuid", "byte", "password"];
    private static readonly string[] IntegerFormats = ["int32", "int64", "epoch-seconds"];
    private static readonly string[] Limits = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default", "const"];

    private readonly List<string> _own = [];
    private readonly List<string> _schemas = [];
    private int _plain;
    private int _hardness;

    /// <summary>The next spec, as JSON text.</summary>
    public string Make()
    {
        _own.Clear();
        _schemas.Clear();
        _plain = 0;

        // Most specs have a few hard names, so that their code gets as far as the compiler.
        _hardness = random.Pick(Hardness);
        int schemas = random.Between(1, 4);
        for (int i = 0; i < schemas; i++)
        {
            _schemas.Add(Name());
        }

        JsonObject declared = [];
        for (int i = 0; i < schemas; i++)
        {
            // Refers only to later schemas, so that no schema contains itself.
            declared[_schemas[i]] = i == 0 ? ObjectOf(i + 1) : Schema(i + 1, 0);
        }

        JsonObject channels = Channels();
        JsonObject info = new() { ["title"] = Hard() ? NamePool.Pick(random) + " " + Text() : "Test", ["version"] = Hard() ? Text() : "1" };
        XName(info);
        JsonObject spec = new()
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = info,
            ["channels"] = channels,
            ["operations"] = Operations(channels),
            ["components"] = new JsonObject { ["schemas"] = declared },
        };
        if (random.OneIn(3))
        {
            spec["x-jobOperations"] = JobOperations();
        }

        return spec.ToJsonString(Format);
    }

    private JsonObject Channels()
    {
        JsonObject channels = [];
        JsonArray words = ["a", "b", "a/b", "c/d/e", "x"];
        int count = random.Between(1, 4);
        for (int i = 0; i < count; i++)
        {
            List<string> levels = [(string)words[random.Below(words.Count)]!];
            JsonObject parameters = [];
            for (int n = random.Below(4); n > 0; n--)
            {
                string id = Parameter();
                if (!parameters.ContainsKey(id))
                {
                    parameters[id] = ParameterOf();
                    levels.Add(random.Below(6) switch { 0 => "p-{" + id + "}", 1 => "{" + id + "}.json", _ => "{" + id + "}" });
                }

                if (random.OneIn(2))
                {
                    levels.Add((string)words[random.Below(words.Count)]!);
                }
            }

            string address = string.Join('/', levels) + (random.OneIn(3) ? "" : "/" + i);
            JsonObject channel = new() { ["address"] = address, ["parameters"] = parameters };
            channel["messages"] = new JsonObject { [Name()] = Message() };
            XName(channel);
            Describe(channel);
            channels[Name()] = channel;
        }

        return channels;
    }

    /// <summary>A topic parameter without the characters that a level cannot contain.</summary>
    private string Parameter()
    {
        string id = string.Concat(Name().Where(c => c is not ('/' or '{' or '}' or '+' or '#') && !char.IsControl(c)));
        return id.Length == 0 ? "p" : id;
    }

    private JsonObject ParameterOf()
    {
        JsonObject parameter = [];
        Describe(parameter);
        switch (random.Below(5))
        {
            case 0:
                parameter["enum"] = new JsonArray("on", "off");
                parameter["default"] = "on";
                break;
            case 1:
                parameter["x-schema"] = JsonNode.Parse("""{ "type": "string", "maxLength": 9, "pattern": "^[a-z]+$" }""");
                break;
            case 2:
                parameter["x-schema"] = JsonNode.Parse("""{ "anyOf": [{ "type": "string", "maxLength": 64 }, { "const": "$next" }] }""");
                break;
        }

        return parameter;
    }

    private JsonObject Message()
    {
        JsonObject message = [];
        XName(message);
        message["payload"] = random.OneIn(2)
            ? new() { ["$ref"] = "#/components/schemas/" + Pointer(_schemas[0]) }
            : new JsonObject { ["type"] = "object", ["properties"] = Members(_schemas.Count, 1) };
        return message;
    }

    private JsonObject Operations(JsonObject channels)
    {
        string[] names = [.. channels.Select(c => c.Key)];
        JsonObject operations = [];
        for (int n = random.Below(4); n > 0; n--)
        {
            string asked = random.Pick(names);

            // The topic of a reply has no other parameters than that of its request.
            string[] replies = [.. names.Where(n => Parameters(n).IsSubsetOf(Parameters(asked)))];
            JsonObject operation = new() { ["action"] = random.OneIn(3) ? "receive" : "send", ["channel"] = Channel(asked) };
            if ((string)operation["action"]! == "send" && random.OneIn(2))
            {
                JsonObject reply = new() { ["channel"] = Channel(random.Pick(replies)), ["x-correlation"] = "topic" };
                if (random.OneIn(2))
                {
                    reply["x-rejected"] = new JsonObject { ["channel"] = Channel(random.Pick(replies)) };
                }

                operation["reply"] = reply;
            }

            if (random.OneIn(4))
            {
                JsonObject binding = new() { ["qos"] = random.Below(2), ["messageExpiryInterval"] = 5 };
                operation["bindings"] = new JsonObject { ["mqtt"] = binding };
            }

            XName(operation);
            Describe(operation);
            operations[Name()] = operation;
        }

        return operations;

        HashSet<string> Parameters(string channel) => [.. channels[channel]!["parameters"]!.AsObject().Select(p => p.Key)];

        static JsonObject Channel(string name) => new() { ["$ref"] = "#/channels/" + Pointer(name) };
    }

    private JsonObject JobOperations()
    {
        JsonObject operations = [];
        foreach (int schema in Enumerable.Range(0, _schemas.Count).Where(_ => random.OneIn(2)))
        {
            string member = Name();
            JsonObject members = Members(_schemas.Count, 1);
            members[member] = new JsonObject { ["type"] = "string" };
            JsonObject document = new() { ["type"] = "object", ["x-name"] = "Document" + schema, ["properties"] = members };
            JsonObject operation = new() { ["document"] = document, ["match"] = new JsonObject { ["member"] = member } };
            XName(operation);
            operations[Name()] = operation;
        }

        return operations;
    }

    private JsonObject ObjectOf(int next)
    {
        JsonObject result = new() { ["type"] = "object", ["properties"] = Members(next, 0) };
        XName(result);
        Describe(result);
        return result;
    }

    private JsonObject Members(int next, int depth)
    {
        JsonObject members = [];
        for (int n = random.Below(4); n > 0; n--)
        {
            members[Name()] = Schema(next, depth + 1);
        }

        return members;
    }

    private JsonObject Schema(int next, int depth)
    {
        JsonObject schema = random.Below(depth > 2 ? 8 : 15) switch
        {
            0 => new() { ["type"] = "string", ["maxLength"] = 99, ["default"] = Text() },
            1 => Number("integer"),
            2 => Number("number"),
            3 => new() { ["type"] = "boolean", ["default"] = true },
            4 => new() { ["type"] = "string", ["format"] = random.Pick(StringFormats) },
            5 => new() { ["type"] = "object" },
            6 => Enum(),
            7 => new() { ["type"] = "integer", ["enum"] = new JsonArray(1, -1), ["x-enum-names"] = new JsonObject { ["1"] = Chosen() } },
            8 => new() { ["type"] = "array", ["items"] = Schema(next, depth + 1) },
            9 => new()
            {
                ["type"] = "object",
                ["additionalProperties"] = Schema(next, depth + 1),
                ["propertyNames"] = new JsonObject { ["maxLength"] = 5 },
            },
            10 => new() { ["type"] = "object", ["properties"] = Members(next, depth + 1) },
            11 => Union(next, depth),
            _ => next < _schemas.Count ? Reference(next) : new() { ["type"] = "string" },
        };
        if (random.OneIn(8))
        {
            schema["deprecated"] = true;
        }

        if (!schema.ContainsKey("$ref"))
        {
            XName(schema);
        }

        Describe(schema);
        return schema;
    }

    private JsonObject Enum()
    {
        string[] values = [Name(), Name(), "plain"];
        JsonObject schema = new() { ["type"] = "string", ["enum"] = new JsonArray([.. values.Distinct().Select(v => (JsonNode)v)]) };
        if (random.OneIn(2))
        {
            schema["default"] = "plain";
        }

        if (Hard())
        {
            schema["x-enum-names"] = new JsonObject { ["plain"] = Chosen() };
            schema["x-enum-descriptions"] = new JsonObject { ["plain"] = Text() };
        }

        return schema;
    }

    private JsonObject Number(string type)
    {
        JsonObject schema = new() { ["type"] = type };
        if (type == "integer" && random.OneIn(2))
        {
            schema["format"] = random.Pick(IntegerFormats);
        }

        foreach (string limit in Limits)
        {
            if (random.OneIn(40))
            {
                schema[limit] = JsonNode.Parse(random.Pick(Numbers));
            }
        }

        return schema;
    }

    private JsonObject Union(int next, int depth)
    {
        string kind = Name();
        JsonArray alternatives = [];
        foreach (string value in new[] { Name(), Name() })
        {
            JsonObject members = Members(next, depth + 1);
            members[kind] = new JsonObject { ["const"] = value };
            JsonObject alternative = new() { ["type"] = "object", ["properties"] = members };
            XName(alternative);
            alternatives.Add((JsonNode)alternative);
        }

        return new() { ["oneOf"] = alternatives };
    }

    private JsonObject Reference(int from) =>
        new() { ["$ref"] = "#/components/schemas/" + Pointer(_schemas[random.Between(from, _schemas.Count - 1)]) };

    private static string Pointer(string key) =>
        Uri.EscapeDataString(key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    private void Describe(JsonObject owner)
    {
        if (Hard())
        {
            owner["description"] = Text();
        }
    }

    private void XName(JsonObject owner)
    {
        if (Hard() && random.OneIn(3))
        {
            owner["x-name"] = Chosen();
        }
    }

    /// <summary>A typical name, mostly with a capital first letter.</summary>
    private string Chosen()
    {
        string name = Name();
        return name.Length == 0 || random.OneIn(8) ? name : char.ToUpperInvariant(name[0]) + name[1..];
    }

    private string Text() => random.Pick(Texts);

    private bool Hard() => random.Below(100) < _hardness;

    /// <summary>A plain name, a hard one, or one derived from another name of this spec.</summary>
    private string Name()
    {
        string name = !Hard() ? "plain" + _plain++
            : _own.Count > 1 && random.OneIn(2)
                ? random.OneIn(2) ? random.Pick(_own) : NamePool.Derive(random, random.Pick(_own), random.Pick(_own))
            : random.OneIn(8) ? NamePool.Derive(random, "Test", "Test")
            : NamePool.Pick(random);
        _own.Add(name);
        return name;
    }
}
