using System.Text;
using System.Text.Json;

namespace EdgeJobs.Protocol.Tests;

public class SafeTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain ASCII, C:\\new \\u001b \"quoted\"", "plain ASCII, C:\\new \\u001b \"quoted\"")]
    [InlineData("Grüße, 日本語, e\u0301, 😀", "Grüße, 日本語, e\u0301, 😀")]
    [InlineData("a\nb\r\nc\td", "a\\nb\\r\\nc\\td")]
    [InlineData("\u001b[31mred\u0007\0\u007f", "\\u001b[31mred\\u0007\\u0000\\u007f")]
    [InlineData("next\u0085line, CSI \u009b2J, \u0080", "next\\u0085line, CSI \\u009b2J, \\u0080")]
    [InlineData("\u2028 \u2029", "\\u2028 \\u2029")]
    [InlineData("\u202a\u202e\u2066\u2069\u200e\u200f\u061c", "\\u202a\\u202e\\u2066\\u2069\\u200e\\u200f\\u061c")]
    [InlineData("a\u200bb\u200d\ufeff\u00ad\u2060", "a\\u200bb\\u200d\\ufeff\\u00ad\\u2060")]
    [InlineData("\u3164\uffa0\u115f\u1160", "\\u3164\\uffa0\\u115f\\u1160")]
    [InlineData("\ue000 \uffff \u0378", "\\ue000 \\uffff \\u0378")]
    public void A_text_is_one_line_and_shows_what_it_hides(string text, string safe)
    {
        Assert.Equal(safe, SafeText.Of(text));
        Assert.Equal(safe, SafeText.Of(safe));
    }

    [Fact]
    public void Lone_surrogates_and_characters_above_U_FFFF_are_escaped_by_code_unit()
    {
        Assert.Equal("\\ud800", SafeText.Of("\ud800"));
        Assert.Equal("a\\udc00\\ud83d", SafeText.Of("a\udc00\ud83d"));
        Assert.Equal("\\udb40\\udc41\\udbff\\udfff", SafeText.Of("\U000E0041\U0010FFFF"));
    }

    [Fact]
    public void Null_is_an_empty_text() => Assert.Equal("", SafeText.Of(null));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("abcdef", 1, "…")]
    [InlineData("abc\u001b", 9, "abc\\u001b")]
    [InlineData("abc\u001b", 8, "abc…")]
    [InlineData("\u001b\u001b", 12, "\\u001b\\u001b")]
    [InlineData("\u001b\u001b", 11, "\\u001b…")]
    [InlineData("\u001b\u001b", 6, "…")]
    [InlineData("a😀b", 3, "a…")]
    [InlineData("a😀b", 4, "a😀b")]
    [InlineData("a😀bc", 4, "a😀…")]
    public void A_long_text_is_cut_between_characters(string text, int maxLength, string safe) =>
        Assert.Equal(safe, SafeText.Of(text, maxLength));

    [Fact]
    public void Lines_keeps_line_feeds_and_nothing_else()
    {
        Assert.Equal("a\nb\\r\n\\u2028\\t\\u0085", SafeText.Lines("a\nb\r\n\u2028\t\u0085"));
        Assert.Equal("a\nü\n", SafeText.Lines("a\nü\n"));
    }

    [Fact]
    public void Every_UTF_16_code_unit_is_made_safe_and_can_be_decoded()
    {
        for (int unit = 0; unit <= 0xFFFF; unit++)
        {
            string text = $"<{(char)unit}>";
            string safe = SafeText.Of(text);
            foreach (Rune rune in safe.EnumerateRunes())
            {
                Assert.True(SafeText.IsSafe(rune), $"U+{unit:X4} becomes {safe}");
            }

            Assert.True(TextRules.HasNoControls(safe), $"U+{unit:X4} becomes {safe}");
            if (!char.IsSurrogate((char)unit) && unit is not ('"' or '\\'))
            {
                Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{safe}\""));
            }
        }
    }

    [Fact]
    public void A_safe_text_is_not_copied()
    {
        string text = "Straße 1";
        Assert.Same(text, SafeText.Of(text));
        Assert.Same(text, SafeText.Lines(text));
    }
}
