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
        Assert.Equal("{\"modes\":[\"a\",null]}", Codec.Again<M>("{\"modes\":[\"a\",\"b\"]}"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Codec.Write(new M { Mode = MMode.Unknown }));
        Assert.Equal("mode must be a value of MMode other than Unknown", Codec.Violation(new M { Mode = MMode.Unknown }));
        """);

    [Fact]
    public void A_constant_is_checked() => CompiledSpec.Run(Spec, """
        Assert.Equal("", Codec.Violation(new M { Armed = true }));
        Assert.Equal("armed must be true", Codec.Violation(new M { Armed = false }));
        """);
}
