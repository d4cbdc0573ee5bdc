using System.Text.Json.Nodes;
using EdgeJobs.Generators.Parse;
using EdgeJobs.Generators.Tests.Pipeline;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Parse;

/// <summary>
/// For every file, the parser returns a model or errors that have a place in the file. <c>EDGEJOBS_TEST_SPECS</c> is the number
/// of files of each test.
/// </summary>
public sealed class DamagedSpecTests
{
    private const string Letters = "{}[]:,\"\\/$#+-_ 019aexnrstTP\n😀\u2028";

    private const int Compilations = 10;

    /// <summary>Names that generated code uses itself, or that are special in C#.</summary>
    private static readonly string[] Names =
    [
        "writer", "item", "item1", "index2", "entry", "violation", "error", "reader", "source", "member", "start", "read", "view", "name",
        "buffer",
        "length", "equals", "class", "record", "required", "field", "value", "channel", "topic", "match", "rest", "topics", "spec", "none",
        "unknown", "1st",
        "toString", "toX", "hasValue", "getType", "print-members", "Climate", "ClimateView", "Mode", "ModeExtensions", "Greenhouse",
        "system", "guid", "long",
        "items", "element", "count", "utf8", "codecError", "validate", "true", "null", "global", "unit", "a", "A", "_", "é", "x y",
        "correlationToken", "CorrelationMember",
        "destination", "charsWritten", "more", "behind1", "level", "found", "known",
    ];

    /// <summary>Names in the spec that other places refer to.</summary>
    private static readonly string[] Everywhere =
    [
        "Climate", "Mode", "SetClimate", "Reply", "Refused", "Status", "SensorId", "setClimate", "climateSet", "climateRefused", "readings",
        "status",
        "reading", "requestId", "Greenhouse", "target", "labels", "hops", "reason", "AUTO", "busy", "siteId", "house", "kind", "sensor-id",
        "siteId", "house", "kind", "sensor-id",
    ];

    private static readonly string Jobs = File.ReadAllText(Path.Combine(Repository.Root, "topics.json"));

    private static readonly string Features = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json"));

    [Fact]
    public void Damaged_text_never_throws()
    {
        Random random = new(1);
        int count = RandomInputs.Count(3_000);
        for (int i = 0; i < count; i++)
        {
            Check(Mutator.Mutate(i % 4 == 0 ? Jobs : Features, random, Letters));
        }
    }

    /// <summary>Valid JSON with misplaced values passes the JSON reader and reaches the rest of the parser.</summary>
    [Fact]
    public void Shuffled_values_never_throw()
    {
        Random random = new(2);
        int models = 0;
        int count = RandomInputs.Count(1_500);
        for (int i = 0; i < count; i++)
        {
            JsonNode root = JsonNode.Parse(Features)!;
            List<JsonNode> nodes = [.. Descendants(root)];
            for (int n = random.Next(3); n >= 0; n--)
            {
                Shuffle(nodes[random.Next(1, nodes.Count)], nodes[random.Next(nodes.Count)], random);
            }

            models += Check(root.ToJsonString()) ? 1 : 0;
        }

        Assert.InRange(models, count / 15, count * 14 / 15);
    }

    /// <summary>The compiler must accept the code of every spec that the parser accepts: wrong code is worse than none.</summary>
    [Fact]
    public void An_accepted_spec_compiles()
    {
        Random random = new(3);
        int compiled = 0;
        for (int i = 0; compiled < Compilations; i++)
        {
            JsonNode root = JsonNode.Parse(Features)!;
            List<JsonNode> nodes = [.. Descendants(root).Skip(1)];
            for (int n = random.Next(4); n >= 0; n--)
            {
                if (random.Next(2) == 0)
                {
                    Rename(nodes[random.Next(nodes.Count)], nodes[random.Next(nodes.Count)], random);
                }
                else
                {
                    Shuffle(nodes[random.Next(nodes.Count)], nodes[random.Next(nodes.Count)], random);
                }
            }

            string spec = root.ToJsonString();
            for (int n = random.Next(4); n > 0; n--)
            {
                // With all references to it.
                string old = Everywhere[random.Next(Everywhere.Length)];
                string name = Names[random.Next(Names.Length)];
                spec = spec.Replace("\"" + old + "\"", "\"" + name + "\"", StringComparison.Ordinal)
                    .Replace("/" + old + "\"", "/" + name + "\"", StringComparison.Ordinal)
                    .Replace("{" + old + "}", "{" + name + "}", StringComparison.Ordinal);
            }

            if (SpecAssert.Parse(spec).Model is not null)
            {
                new SpecProject(("topics.json", spec)).AssertCompiles("attempt " + i + "\n" + spec + "\n");
                compiled++;
            }
        }
    }

    /// <summary>Renames a random member to the name of another one.</summary>
    private static void Rename(JsonNode target, JsonNode source, Random random)
    {
        if (target.Parent is JsonObject parent && source.Parent is JsonObject named && named.Any(m => m.Value == source))
        {
            string key = target.GetPropertyName();
            string name = random.Next(2) == 0 ? source.GetPropertyName() : Names[random.Next(Names.Length)];
            parent.Remove(key);
            parent[name] = target;
        }
    }

    private static bool Check(string spec)
    {
        SpecResult result = SpecAssert.Parse(spec);
        Assert.NotEqual(
            result.Model is null,
            result.Diagnostics.All(d => d.Descriptor.DefaultSeverity != Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
        foreach (EdgeJobs.Generators.Diagnostics.SpecDiagnostic diagnostic in result.Diagnostics)
        {
            Assert.InRange(diagnostic.Location.Span.End, 0, spec.Length);
            Assert.NotEmpty(diagnostic.ToDiagnostic().GetMessage(null));
        }

        return result.Model is not null;
    }

    private static void Shuffle(JsonNode target, JsonNode source, Random random)
    {
        JsonNode? value = random.Next(8) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next(-3, 100)),
            2 => JsonValue.Create("x"),
            3 => new JsonObject(),
            4 => new JsonArray(),
            5 => JsonValue.Create(true),
            _ => source.DeepClone(),
        };
        switch (target.Parent)
        {
            case JsonObject parent when random.Next(4) == 0:
                parent.Remove(target.GetPropertyName());
                break;
            case JsonObject parent:
                parent[target.GetPropertyName()] = value;
                break;
            case JsonArray parent:
                parent[target.GetElementIndex()] = value;
                break;
        }
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node)
    {
        yield return node;
        IEnumerable<JsonNode?> children = node switch
        {
            JsonObject o => o.Select(m => m.Value),
            JsonArray a => a,
            _ => [],
        };
        foreach (JsonNode child in children.OfType<JsonNode>().SelectMany(Descendants))
        {
            yield return child;
        }
    }
}
