using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Parse;

namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>References to other files, and their faults.</summary>
public sealed class FileFaults
{
    private const string Thing = """{ "type": "object", "properties": { "id": { "type": "string" } } }""";

    [Theory]
    [InlineData("common.json#/components/schemas/Thing", "specs/common.json", "{ \"components\": { \"schemas\": { \"Thing\": SCHEMA } } }")]
    [InlineData("./common.json#/Thing", "specs/common.json", "{ \"Thing\": SCHEMA }")]
    [InlineData("../shared/my%20parts.json#/a~1b/Thing", "shared/my parts.json", "{ \"a/b\": { \"Thing\": SCHEMA } }")]
    [InlineData("parts/thing.schema.json", "specs/parts/thing.schema.json", "SCHEMA")]
    [InlineData("parts/thing.json#", "specs/./parts/../parts/thing.json", "SCHEMA")]
    [InlineData("parts\\\\thing.json#/", "specs\\parts\\thing.json", "{ \"\": SCHEMA }", "X")]
    public void A_schema_can_stand_in_another_file(string reference, string path, string content, string name = "Thing")
    {
        SpecResult result = SpecAssert.Parse(
            SpecText.Member("{ \"$ref\": \"" + reference + "\", \"x-name\": \"X\" }"),
            (path, content.Replace("SCHEMA", name == "X" ? Thing.Replace("{ \"type\"", "{ \"x-name\": \"X\", \"type\"", StringComparison.Ordinal)
                : Thing, StringComparison.Ordinal)));
        Assert.Empty(result.Diagnostics.Select(SpecAssert.Show));
        Assert.Equal("id", Assert.Single(SpecAssert.Object(result.Model!, name).Members).JsonName);
    }

    [Fact]
    public void Files_can_refer_to_each_other_and_to_the_spec()
    {
        SpecResult result = SpecAssert.Parse(
            SpecText.Member("""{ "$ref": "a.json#/A" }""", """{ "Mine": { "type": "string", "maxLength": 7 } }"""),
            ("specs/a.json", """{ "A": { "$ref": "sub/b.json#/B" }, "C": { "$ref": "topics.json#/components/schemas/Mine" } }"""),
            ("specs/sub/b.json", """{ "B": { "type": "object", "properties": { "c": { "$ref": "../a.json#/C" } } } }"""));
        Assert.Empty(result.Diagnostics.Select(SpecAssert.Show));
        StringRef type = Assert.IsType<StringRef>(Assert.Single(SpecAssert.Object(result.Model!, "B").Members).Type);
        Assert.Equal(7, type.Rule.MaxLength);
    }

    [Fact]
    public void A_channel_and_a_message_can_stand_in_another_file()
    {
        SpecResult result = SpecAssert.Parse(
            SpecText.Document("""{ "c": { "$ref": "channels/c.json" } }"""),
            ("specs/channels/c.json", """{ "address": "a/b", "messages": { "m": { "$ref": "../messages.json#/m" } } }"""),
            ("specs/messages.json", """{ "m": { "payload": { "type": "object", "properties": {} } } }"""));
        Assert.Empty(result.Diagnostics.Select(SpecAssert.Show));
        Assert.Equal("a/b", Assert.Single(result.Model!.Channels).Address);
        Assert.Equal("M", Assert.Single(result.Model.Types).Name);
    }

    [Theory]
    [InlineData(
        "specs/common.json(1,24) EJ0024 'common.json#/Thing' has the unknown type 'text'", "{ \"Thing\": {   \"type\": \"text\" } }")]
    [InlineData("specs/common.json(2,1) EJ0001 The spec is not JSON: a value is missing before '}'", "{ \"Thing\":\n}")]
    [InlineData("specs/common.json(2,2) EJ0003 'a' occurs twice, first in line 1", "{ \"a\": 1,\n \"a\": 2, \"Thing\": { \"type\": \"string\" } }")]
    [InlineData("(4,123) EJ0007 '#/channels/c/messages/m/payload/properties/x' refers to 'common.json#/Thing', which 'common.json' does "
        + "not have: did you mean 'common.json#/Things'?", "{ \"Things\": {} }")]
    [InlineData("specs/common.json(1,22) EJ0009 'common.json#/Thing' refers back to itself through 'common.json#/Thing'",
        "{ \"Thing\": { \"$ref\": \"common.json#/Thing\" } }")]
    public void A_fault_has_its_place_in_the_file_that_has_it(string expected, string common)
    {
        SpecResult result = SpecAssert.Parse(SpecText.Member("""{ "$ref": "common.json#/Thing" }"""), ("specs/common.json", common));
        Assert.StartsWith(expected, SpecAssert.Show(Assert.Single(result.Diagnostics)), StringComparison.Ordinal);
        Assert.Null(result.Model);
    }

    [Theory]
    [InlineData("messages.json#/m", "add <AdditionalFiles Include=\"messages.json\" /> to the project")]
    [InlineData("https://example.com/messages.json#/m", "download it into a file")]
    public void EJ0008_says_how_to_add_a_file(string reference, string fix) => SpecAssert.Fault(
        "EJ0008",
        fix,
        SpecText.Channel($$"""{ "address": "a", "messages": { "m": { "$ref": ‹"{{reference}}"› } } }"""));

    [Fact]
    public void EJ0008_is_reported_once_for_each_file()
    {
        SpecResult result = SpecAssert.Parse(SpecText.Document(
            """
            { "c": { "address": "c", "messages": { "m": { "$ref": "messages.json#/m" } } },
              "d": { "$ref": "https://example.com/channels.json#/d" }, "e": { "$ref": "https://example.com/channels.json#/e" },
              "f": { "address": "f", "messages": { "n": { "$ref": "./messages.json#/n" } } } }
            """));
        Assert.Equal(["EJ0008", "EJ0008"], result.Diagnostics.Select(d => d.Descriptor.Id));
        Assert.Equal(["c", "f"], result.Model!.Channels.Select(c => c.Id));
        Assert.Empty(result.Model.Types);
    }
}
