using System.Xml.Linq;
using EdgeJobs.Generators.Emit;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>Any text of a spec gives documentation that is XML.</summary>
public sealed class DescriptionTests
{
    private static readonly string[] Parts =
    [
        "`", "``", "<", ">", "&", "&amp;", "\"", "'", "<http://a", "<https://b.c/d?e=f&g=h>", "https://i", "<c>", "</summary>", "<see/>",
        "]]>", "<!--", "--", "*/", "\\", "{", "}", " ", "x", "\n", "\r", "\t", "\u0001", "\u0085", "\u2028", "\ufffe", "\ud83d",
        "\ude00", "😀",
    ];

    [Theory]
    [InlineData("<http://a`b>`", "&lt;http://a<c>b&gt;</c>")]
    [InlineData("`<http://a>`", "<c><see href=\"http://a\"/></c>")]
    [InlineData("`a <http://b` c>", "<c>a &lt;http://b</c> c&gt;")]
    [InlineData("<http://a?b=1&c=2>", "<see href=\"http://a?b=1&amp;c=2\"/>")]
    public void A_link_has_no_code_in_it(string text, string xml) => Assert.Equal(xml, Documentation.Xml(text));

    [Fact]
    public void Random_texts_are_XML()
    {
        Random random = new(20261130);
        for (int run = 0; run < RandomInputs.Count(20_000); run++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Parts[random.Next(Parts.Length)]));
            foreach (string xml in new[] { Documentation.Xml(text), Summary(text) })
            {
                Exception? fault = Record.Exception(() => XElement.Parse("<r>" + xml + "</r>"));
                Assert.True(fault is null, $"{text}\n{xml}\n{fault?.Message}");
            }
        }
    }

    /// <summary>A summary as the compiler sees it; each of its lines must be a comment.</summary>
    private static string Summary(string text)
    {
        string[] lines = Documentation.Summary(text).ToString().Split('\n', '\r', '\u0085', '\u2028', '\u2029');
        return string.Join("\n", lines.Select(line =>
        {
            Assert.StartsWith("///", line.TrimStart(), StringComparison.Ordinal);
            return line.TrimStart()[3..];
        }));
    }
}
