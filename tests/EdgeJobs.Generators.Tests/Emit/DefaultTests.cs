namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Defaults of absent members.</summary>
public sealed class DefaultTests
{
    private static readonly string Spec = SpecText.Payload("""
        { "type": "object", "required": ["must"], "properties": {
            "text": { "type": "string", "default": "a \"b\"" },
            "count": { "type": "integer", "default": 5e9 },
            "small": { "type": "integer", "format": "int32", "minimum": 1, "default": 3 },
            "ratio": { "type": "number", "default": -0.5 },
            "loud": { "type": "boolean", "default": true },
            "mode": { "type": "string", "enum": ["on", "off"], "default": "off" },
            "level": { "type": "integer", "enum": [0, 7], "x-enum-names": { "7": "High" }, "default": 7 },
            "must": { "type": "integer", "default": 1 },
            "list": { "type": "array", "items": { "type": "string" }, "default": [] },
            "old": { "type": "integer", "default": 2, "deprecated": true } } }
        """);

    [Fact]
    public void An_absent_member_is_null_and_OrDefault_returns_its_default() => CompiledSpec.Run(Spec, """
        M m = new() { Must = 0 };
        Assert.Null(m.Text);
        Assert.Equal("a \"b\"", m.TextOrDefault);
        Assert.Equal(5_000_000_000L, m.CountOrDefault);
        Assert.Equal(3, m.SmallOrDefault);
        Assert.Equal(-0.5, m.RatioOrDefault);
        Assert.True(m.LoudOrDefault);
        Assert.Equal(MMode.Off, m.ModeOrDefault);
        Assert.Equal(MLevel.High, m.LevelOrDefault);
        Assert.Equal("{\"must\":0}", Codec.Write(m));
        Assert.Null(typeof(M).GetProperty("MustOrDefault"));
        Assert.Null(typeof(M).GetProperty("ListOrDefault"));
        """);

    [Fact]
    public void OrDefault_returns_a_present_member() => CompiledSpec.Run(Spec, """
        M m = Codec.Read<M>("{\"must\":1,\"text\":\"\",\"count\":0,\"loud\":false,\"mode\":\"dim\",\"level\":9}");
        Assert.Equal(("", 0L, false), (m.TextOrDefault, m.CountOrDefault, m.LoudOrDefault));
        Assert.Equal((MMode.Unknown, (MLevel)9), (m.ModeOrDefault, m.LevelOrDefault));
        """);

    [Fact]
    public void A_view_has_defaults_for_value_types() => CompiledSpec.Run(Spec, """
        Assert.True(MView.TryRead("{\"must\":1}"u8, out MView view, out _));
        Assert.Equal((5_000_000_000L, 3, MMode.Off), (view.CountOrDefault, view.SmallOrDefault, view.ModeOrDefault));
        """);
}
