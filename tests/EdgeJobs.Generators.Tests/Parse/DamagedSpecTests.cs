using System.Text.Json.Nodes;
using EdgeJobs.Generators.Parse;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Parse;

/// <summary>Whatever a file holds, the parser answers with a model or with errors that have a place in the file.</summary>
public sealed class DamagedSpecTests
{
    private const string Letters = "{}[]:,\"\\/$#+-_ 019aexnrstTP\n😀\u2028";

    private static readonly string Jobs = File.ReadAllText(Path.Combine(Repository.Root, "topics.json"));

    private static readonly string Features = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json"));

    [Fact]
    public void Damaged_text_never_throws()
    {
        Random random = new(1);
        for (int i = 0; i < 3000; i++)
        {
            Check(Mutator.Mutate(i % 4 == 0 ? Jobs : Features, random, Letters));
        }
    }

    /// <summary>Valid JSON with values in wrong places gets past the JSON reader, into every corner of the parser.</summary>
    [Fact]
    public void Shuffled_values_never_throw()
    {
        Random random = new(2);
        int models = 0;
        for (int i = 0; i < 1500; i++)
        {
            JsonNode root = JsonNode.Parse(Features)!;
            List<JsonNode> nodes = [.. Descendants(root)];
            for (int n = random.Next(3); n >= 0; n--)
            {
                Shuffle(nodes[random.Next(1, nodes.Count)], nodes[random.Next(nodes.Count)], random);
            }

            models += Check(root.ToJsonString()) ? 1 : 0;
        }

        Assert.InRange(models, 100, 1400);
    }

    private static bool Check(string spec)
    {
        SpecResult result = SpecAssert.Parse(spec);
        Assert.NotEqual(result.Model is null, result.Diagnostics.All(d => d.Descriptor.DefaultSeverity != Microsoft.CodeAnalysis.DiagnosticSeverity.Error));
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
