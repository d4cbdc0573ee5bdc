using System.Text.Json.Nodes;

namespace EdgeJobs.Fuzz.Specs;

/// <content>Schemas.</content>
internal sealed partial class SpecMaker
{
    private static readonly string[] StringFormats =
    [
        "date-time", "uuid", "byte", "password", "date", "time", "duration", "uri", "uri-reference", "email", "ipv4", "ipv6", "hostname",
    ];

    private static readonly string[] IntegerFormats =
        ["int32", "int64", "epoch-seconds", "int8", "uint8", "int16", "uint16", "uint32", "uint64"];

    /// <summary>The kinds of schemas that have names, and formats that have a type.</summary>
    private static readonly int[] NamedKinds = [0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17, 23, 23, 23];
    private const int ScalarKinds = 8;
    private const int PlainFormats = 4;
    private const int PlainIntegerFormats = 3;

    private static readonly string[] Patterns =
    [
        "^[a-z]{1,5}$", "^[A-H][1-8]$", "^([0-9A-F]{2}:){5}[0-9A-F]{2}$", "^\\d{4}-\\d{2}$", "^(on|off)$", "^v?\\d+(\\.\\d+){0,2}$",
        "^[^/]+$", "^.*x$", "[0-9]",
    ];

    private JsonObject ObjectOf(int next)
    {
        JsonObject result = new() { ["type"] = "object", ["properties"] = Members(next, 0) };
        Require(result);
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

    /// <summary>Makes some members of an object required, and sometimes a member that it does not declare.</summary>
    private void Require(JsonObject owner)
    {
        if (!isRich)
        {
            return;
        }

        JsonArray required = [];
        foreach (string name in owner["properties"]!.AsObject().Select(p => p.Key).Where(_ => random.OneIn(3)))
        {
            required.Add((JsonNode)name);
        }

        if (random.OneIn(20))
        {
            required.Add((JsonNode)"onlyRequired");
        }

        if (required.Count > 0)
        {
            owner["required"] = required;
        }
    }

    private JsonObject Schema(int next, int depth)
    {
        JsonObject schema = Kind(depth) switch
        {
            0 => new() { ["type"] = "string", ["maxLength"] = 99, ["default"] = Text() },
            1 => Number("integer"),
            2 => Number("number"),
            3 => new() { ["type"] = "boolean", ["default"] = true },
            4 => new() { ["type"] = "string", ["format"] = StringFormats[random.Below(isRich ? StringFormats.Length : PlainFormats)] },
            5 => new() { ["type"] = "object" },
            6 => Enum(),
            7 => new() { ["type"] = "integer", ["enum"] = new JsonArray(1, -1), ["x-enum-names"] = new JsonObject { ["1"] = Chosen() } },
            8 => new() { ["type"] = "string", ["pattern"] = random.Pick(Patterns) },
            9 => new() { ["type"] = new JsonArray(random.Pick(Scalars), "null") },
            10 => new() { ["type"] = "number", ["enum"] = new JsonArray(0.5, 1, 2) },
            11 => [],
            12 => new() { ["type"] = random.OneIn(2) ? "integer" : "number", ["multipleOf"] = random.Pick(Factors) },
            13 => new() { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "number" }) },
            14 => new() { ["type"] = "array", ["items"] = Nested(next, depth), ["maxItems"] = 9 },
            15 => new()
            {
                ["type"] = "object",
                ["additionalProperties"] = Nested(next, depth),
                ["propertyNames"] = new JsonObject { ["maxLength"] = 5 },
            },
            16 => Object(next, depth),
            17 => Union(next, depth),
            18 => Shapes(next, depth),
            19 => new()
            {
                ["allOf"] = new JsonArray(
                    Object(next, depth), new JsonObject { ["type"] = "object", ["properties"] = Members(next, depth + 1) }),
            },
            20 => new()
            {
                ["anyOf"] = new JsonArray(new JsonObject { ["type"] = "string", ["maxLength"] = 8 }, new JsonObject { ["type"] = "null" }),
            },
            21 => new() { ["anyOf"] = JsonNode.Parse(random.Pick(AnyOf)) },
            22 => new() { ["type"] = "array", ["uniqueItems"] = true, ["items"] = new JsonObject { ["type"] = random.Pick(Scalars) } },
            _ => next < _schemas.Count ? Reference(next) : new() { ["type"] = "string" },
        };
        if (random.OneIn(8))
        {
            schema["deprecated"] = true;
        }

        if (!schema.ContainsKey("$ref"))
        {
            XName(schema);
            Title(schema);
        }

        Describe(schema);
        return schema;
    }

    private int Kind(int depth) => isRich
        ? random.Below(depth > 2 ? 14 : 26)
        : NamedKinds[random.Below(depth > 2 ? ScalarKinds : NamedKinds.Length)];

    private static readonly string[] AnyOf =
    [
        """[{ "enum": ["a", "b"] }, { "enum": ["b", "c"] }]""",
        """[{ "type": "integer", "maximum": -5 }, { "type": "integer", "minimum": 10, "multipleOf": 5 }, { "const": 7 }]""",
        """[{ "type": "number", "maximum": 0.5 }, { "type": "integer", "minimum": 2 }]""",
        """[{ "type": "string", "format": "uuid" }, { "type": "string", "format": "date" }, { "type": "boolean" }]""",
    ];

    private static readonly double[] Factors = [5, 0.25, 2.5];

    private static readonly string[] Scalars = ["string", "integer", "number", "boolean"];

    /// <summary>A schema in a list or map: that may be the one that is being made, which then contains itself.</summary>
    private JsonObject Nested(int next, int depth) =>
        isRich && _current >= 0 && random.OneIn(6) ? Reference(_current, _current) : Schema(next, depth + 1);

    private JsonObject Object(int next, int depth)
    {
        JsonObject made = new() { ["type"] = "object", ["properties"] = Members(next, depth + 1) };
        Require(made);
        if (isRich && random.OneIn(10))
        {
            made["minProperties"] = 1;
        }

        if (isRich && random.OneIn(10))
        {
            made["additionalProperties"] = false;
        }
        else if (isRich && random.OneIn(8))
        {
            made["additionalProperties"] = new JsonObject { ["type"] = random.Pick(Scalars) };
        }

        return made;
    }

    /// <summary>Values of which some have no letter.</summary>
    private JsonObject Enum()
    {
        string[] values = [Name(), Name(), "plain", .. isRich && random.OneIn(4) ? ["+", "-", "1"] : (string[])[]];
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
            schema["format"] = IntegerFormats[random.Below(isRich ? IntegerFormats.Length : PlainIntegerFormats)];
        }

        if (_hardness == 0)
        {
            if (random.OneIn(4))
            {
                schema["minimum"] = random.Below(9);
                schema["maximum"] = random.Between(20, 100);
            }

            return schema;
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

    /// <summary>Alternatives that a constant distinguishes.</summary>
    private JsonObject Union(int next, int depth)
    {
        string kind = Name();
        JsonArray alternatives = [];
        string first = Name();
        foreach (string value in new[] { first, Name() is var second && second != first ? second : first + "2" })
        {
            JsonObject members = Members(next, depth + 1);
            members[kind] = new JsonObject { ["const"] = value };
            JsonObject alternative = new() { ["type"] = "object", ["properties"] = members };
            if (isRich)
            {
                alternative["required"] = new JsonArray(kind);
            }

            if (isRich && members.Count > 1 && random.OneIn(4))
            {
                alternative["minProperties"] = 2;
            }

            XName(alternative);
            alternatives.Add((JsonNode)alternative);
        }

        return new() { ["oneOf"] = alternatives };
    }

    /// <summary>Alternatives that only their required members distinguish.</summary>
    private JsonObject Shapes(int next, int depth)
    {
        JsonArray alternatives = [];
        foreach (string own in new[] { "width", "radius" })
        {
            JsonObject members = Members(next, depth + 1);
            members[own] = new JsonObject { ["type"] = "number" };
            alternatives.Add((JsonNode)new JsonObject
            {
                ["type"] = isRich && alternatives.Count == 0 && random.OneIn(4) ? new JsonArray("object", "null") : "object",
                ["required"] = new JsonArray(own),
                ["properties"] = members,
                ["additionalProperties"] = false,
            });
        }

        return new() { [random.OneIn(2) ? "oneOf" : "anyOf"] = alternatives };
    }

    private JsonObject Reference(int from) => Reference(from, _schemas.Count - 1);

    private JsonObject Reference(int from, int last)
    {
        JsonObject reference = new() { ["$ref"] = "#/components/schemas/" + Pointer(_schemas[random.Between(from, last)]) };
        if (isRich && random.OneIn(12))
        {
            reference["description"] = "Beside a reference.";
        }

        return reference;
    }

    private void Title(JsonObject owner)
    {
        if (isRich && random.OneIn(12))
        {
            owner["title"] = Hard() ? Text() : "A title";
        }
    }
}
