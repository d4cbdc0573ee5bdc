using System.Globalization;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>References and <c>allOf</c> that are nested too deeply: the code has any JSON there, and nothing else is missing.</summary>
public sealed class DepthTests
{
    [Theory]
    [InlineData("{ \"$ref\": NEXT }")]
    [InlineData("{ \"allOf\": [{ \"$ref\": NEXT }] }")]
    [InlineData("{ \"oneOf\": [{ \"$ref\": NEXT }] }")]
    public void The_rest_is_any_JSON(string link) => Check(link, 31, 32, 62, 63, 64, 130);

    /// <summary>As <see cref="The_rest_is_any_JSON"/>; the code of such types is a megabyte, so that only the limit is tested.</summary>
    [Theory]
    [InlineData("{ \"type\": \"array\", \"items\": { \"$ref\": NEXT } }")]
    [InlineData("{ \"type\": \"object\", \"additionalProperties\": { \"$ref\": NEXT } }")]
    public void The_rest_of_nested_lists_and_maps_is_any_JSON(string link) => Check(link, 63, 64);

    [Fact]
    public void A_payload_at_the_end_of_a_long_chain_is_any_JSON() => CompiledSpec.Run(
        SpecText.Payload("""{ "$ref": "#/components/schemas/S0" }""", Chain("{ \"$ref\": NEXT }", 70)),
        """
        Assert.Equal("[1]", Codec.Read<S63>("[1]").Value.ToString());
        """,
        ["EJ0010"]);

    private static void Check(string link, params int[] lengths)
    {
        foreach (int length in lengths)
        {
            string spec = SpecText.Document(
                """
                { "a": { "address": "a", "messages": { "p": { "payload": { "$ref": "#/components/schemas/S0" } } } },
                  "b": { "address": "b", "messages": { "q": { "payload": { "type": "object", "properties": {
                    "s": { "$ref": "#/components/schemas/S0" },
                    "t": { "type": "array", "items": { "$ref": "#/components/schemas/S1" } },
                    "u": { "anyOf": [{ "$ref": "#/components/schemas/S2" }, { "type": "null" }] } } } } } } }
                """,
                components: Chain(link, length));
            string[] omissions = [.. SpecAssert.Parse(spec).Diagnostics.Select(d => d.Descriptor.Id)];
            Assert.All(omissions, id => Assert.Equal("EJ0010", id));
            CompiledSpec.Load(spec, "", omissions);
        }
    }

    private static string Chain(string link, int length)
    {
        IEnumerable<string> links = Enumerable.Range(0, length).Select(i => $"\"S{i.ToString(CultureInfo.InvariantCulture)}\": "
            + link.Replace("NEXT", $"\"#/components/schemas/S{i + 1}\"", StringComparison.Ordinal));
        return "{ \"schemas\": { " + string.Join(", ", links) + $", \"S{length}\": {{ \"type\": \"string\" }} }} }}";
    }
}
