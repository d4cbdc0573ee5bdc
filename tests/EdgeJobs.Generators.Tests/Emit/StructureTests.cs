using System.Globalization;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Nested types, and references to everything that a document can share.</summary>
public sealed class StructureTests
{
    /// <summary>Each type is put into an array, a map, an array of maps, a map of arrays and so on.</summary>
    private static readonly string[] Kinds =
    [
        """{ "type": "string", "maxLength": 99 }""",
        """{ "type": "integer" }""",
        """{ "type": "integer", "format": "int32" }""",
        """{ "type": "number", "format": "double" }""",
        """{ "type": "boolean" }""",
        """{ "type": "string", "format": "date-time" }""",
        """{ "type": "string", "format": "uuid" }""",
        """{ "type": "string", "format": "byte", "x-maxBytes": 100 }""",
        """{ "type": "string", "enum": ["a", "b c"] }""",
        """{ "type": "integer", "enum": [1, 2] }""",
        """{ "type": "object" }""",
        """{ "type": "object", "properties": { "a": { "type": "string" }, "b": { "type": "object","""
            + """ "properties": { "c": { "type": "integer", "minimum": 0 } } } } }""",
        """{ "oneOf": [{ "properties": { "kind": { "const": "x" }, "n": { "type": "integer" } } },"""
            + """ { "properties": { "kind": { "const": "y" }, "s": { "type": "string" } } }] }""",
    ];

    [Fact]
    public void Arrays_and_maps_of_every_type_may_be_nested()
    {
        string[] shapes =
        [
            "{0}",
            """{ "type": "array", "items": {0} }""",
            """{ "type": "object", "additionalProperties": {0} }""",
            """{ "type": "array", "items": { "type": "array", "items": {0} } }""",
            """{ "type": "object", "additionalProperties": { "type": "object", "additionalProperties": {0} } }""",
            """{ "type": "array", "items": { "type": "object", "additionalProperties": {0} } }""",
            """{ "type": "object", "additionalProperties": { "type": "array", "items": {0} } }""",
        ];
        IEnumerable<string> members = Kinds.SelectMany((kind, k) => shapes.Select((shape, s) =>
            string.Create(CultureInfo.InvariantCulture, $"\"m{k}s{s}\": ") + shape.Replace("{0}", kind, StringComparison.Ordinal)));
        string all = string.Join(",\n", members);
        RoundTripTests.Check(SpecText.Payload("{ \"type\": \"object\", \"properties\": {" + all + "} }"));
        string required = string.Join(", ", Enumerable.Range(0, Kinds.Length).SelectMany(k => Enumerable.Range(0, shapes.Length).Select(s =>
            string.Create(CultureInfo.InvariantCulture, $"\"m{k}s{s}\""))));
        RoundTripTests.Check(SpecText.Payload("{ \"type\": \"object\", \"required\": [" + required + "], \"properties\": {" + all + "} }"));
    }

    [Fact]
    public void Limits_are_checked_at_every_depth() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "properties": {
                "grid": { "type": "array", "items": { "type": "array", "maxItems": 2, "items": { "type": "integer", "minimum": 0 } } },
                "tree": { "type": "object", "additionalProperties": { "type": "object", "maxProperties": 1,
                  "propertyNames": { "maxLength": 2 }, "additionalProperties": { "type": "string", "maxLength": 1 } } } } }
            """),
        """
        Assert.Equal("", Codec.Violation(new M { Grid = [[1, 2], []] }));
        Assert.Equal("grid[1][0] must be at least 0", Codec.Violation(new M { Grid = [[1, 2], [-1]] }));
        Assert.Equal("grid[0] must have at most 2 items", Codec.Violation(new M { Grid = [[1, 2, 3]] }));
        ValueMap<string> One(string key, string value) => new(new System.Collections.Generic.KeyValuePair<string, string>(key, value));
        M Tree(string key, string value) => new() { Tree = new(new System.Collections.Generic.KeyValuePair<string, ValueMap<string>>("a",
          One(key, value))) };
        Assert.Equal("", Codec.Violation(Tree("k", "v")));
        Assert.Equal("tree.a.k must be at most 1 character", Codec.Violation(Tree("k", "vv")));
        Assert.Equal("tree.a must have names of at most 2 characters", Codec.Violation(Tree("key", "v")));
        """);

    [Fact]
    public void Bytes_without_a_limit_are_valid_in_a_map_with_a_rule_for_names() => CompiledSpec.Run(
        SpecText.Payload("""
            { "type": "object", "properties": {
                "files": { "type": "object", "propertyNames": { "maxLength": 2 }, "additionalProperties": { "type": "string",
                  "format": "byte" } } } }
            """),
        """
        M Files(string key) => new() { Files = new(new System.Collections.Generic.KeyValuePair<string, ByteString>(key, default)) };
        Assert.Equal("", Codec.Violation(Files("ab")));
        Assert.Equal("files must have names of at most 2 characters", Codec.Violation(Files("abc")));
        """);

    [Fact]
    public void Everything_may_be_shared_by_reference() => CompiledSpec.Run(
        """
        { "asyncapi": "3.0.0", "info": { "title": "Test", "version": "1" },
          "channels": { "ask": { "$ref": "#/components/channels/ask" }, "yes": { "$ref": "#/components/channels/yes" },
            "no": { "$ref": "#/components/channels/no" } },
          "operations": { "ask": { "$ref": "#/components/operations/ask" } },
          "components": {
            "channels": {
              "ask": { "address": "ask/{who}", "parameters": { "who": { "$ref": "#/components/parameters/who" } },
                "messages": { "m": { "$ref": "#/components/messages/ask" } } },
              "yes": { "address": "ask/{who}/yes", "parameters": { "who": { "$ref": "#/components/parameters/who" } },
                "messages": { "m": { "$ref": "#/components/messages/yes" } } },
              "no": { "address": "ask/{who}/no", "parameters": { "who": { "$ref": "#/channels/yes/parameters/who" } },
                "messages": { "m": { "$ref": "#/components/messages/yes" } } } },
            "parameters": { "who": { "enum": ["me", "you"] } },
            "correlationIds": { "id": { "location": "$message.payload#/id" } },
            "messageTraits": { "correlated": { "correlationId": { "$ref": "#/components/correlationIds/id" } } },
            "messages": {
              "ask": { "traits": [{ "$ref": "#/components/messageTraits/correlated" }], "payload": { "$ref": "#/components/schemas/Ask" } },
              "yes": { "traits": [{ "$ref": "#/components/messageTraits/correlated" }],
                "payload": { "$ref": "#/components/schemas/Answer" } } },
            "operationTraits": { "a": { "bindings": { "$ref": "#/components/operationBindings/slow" } },
              "b": { "bindings": { "mqtt": { "messageExpiryInterval": 9 } } } },
            "operationBindings": { "slow": { "mqtt": { "qos": 0, "retain": true, "messageExpiryInterval": 5 } } },
            "replies": { "answer": { "channel": { "$ref": "#/channels/yes" }, "x-rejected": { "$ref": "#/components/replies/refusal" } },
              "refusal": { "channel": { "$ref": "#/channels/no" } } },
            "operations": { "ask": { "action": "send", "channel": { "$ref": "#/channels/ask" },
              "traits": [{ "$ref": "#/components/operationTraits/a" }, { "$ref": "#/components/operationTraits/b" }],
                                     "bindings": { "mqtt": { "retain": false } }, "reply": { "$ref": "#/components/replies/answer" } } },
            "schemas": { "Id": { "type": "string", "maxLength": 9 },
                         "Ask": { "type": "object", "properties": { "id": { "$ref": "#/components/schemas/Id" },
                           "answer": { "$ref": "#/components/schemas/Answer" } } },
                         "Answer": { "type": "object", "properties": { "id": { "$ref": "#/components/schemas/Ask/properties/id" } } } } } }
        """,
        """
        RequestOperation<Ask, Answer, Answer> ask = TestOperations.Ask;
        Assert.Equal(new PublishOptions(QualityOfService.AtMostOnce, false, TimeSpan.FromSeconds(9)), ask.PublishOptions);
        Assert.Equal(["ask/{who}/+"], ask.ReplyFilters);
        Assert.Equal("id must be at most 9 characters", Codec.Violation(new Answer { Id = "0123456789" }));
        Assert.Equal("ask/you/no", TestTopics.No("you"));
        """);

    [Theory]
    [InlineData("topics.json")]
    [InlineData("everything.topics.json")]
    [InlineData("")]
    public void Every_using_directive_is_necessary(string file)
    {
        string spec = file switch
        {
            "" => SpecText.Document("{}"),
            "topics.json" => File.ReadAllText(EdgeJobs.Testing.Repository.PathOf(file)),
            _ => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", file)),
        };
        Assert.DoesNotContain(
            CompiledSpec.Findings(spec),
            d => d.Contains("CS8019", StringComparison.Ordinal) || d.Contains("warning", StringComparison.Ordinal));
    }
}
