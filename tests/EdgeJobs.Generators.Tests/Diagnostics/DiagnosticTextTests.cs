using EdgeJobs.Generators.Diagnostics;

namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>What a diagnostic quotes from a spec stays on one line.</summary>
public sealed class DiagnosticTextTests
{
    [Theory]
    [InlineData("a 'b' é 日本 😀", "a 'b' é 日本 😀")]
    [InlineData("a\nb\r\tc", "a\\nb\\r\\tc")]
    [InlineData("a\u0000\u0085\u2028\u2029\u202e\u200b\ufeff", "a\\u0000\\u0085\\u2028\\u2029\\u202E\\u200B\\uFEFF")]
    public void What_a_line_can_not_show_is_escaped(string text, string shown) => Assert.Equal(shown, DiagnosticText.Of(text));

    [Fact]
    public void Half_a_character_is_escaped() => Assert.Equal("a\\uD83D", DiagnosticText.Of("a" + '\ud83d'));

    [Fact]
    public void A_long_text_loses_its_middle()
    {
        Assert.Equal(400, DiagnosticText.Of(new string('a', 400)).Length);
        string shown = DiagnosticText.Of("start" + new string('a', 10_000) + "end");
        Assert.StartsWith("startaaa", shown, StringComparison.Ordinal);
        Assert.EndsWith("aaaend", shown, StringComparison.Ordinal);
        Assert.Equal(373, shown.Length);
    }

    [Fact]
    public void A_long_name_with_line_ends_gives_a_short_line()
    {
        string name = string.Concat(Enumerable.Repeat("name\\n", 2_000));
        string spec = SpecText.Member("{ \"type\": \"string\", \"" + name + "\": 1 }");
        string found = SpecAssert.Show(Assert.Single(SpecAssert.Parse(spec).Diagnostics));
        Assert.InRange(found.Length, 100, 1_500);
        Assert.DoesNotContain('\n', found);
    }
}
