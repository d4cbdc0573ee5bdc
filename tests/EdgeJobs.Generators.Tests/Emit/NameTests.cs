using EdgeJobs.Fuzz.Specs;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Every name gives a diagnostic or code that compiles.</summary>
public sealed class NameTests
{
    /// <summary>2,000 specs, or <c>EDGEJOBS_TEST_SPECS</c>; for a long run use the command <c>bench/EdgeJobs.Fuzz -- --specs 100000</c>.</summary>
    [Fact]
    public void Specs_with_hard_names_give_a_diagnostic_or_code_that_compiles()
    {
        int count = RandomInputs.Count(2_000);
        using SpecInputs inputs = new(20261129);
        for (int input = 0; input < count; input++)
        {
            Assert.Null(inputs.Run(input));
        }

        // Both outcomes must be common, or the test would cover only one of them.
        Assert.InRange(inputs.Compiled, count * 3 / 10, count * 9 / 10);
    }

    [Fact]
    public void The_same_seed_and_number_give_the_same_spec()
    {
        using SpecInputs one = new(7);
        using SpecInputs other = new(7);
        one.Run(1);
        Assert.Equal(one.Make(12), other.Make(12));
        Assert.NotEqual(one.Make(13), other.Make(12));
    }

    /// <summary>C# ignores them in names, so that two such names are equal.</summary>
    [Fact]
    public void Invisible_characters_are_left_out_of_names() => CompiledSpec.Run(
        SpecText.Payload("{ \"type\": \"object\", \"properties\": { \"job\\u200BId\": { \"type\": \"string\" } } }"),
        """
        Assert.Equal("x", Codec.Read<M>("{\"job\\u200BId\":\"x\"}").JobId);
        Assert.Equal("{\"job\u200BId\":\"x\"}", Codec.Write(new M { JobId = "x" }));
        """);

    [Theory]
    [InlineData("_")]
    [InlineData("__")]
    [InlineData("__arglist")]
    [InlineData("_client")]
    [InlineData("_Unknown")]
    [InlineData("Job\\u200BId")]
    [InlineData("a b")]
    [InlineData("")]
    public void EJ0006_reports_a_chosen_name_that_is_not_valid_in_C(string name)
    {
        foreach (string spec in new[]
        {
            SpecText.Payload("{ \"type\": \"object\", \"x-name\": ‹\"" + name + "\"›, \"properties\": {} }"),
            SpecText.Member("{ \"type\": \"string\", \"x-name\": ‹\"" + name + "\"› }"),
            SpecText.Member("{ \"enum\": [1], \"x-enum-names\": { \"1\": ‹\"" + name + "\"› } }"),
            SpecText.Document("{}", info: "{ \"title\": \"T\", \"version\": \"1\", \"x-name\": ‹\"" + name + "\"› }"),
        })
        {
            SpecAssert.Fault("EJ0006", "write a C# name that begins with a capital", spec);
        }
    }

    [Fact]
    public void EJ0016_names_operations_whose_filters_have_the_same_name() => SpecAssert.Fault(
        "EJ0016",
        "both become 'TellReplyFilter' in C#",
        SpecText.Operations("""
            { "tell": { "action": "receive", "channel": { "$ref": "#/channels/told" } }, ‹"tellReply"›: { "action": "receive",
              "channel": { "$ref": "#/channels/bare" }, "messages": [] } }
            """
            .Replace("""{ "$ref": "#/channels/bare" }, "messages": []""", """{ "$ref": "#/channels/ask" }""", StringComparison.Ordinal)));

    /// <summary>Metadata holds 1,023 bytes of a name, also of a name that is made from the two longest.</summary>
    [Fact]
    public void Names_made_from_the_longest_names_compile()
    {
        string channel = new('c', 200);
        string parameter = new('p', 200);
        CompiledSpec.Load(SpecText.Document($$"""
            { "a": { "address": "a/{{{parameter}}}", "parameters": { "{{parameter}}": {} } },
              "{{channel}}": { "address": "b/{{{parameter}}}", "parameters": { "{{parameter}}": { "enum": ["x"] } } } }
            """));
    }

    [Theory]
    [InlineData("Acme.Guid")]
    [InlineData("Acme.JsonText.Specs")]
    [InlineData("TimeSpan")]
    [InlineData("Acme.System")]
    public void A_namespace_may_have_the_name_of_a_used_type(string name)
    {
        string spec = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json"));
        Pipeline.SpecProject project = new(new Pipeline.SpecProject.Options(name), ("topics.json", spec));
        project.AssertCompiles(name + ": ");
    }

    [Theory]
    [InlineData("\\uFFFE")]
    [InlineData("\\uFFFF")]
    [InlineData("\\uFDD0 \\uD83F\\uDFFE \\uD83D\\uDE00")]
    [InlineData("\\u0000 \\u0008 \\u000B \\u000C \\u001F \\u007F \\u0080 \\u0085 \\u009F \\u2028")]
    public void Every_text_is_valid_in_documentation(string text)
    {
        string described = "\"description\": \"a" + text + "b\", \"examples\": [\"" + text + "\"]";
        string spec = SpecText.Document(
            "{ \"c\": { \"description\": \"" + text + "c\", \"address\": \"a/{x}\", \"parameters\": { \"x\": { \"description\": \"d" + text
                + "\" } }, \"messages\": { \"m\": { \"payload\": "
                + "{ \"type\": \"object\", \"x-name\": \"M\", " + described
                    + ", \"properties\": { \"x\": { \"type\": \"string\", \"default\": \"" + text + "\", " + described + " }, "
                + "\"y\": { \"enum\": [\"a" + text + "\"], \"x-enum-descriptions\": { \"a" + text + "\": \"e" + text + "\" } } } } } } } }",
            info: "{ \"title\": \"T" + text + "\", \"x-name\": \"Test\", \"version\": \"1" + text + "\" }");
        CompiledSpec.Load(spec);
    }
}
