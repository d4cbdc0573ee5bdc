namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Topics with any number of parameters.</summary>
public sealed class ChannelTests
{
    private static readonly string Spec = SpecText.Document(
        """
        { "bare": { "address": "lamps" },
          "one": { "address": "lamps/{lamp}", "parameters": { "lamp": { "x-schema": { "type": "string", "pattern": "^[a-z]{1,3}$" },
            "examples": ["hall", "attic"] } } },
          "five": { "address": "{a}/x{b}/{c}y/{d}/{e}",
                    "parameters": { "a": {}, "b": { "enum": ["1", "2"] }, "c": { "default": "c" }, "d": { "enum": ["on", "off"],
                      "default": "off" }, "e": { "default": "class" } } },
          "middle": { "address": "m/{a}/{b}", "parameters": { "a": { "default": "x" }, "b": {} } } }
        """);

    [Fact]
    public void A_topic_may_have_no_parameter_or_many() => CompiledSpec.Run(Spec, """
        Assert.Equal("lamps", TestTopics.Bare());
        Assert.Equal("lamps/up", TestTopics.One("up"));
        Assert.Equal("q/x2/zy/on/w", TestTopics.Five("q", "2", "z", "on", "w"));
        Assert.True(TestTopics.TryMatch("q/x2/zy/on/w", out TestTopicMatch match));
        Assert.Equal((TestChannel.Five, "q2zonw"), (match.Channel, string.Concat(match.A, match.B,
          match.C.ToString() + match.D.ToString() + match.E.ToString())));
        Span<char> buffer = stackalloc char[20];
        Assert.True(TestTopics.TryFormatFive(buffer, "q", "2", "z", "on", "w", out int written));
        Assert.Equal("q/x2/zy/on/w", buffer[..written].ToString());
        Assert.False(TestTopics.TryFormatFive(buffer, "q", "3", "z", "on", "w", out _));
        """);

    [Fact]
    public void A_parameter_with_a_default_is_optional() => CompiledSpec.Run(Spec, """
        Assert.Equal("q/x1/cy/off/class", TestTopics.Five("q", "1"));
        Assert.Equal("m/x/b", TestTopics.Middle("b"));
        Assert.Equal("m/y/b", TestTopics.Middle("b", "y"));
        """);

    [Fact]
    public void A_parameter_that_violates_its_rule_is_rejected() => CompiledSpec.Run(Spec, """
        Assert.Equal("'UP' can't be the topic parameter lamp: it must be 1 to 3 characters of [a-z]. (Parameter 'value')",
          Assert.Throws<ArgumentException>(() => TestTopics.One("UP")).Message);
        Assert.Throws<ArgumentException>(() => TestTopics.Five("a/b", "1"));
        Assert.Throws<ArgumentException>(() => TestTopics.Five("+", "1"));
        Assert.Throws<ArgumentException>(() => TestTopics.Five("", "1"));
        Assert.Throws<ArgumentNullException>(() => TestTopics.Five(null!, "1"));
        """);

    [Fact]
    public void Examples_and_defaults_are_documented()
    {
        string text = CompiledSpec.Files(Spec)["TestTopics.g.cs"];
        Assert.Contains(
            "/// <param name=\"lamp\">For example <c>hall</c>, <c>attic</c>. 1 to 3 characters of <c>[a-z]</c>.</param>\n", text,
            StringComparison.Ordinal);
        Assert.Contains(
            "/// <param name=\"d\">The default is <c>off</c>. One of \"on\", \"off\".</param>\n", text, StringComparison.Ordinal);
    }
}
