using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeJobs.Fuzz.Specs;

/// <summary>
/// Generates small AsyncAPI documents that are valid, except for their names and texts.
/// </summary>
/// <param name="random">Where they come from.</param>
/// <param name="hardness">How many of 100 names and texts are difficult; null for another number in each document.</param>
/// <param name="isRich">Whether they have all that the generator reads, and not only what has names.</param>
internal sealed partial class SpecMaker(Randomness random, int? hardness = null, bool isRich = false)
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
    private static readonly string[] Limits = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "default", "const"];

    private readonly List<string> _own = [];
    private readonly List<string> _schemas = [];
    private readonly JsonObject _messages = [];
    private int _plain;
    private int _hardness;

    /// <summary>The schema that is being made: the one that a list or a map in it may refer back to.</summary>
    private int _current;

    /// <summary>The next spec, as JSON text.</summary>
    public string Make() => MakeNode().ToJsonString(Format);

    /// <summary>The next spec.</summary>
    public JsonObject MakeNode()
    {
        _own.Clear();
        _schemas.Clear();
        _messages.Clear();
        _plain = 0;

        // Most specs have a few hard names, so that their code gets as far as the compiler.
        _hardness = hardness ?? random.Pick(Hardness);
        int schemas = random.Between(1, 4);
        for (int i = 0; i < schemas; i++)
        {
            _schemas.Add(Name());
        }

        JsonObject declared = [];
        for (int i = 0; i < schemas; i++)
        {
            // Refers to later schemas, and to itself only through a list or a map.
            _current = i;
            declared[_schemas[i]] = i == 0 ? ObjectOf(i + 1) : Schema(i + 1, 0);
        }

        _current = -1;
        JsonObject channels = Channels();
        JsonObject operations = Operations(channels);
        JsonObject info = new() { ["title"] = Hard() ? NamePool.Pick(random) + " " + Text() : "Test", ["version"] = Hard() ? Text() : "1" };
        XName(info);
        JsonObject spec = new()
        {
            ["asyncapi"] = "3.0.0",
            ["info"] = info,
            ["channels"] = channels,
            ["operations"] = operations,
            ["components"] = new JsonObject { ["schemas"] = declared, ["messages"] = _messages.DeepClone() },
        };
        Servers(spec);
        if (isRich && random.OneIn(6))
        {
            spec["defaultContentType"] = random.OneIn(3) ? "application/vnd.test+json" : "application/json";
        }

        if (random.OneIn(3))
        {
            spec["x-jobOperations"] = JobOperations();
        }

        return spec;
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
