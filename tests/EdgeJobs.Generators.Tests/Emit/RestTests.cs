namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Members that an object does not list (<c>additionalProperties</c> beside <c>properties</c>).</summary>
public sealed class RestTests
{
    private static readonly string Spec = SpecText.Payload(
        """
        { "type": "object", "required": ["id"], "minProperties": 2, "properties": { "id": { "type": "string" }, "a\"b": { "type": "integer" },
            "modes": { "$ref": "#/components/schemas/Modes" }, "parts": { "$ref": "#/components/schemas/Parts" },
            "pick": { "$ref": "#/components/schemas/Pick" } },
          "additionalProperties": { "description": "By sensor.", "type": "number", "minimum": 0 } }
        """,
        """
        { "schemas": {
            "Modes": { "properties": { "count": { "type": "integer" } }, "additionalProperties": { "enum": ["on", null] } },
            "Parts": { "properties": { "parts": { "$ref": "#/components/schemas/Parts" } }, "propertyNames": { "maxLength": 5 },
              "additionalProperties": { "type": "object", "required": ["x"], "properties": { "x": { "type": "integer" } } } },
            "Pick": { "discriminator": "kind", "oneOf": [{ "$ref": "#/components/schemas/One" }, { "$ref": "#/components/schemas/Two" }] },
            "One": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "one" } },
              "additionalProperties": { "type": "boolean", "x-name": "Flags" } },
            "Two": { "type": "object", "required": ["kind"], "properties": { "kind": { "const": "two" } } } } }
        """);

    [Theory]
    [InlineData("""{"id":"a","x":1.5,"y":2}""")]
    [InlineData("""{"id":"a","a\"b":1,"x":2}""")]
    [InlineData("""{"id":"a","modes":{"count":1,"x":"on","y":null,"z":"dim"}}""")]
    [InlineData("""{"id":"a","parts":{"parts":{"z":{"x":1}},"y":{"x":2}}}""")]
    [InlineData("""{"id":"a","pick":{"kind":"one","x":true}}""")]
    public void They_are_kept(string json) => CompiledSpec.Run(Spec, $$"""
        string json = {{Quote(json)}};
        M m = Codec.Read<M>(json);
        Assert.Equal(json, Codec.Write(m));
        Assert.Equal(m, Codec.Read<M>(json));
        """);

    [Fact]
    public void A_model_and_a_view_have_them() => CompiledSpec.Run(Spec, """
        M m = Codec.Read<M>("{\"x\":1,\"id\":\"a\",\"\\u0079\":2,\"a\\\"b\":3}");
        Assert.Equal((2, 1.0, 2.0), (m.AdditionalProperties!.Count, m.AdditionalProperties["x"], m.AdditionalProperties["y"]));
        Assert.Null(Codec.Read<M>("{\"id\":\"a\",\"a\\\"b\":3}").AdditionalProperties);
        Assert.True(Assert.IsType<One>(Codec.Read<M>("{\"id\":\"a\",\"pick\":{\"x\":true,\"kind\":\"one\"}}").Pick).Flags!["x"]);
        Assert.True(MView.TryRead("{\"x\":1,\"id\":\"a\",\"i\\u0064\":\"b\",\"y\":2}"u8, out MView view, out _));
        string seen = "";
        foreach (JsonMap<JsonDouble>.Entry entry in view.AdditionalProperties)
        {
            seen += $"{entry.Key.ToString()}={entry.Value.Value};";
        }

        Assert.Equal("x=1;y=2;", seen);
        """);

    [Theory]
    [InlineData("""{"id":"a","x":"b"}""", "the value has the wrong JSON type (byte 14)")]
    [InlineData("""{"id":"a","x":null}""", "the value has the wrong JSON type (byte 14)")]
    [InlineData("""{"id":"a","parts":{"y":{}}}""", "parts.x: the required member is missing (byte 23)")]
    public void A_faulty_one_is_reported(string json, string fault) =>
        CompiledSpec.Run(Spec, "Assert.Equal(" + Quote(fault) + ", Codec.Fault<M>(" + Quote(json) + "));");

    [Fact]
    public void Their_limits_are_checked() => CompiledSpec.Run(Spec, """
        Assert.Equal("", Codec.Violation(Codec.Read<M>("{\"id\":\"a\",\"x\":0}")));
        Assert.Equal("x must be at least 0", Codec.Violation(Codec.Read<M>("{\"id\":\"a\",\"x\":-1}")));
        Assert.Equal("the payload must have at least 2 members", Codec.Violation(Codec.Read<M>("{\"id\":\"a\"}")));
        Assert.Equal("modes.y must be a value of ModesValue other than Unknown",
            Codec.Violation(Codec.Read<M>("{\"id\":\"a\",\"modes\":{\"y\":\"dim\"}}")));
        Assert.StartsWith("parts", Codec.Violation(Codec.Read<M>("{\"id\":\"a\",\"parts\":{\"longer\":{\"x\":1}}}")));
        M taken = new() { Id = "a", AdditionalProperties = new(new System.Collections.Generic.KeyValuePair<string, double>("id", 1)) };
        Assert.Equal("id must be in its own member", Codec.Violation(taken));
        """);

    private static string Quote(string text) => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true);
}
