namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Enums of strings and of whole numbers.</summary>
public sealed class EnumTests
{
    private static readonly string Spec = SpecText.Payload("""
        { "type": "object", "properties": {
            "level": { "type": "integer", "enum": [-1, 0, 7], "x-enum-names": { "7": "High" } },
            "levels": { "type": "array", "items": { "type": "integer", "enum": [1, 2] } },
            "mode": { "type": "string", "enum": ["on", "off"] },
            "modes": { "type": "array", "items": { "enum": ["a"] } },
            "grid": { "type": "array", "items": { "type": "array", "items": { "enum": ["a", null] } } },
            "named": { "type": "object", "additionalProperties": { "enum": ["a"] } },
            "either": { "oneOf": [{ "type": "string", "enum": ["a"] }, { "type": "object", "required": ["x"], "properties": { "x": {} } }] },
            "armed": { "const": true } } }
        """);

    [Fact]
    public void Whole_numbers_have_names() => CompiledSpec.Run(Spec, """
        M m = Codec.Read<M>("{\"level\":7,\"levels\":[1,2]}");
        Assert.Equal(MLevel.High, m.Level);
        Assert.Equal([MLevelsItem.Value1, MLevelsItem.Value2], m.Levels);
        Assert.Equal(-1, (long)MLevel.ValueMinus1);
        Assert.Equal("{\"level\":0}", Codec.Write(new M { Level = MLevel.Value0 }));
        """);

    [Fact]
    public void An_unknown_number_round_trips() => CompiledSpec.Run(Spec, """
        M m = Codec.Read<M>("{\"level\":9223372036854775807,\"levels\":[1,99]}");
        Assert.Equal((MLevel)long.MaxValue, m.Level);
        Assert.False(m.Level!.Value.IsKnown());
        Assert.Equal("{\"level\":9223372036854775807,\"levels\":[1,99]}", Codec.Write(m));
        Assert.Equal("level must be a value of MLevel", Codec.Violation(m));
        Assert.Equal("levels[1] must be a value of MLevelsItem", Codec.Violation(m with { Level = MLevel.High }));
        Assert.Equal("", Codec.Violation(new M { Level = MLevel.Value0, Levels = [MLevelsItem.Value1] }));
        """);

    [Fact]
    public void A_view_has_the_value() => CompiledSpec.Run(Spec, """
        Assert.True(MView.TryRead("{\"level\":\"7\",\"levels\":[2]}"u8, out MView view, out _));
        Assert.Equal(MLevel.High, view.Level);
        foreach (JsonInt64 level in view.Levels)
        {
            Assert.Equal(MLevelsItem.Value2, (MLevelsItem)level.Value);
        }

        Assert.Equal("level: the value has the wrong JSON type (byte 9)", Codec.Fault<M>("{\"level\":\"high\"}"));
        """);

    [Fact]
    public void An_unknown_string_is_read_as_Unknown() => CompiledSpec.Run(Spec, """
        M m = Codec.Read<M>("{\"mode\":\"stand\\u002dby\"}");
        Assert.Equal(MMode.Unknown, m.Mode);
        Assert.Equal("{\"mode\":\"stand-by\"}", Codec.Write(m));
        Assert.NotEqual(Codec.Read<M>("{\"mode\":\"sleep\"}"), m);
        Assert.Equal("{\"mode\":\"off\"}", Codec.Write(m with { Mode = MMode.Off }));
        Assert.Equal("{}", Codec.Write(m with { Mode = null }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Codec.Write(new M { Mode = MMode.Unknown }));
        Assert.Equal("mode must be a value of MMode other than Unknown", Codec.Violation(new M { Mode = MMode.Unknown }));
        """);

    [Theory]
    [InlineData("modes", "[\"a\",\"b\",\"c\"]", "[\"a\",\"b\",\"d\"]")]
    [InlineData("grid", "[[\"b\"],[\"a\",null,\"c\"]]", "[[\"b\"],[\"a\",null,\"b\"]]")]
    [InlineData("named", "{\"x\":\"b\",\"y\":\"a\",\"z\":\"c\"}", "{\"x\":\"b\",\"y\":\"a\",\"z\":\"d\"}")]
    [InlineData("either", "\"b\"", "\"c\"")]
    public void Unknown_strings_anywhere_are_written_back(string member, string json, string other) => CompiledSpec.Run(Spec, $$"""
        string json = {{Literal(member, json)}};
        Assert.Equal(json, Codec.Again<M>(json));
        Assert.Equal(Codec.Read<M>(json), Codec.Read<M>(json));
        Assert.NotEqual(Codec.Read<M>(json), Codec.Read<M>({{Literal(member, other)}}));
        Assert.EndsWith("other than Unknown", Codec.Violation(Codec.Read<M>(json)));
        """);

    [Fact]
    public void A_list_of_a_program_can_not_have_unknown_strings() => CompiledSpec.Run(Spec, """
        Assert.Throws<ArgumentOutOfRangeException>(() => Codec.Write(new M { Modes = [MModesItem.Unknown] }));
        """);

    [Theory]
    [InlineData("application/json", "{ \"type\": \"string\", \"enum\": [\"on\"] }", "\"dim\"")]
    [InlineData("application/json", "{ \"enum\": [\"on\", null] }", "\"dim\"")]
    [InlineData("text/plain", "{ \"type\": \"string\", \"enum\": [\"on\"] }", "dim")]
    public void An_unknown_string_that_is_the_payload_is_written_back(string type, string schema, string payload)
    {
        string spec = SpecText.Document(
            $$"""{ "c": { "address": "c", "messages": { "mood": { "contentType": "{{type}}", "payload": {{schema}} } } } }""",
            """{ "o": { "action": "receive", "channel": { "$ref": "#/channels/c" } } }""");
        CompiledSpec.Run(spec, $$"""
            EventOperation<MoodMessage> operation = TestOperations.O;
            string payload = {{Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(payload, quote: true)}};
            MoodMessage message = Codec.Read<MoodMessage>(payload);
            Assert.Equal(payload, Encoding.UTF8.GetString(message.ToUtf8Bytes()));
            Assert.NotEqual(message, Codec.Read<MoodMessage>(payload.Replace("dim", "off")));
            Assert.Equal("on", Encoding.UTF8.GetString(Codec.Read<MoodMessage>(payload.Replace("dim", "on")).ToUtf8Bytes()).Trim('"'));
            """);
    }

    private static string Literal(string member, string json) =>
        Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral($"{{\"{member}\":{json}}}", quote: true);

    [Fact]
    public void A_constant_is_checked() => CompiledSpec.Run(Spec, """
        Assert.Equal("", Codec.Violation(new M { Armed = true }));
        Assert.Equal("armed must be true", Codec.Violation(new M { Armed = false }));
        """);
}
