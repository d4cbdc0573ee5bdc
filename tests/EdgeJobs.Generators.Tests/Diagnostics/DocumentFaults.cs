using System.Text;

namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>Faults of the file as a whole: JSON, version, members, references.</summary>
public sealed class DocumentFaults
{
    [Theory]
    [InlineData("", "the file is empty", "‹›")]
    [InlineData("\n  ", "the file is empty", "\n  ‹›")]
    [InlineData("", "starts no JSON value", "‹x›")]
    [InlineData("", "'truth' is no JSON value", "[‹t›ruth]")]
    [InlineData("", "the file ends here; '}' is missing", "{‹›")]
    [InlineData("", "the file ends here; ',' or '}' is missing", "{\"a\": 1‹›")]
    [InlineData("", "a value is missing before '}'", "{\"a\": ‹}›")]
    [InlineData("", "the file ends here; a value is missing", "{\"a\":‹›")]
    [InlineData("", "':' must follow the name \"a\"", "{\"a\" ‹1›}")]
    [InlineData("", "a comma before '}' is not allowed", "{\"a\": 1‹,›}")]
    [InlineData("", "a comma before ']' is not allowed", "[1\n‹,›\n]")]
    [InlineData("", "',' or ']' is missing", "[1 ‹2›]")]
    [InlineData("", "a member name in double quotes", "{‹a›: 1}")]
    [InlineData("", "double quotes", "[‹'›a']")]
    [InlineData("", "JSON has no comments", "{ ‹/›/ no\n}")]
    [InlineData("", "a number may not begin with 0", "[‹0›1]")]
    [InlineData("", "a digit is missing", "[1.‹]›")]
    [InlineData("", "a digit is missing", "[-‹›")]
    [InlineData("", "not closed on its line", "[\"a‹\n›\"]")]
    [InlineData("", "write \\u0009 in a string", "[\"‹\t›\"]")]
    [InlineData("", "the string is not closed", "[\"a‹›")]
    [InlineData("", "no such escape", "[\"a‹\\›q\"]")]
    [InlineData("", "four hexadecimal digits", "[\"‹\\›u12g4\"]")]
    [InlineData("", "half a character", "[\"‹\\›ud800\"]")]
    [InlineData("", "'}' closes nothing", "[] ‹}›")]
    [InlineData("", "the document ends before this", "[] ‹[›]")]
    [InlineData("é€😀", "starts no JSON value", "[\"é€😀\", ‹?›]")]
    [InlineData("\r\n", "starts no JSON value", "[\r\n\r\n ‹?›]")]
    public void EJ0001_reports_invalid_JSON_and_its_place(string remark, string message, string marked)
    {
        Assert.NotNull(remark);
        SpecAssert.Fault("EJ0001", message, marked);
    }

    [Fact]
    public void EJ0001_rejects_endless_nesting()
    {
        string deep = new('[', 256);
        SpecAssert.Fault("EJ0001", "nested deeper than 256 levels", deep + "‹[›" + new string(']', 257));
    }

    [Fact]
    public void EJ0001_rejects_a_lone_surrogate() =>
        SpecAssert.Fault("EJ0001", "half a character", new StringBuilder("[\"‹").Append('\ud83d').Append("›\"]").ToString());

    [Theory]
    [InlineData("it must be an object, but is an array", "‹[›]")]
    [InlineData("it must be an object, but is the number 1", "‹1›")]
    [InlineData("'asyncapi' is missing", "‹{›\"info\": {}}")]
    [InlineData("it is an OpenAPI document, which describes HTTP", "{\"openapi\": ‹\"3.0.0\"›}")]
    [InlineData("it is an OpenAPI document, which describes HTTP", "{\"swagger\": ‹\"2.0\"›}")]
    [InlineData(
        "version '2.6.0' is older; convert it with npx @asyncapi/cli convert topics.json --output=NEW_FILE --target-version=3.0.0",
        "{\"asyncapi\": ‹\"2.6.0\"›}")]
    [InlineData("version '1.2.0' is older", "{\"asyncapi\": ‹\"1.2.0\"›}")]
    [InlineData("version '3.0' is not supported", "{\"asyncapi\": ‹\"3.0\"›}")]
    [InlineData("version '3.2.0' is not supported", "{\"asyncapi\": ‹\"3.2.0\"›}")]
    [InlineData("must be a string, but is the number 3", "{\"asyncapi\": ‹3›}")]
    public void EJ0002_reports_a_document_that_is_not_AsyncAPI(string message, string marked) =>
        SpecAssert.Fault("EJ0002", message, marked);

    [Theory]
    [InlineData("3.0.0")]
    [InlineData("3.0.17")]
    [InlineData("3.1.0")]
    public void A_document_needs_no_channels(string version) => Assert.Empty(SpecAssert.Model(
        "{ \"asyncapi\": \"" + version + "\", \"info\": { \"title\": \"T\", \"version\": \"1\" } }").Channels);

    [Theory]
    [InlineData("if the file is YAML, its name must end in .yaml or .yml", "‹a›syncapi: 3.0.0\n")]
    [InlineData("if the file is YAML, its name must end in .yaml or .yml", "-‹-›-\nasyncapi: 3.0.0\n")]
    [InlineData("if the file is YAML, its name must end in .yaml or .yml", "‹#› comment\nasyncapi: 3.0.0\n")]
    public void EJ0001_has_a_hint_at_YAML(string message, string marked) => SpecAssert.Fault("EJ0001", message, marked);

    [Fact]
    public void EJ0003_names_both_places() => SpecAssert.Fault(
        "EJ0003",
        "'address' occurs twice, first in line 2",
        SpecText.Document("""
            { "c": {
              "address": "a",
              ‹"address"›: "b",
              "messages": {} } }
            """).Replace("\n", " ", StringComparison.Ordinal).Replace("\"asyncapi\"", "\n\"asyncapi\"", StringComparison.Ordinal));

    [Theory]
    [InlineData("'#' has no member 'info'", """‹{› "asyncapi": "3.0.0", "channels": {} }""")]
    [InlineData("'#/info' has no member 'title'", """{ "asyncapi": "3.0.0", ‹"info"›: { "version": "1" }, "channels": {} }""")]
    [InlineData("'#/info' has no member 'version'", """{ "asyncapi": "3.0.0", ‹"info"›: { "title": "T" }, "channels": {} }""")]
    public void EJ0004_names_the_missing_member_of_the_document(string message, string marked) =>
        SpecAssert.Fault("EJ0004", message, marked);

    [Theory]
    [InlineData("'#/info' must be an object, but is a string", """{ "asyncapi": "3.0.0", "info": ‹"T"›, "channels": {} }""")]
    [InlineData(
        "'#/channels' must be an object, but is null",
        """{ "asyncapi": "3.0.0", "info": { "title": "T", "version": "1" }, "channels": ‹null› }""")]
    [InlineData(
        "'#/info/version' must be a string, but is the number 1.0",
        """{ "asyncapi": "3.0.0", "info": { "title": "T", "version": ‹1.0› }, "channels": {} }""")]
    [InlineData(
        "must be a string, but is true",
        """{ "asyncapi": "3.0.0", "info": { "title": "T", "version": "1", "x-name": ‹true› }, "channels": {} }""")]
    public void EJ0005_names_the_member_of_the_wrong_kind(string message, string marked) => SpecAssert.Fault("EJ0005", message, marked);

    [Theory]
    [InlineData(
        "write a C# name", """{ "asyncapi": "3.0.0", "info": { "title": "T", "version": "1", "x-name": ‹"my jobs"› }, "channels": {} }""")]
    public void EJ0006_lists_the_valid_values(string message, string marked) => SpecAssert.Fault("EJ0006", message, marked);

    [Theory]
    [InlineData("'#/channels/c' refers to '#/components/channels/d'", "\"#/components/channels/d\"")]
    [InlineData("did you mean '#/components'?", "\"#/component\"")]
    [InlineData("a reference is '#/' and names", "\"#components\"")]
    [InlineData("a reference is '#/' and names", "\"\"")]
    [InlineData("'#/components/0'", "\"#/components/0\"")]
    public void EJ0007_names_the_missing_target_of_a_reference(string message, string reference) => SpecAssert.Fault(
        "EJ0007", message, SpecText.Document("{ \"c\": { \"$ref\": ‹" + reference + "› } }"));

    [Fact]
    public void EJ0007_is_reported_once_for_a_reference_that_is_used_twice() => SpecAssert.Fault(
        "EJ0007",
        "'#/components/schemas/A' refers to '#/components/schemas/Nowhere'",
        SpecText.Payload(
            """{ "type": "object", "properties": { "x": { "$ref": "#/components/schemas/A" },"""
                + """ "y": { "$ref": "#/components/schemas/A" } } }""",
            """{ "schemas": { "A": { "$ref": ‹"#/components/schemas/Nowhere"› } } }"""));

    [Fact]
    public void EJ0009_reports_a_cycle_of_pointers_through_references() => SpecAssert.Fault(
        "EJ0009",
        "refers back to itself through '#/components/schemas/B/x'",
        SpecText.Member(
            """{ "$ref": "#/components/schemas/A" }""",
            """{ "A": { "$ref": ‹"#/components/schemas/B/x"› }, "B": { "$ref": "#/components/schemas/A/x" } }"""));

    [Fact]
    public void EJ0009_reports_a_cycle_of_references_once() => SpecAssert.Fault(
        "EJ0009",
        "'#/components/channels/a' refers back to itself through '#/components/channels/b'",
        SpecText.Document(
            """{ "c": { "$ref": "#/components/channels/b" }, "d": { "$ref": "#/components/channels/a" } }""",
            components: """{ "channels": { "a": { "$ref": ‹"#/components/channels/b"› },"""
                + """ "b": { "$ref": "#/components/channels/a" } } }"""));

    [Theory]
    [InlineData("""{ "$ref": ‹"#/components/schemas/A"› }""")]
    [InlineData("""{ "allOf": [{ "$ref": ‹"#/components/schemas/A"› }] }""")]
    public void EJ0009_reports_a_cycle_of_schemas(string schema) =>
        SpecAssert.Fault(
            "EJ0009", "refers back to itself", SpecText.Member("""{ "$ref": "#/components/schemas/A" }""", "{ \"A\": " + schema + " }"));

    [Fact]
    public void EJ0010_rejects_schemas_that_are_nested_too_deeply()
    {
        string chain = string.Join(", ", Enumerable.Range(0, 100).Select(i =>
            (i == 64 ? "‹\"A64\"›" : $"\"A{i}\"") + $$""": { "type": "array", "items": { "$ref": "#/components/schemas/A{{i + 1}}" } }"""));
        SpecAssert.Fault(
            "EJ0010", "nested deeper than 64 schemas", SpecText.Member(
                """{ "$ref": "#/components/schemas/A0" }""", "{ " + chain + """, "A100": { "type": "string" } }"""));
    }

    [Theory]
    [InlineData(
        "'#/servers' is not supported", "EJ0033",
        """{ "asyncapi": "3.0.0", "info": { "title": "T", "version": "1" }, "channels": {}, ‹"server"›: {} }""")]
    [InlineData(
        "did you mean 'license'?", "EJ0033",
        """{ "asyncapi": "3.0.0", "info": { "title": "T", "version": "1", ‹"licence"›: {} }, "channels": {} }""")]
    public void EJ0033_suggests_the_member_that_was_meant(string remark, string id, string marked)
    {
        Assert.NotNull(remark);
        SpecAssert.Fault(id, "and has no effect: did you mean '", marked);
    }
}
