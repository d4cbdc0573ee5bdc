using System.Text;
using System.Text.Json;
using EdgeJobs.Generators.Json;

namespace EdgeJobs.Generators.Tests.Parse;

/// <summary>The generator's JSON reader, compared with System.Text.Json.</summary>
public sealed class JsonScannerTests
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 256, AllowDuplicateProperties = true };

    [Theory]
    [InlineData("null")]
    [InlineData("-0.5e+10")]
    [InlineData("[1, 2.0, -3E5, true, false, null, \"\", {}, []]")]
    [InlineData("{\"a\": {\"b\": [{\"c\": \"\\u00e9\\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\"}]}}")]
    [InlineData("\r\n\t \"é€😀\" \n")]
    public void A_document_is_read_completely(string json)
    {
        JsonNode? root = Read(json, out _);
        Assert.NotNull(root);
        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(
            System.Text.Json.Nodes.JsonNode.Parse(json), System.Text.Json.Nodes.JsonNode.Parse(root.ToJson())));
    }

    [Fact]
    public void Each_value_knows_its_place()
    {
        const string json = "{ \"é😀\": [ 12, \"x\" ] }";
        JsonObject root = Assert.IsType<JsonObject>(Read(json, out _));
        JsonArray array = Assert.IsType<JsonArray>(root["é😀"]);
        Assert.Equal("\"é😀\"", json.Substring(array.KeySpan!.Value.Start, array.KeySpan.Value.Length));
        Assert.Equal("[ 12, \"x\" ]", json.Substring(array.Span.Start, array.Span.Length));
        Assert.Equal("12", json.Substring(array.Items[0].Span.Start, array.Items[0].Span.Length));
        Assert.Equal("#/é😀/1", array.Items[1].Path);
    }

    [Fact]
    public void A_path_escapes_what_a_pointer_needs() =>
        Assert.Equal("#/a~1b~0c", Assert.IsType<JsonObject>(Read("{\"a/b~c\": 1}", out _)).Members[0].Path);

    [Fact]
    public void A_part_of_a_string_with_escapes_is_the_string()
    {
        JsonString plain = Assert.IsType<JsonString>(Read("\"abc\"", out _));
        Assert.Equal((2, 1), (plain.Part(1, 1).Start, plain.Part(1, 1).Length));
        JsonString escaped = Assert.IsType<JsonString>(Read("\"a\\u0062c\"", out _));
        Assert.Equal(escaped.Span, escaped.Part(1, 1));
    }

    [Fact]
    public void Damaged_documents_are_accepted_or_rejected_as_by_System_Text_Json()
    {
        string[] seeds =
        [
            """{"a": [1, -2.5e3, "x\u00e9\n", true, false, null, {"b": {}}], "c": "😀", "d": []}""",
            "[[[[\"\\\\\"]], 0.1, 10, 1e5 ]]",
        ];
        const string letters = "{}[]:,\"\\/u0123456789abcdef.+-eEtrufalsn \n\té😀*'";
        Random random = new(20261123);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string json = Mutator.Mutate(seeds[i % seeds.Length], random, letters);
            if (HasLoneSurrogate(json))
            {
                continue;
            }

            bool expected = IsJson(json);
            JsonNode? root = Read(json, out DocumentFault? fault);
            Assert.True(expected == root is not null, $"System.Text.Json {(expected ? "accepts" : "refuses")} {json}\n{fault}");
            accepted += expected ? 1 : 0;
            if (fault is not null)
            {
                Assert.InRange(fault.Span.Start, 0, json.Length);
                Assert.InRange(fault.Span.End, fault.Span.Start, json.Length);
            }
        }

        Assert.InRange(accepted, 1000, 19_000);
    }

    private static JsonNode? Read(string json, out DocumentFault? fault) => JsonScanner.Parse(json, (_, _) => { }, out fault);

    private static bool IsJson(string json)
    {
        try
        {
            JsonDocument.Parse(json, Strict).Dispose();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>A lone surrogate, also as an escape: System.Text.Json finds it only when it reads the string.</summary>
    private static bool HasLoneSurrogate(string json) =>
        json.Contains("\\ud", StringComparison.OrdinalIgnoreCase) || new UTF8Encoding().GetString(Encoding.UTF8.GetBytes(json)) != json;
}
