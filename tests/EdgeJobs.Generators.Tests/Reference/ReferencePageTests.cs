using System.Text.RegularExpressions;
using EdgeJobs.Generators.Model;
using EdgeJobs.Reference;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Reference;

/// <summary>The reference page of a spec.</summary>
public sealed class ReferencePageTests
{
    private const string Renew =
        "dotnet run --project generators/EdgeJobs.Reference -- topics.json docs/reference/jobs-api.md --namespace EdgeJobs.Protocol";

    private static readonly string Everything = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json"));

    [Fact]
    public void The_page_of_the_Jobs_spec_is_current()
    {
        SpecModel model = SpecAssert.Parse(File.ReadAllText(Repository.PathOf("topics.json")), "EdgeJobs.Protocol").Model!;
        string file = Repository.PathOf("docs/reference/jobs-api.md");
        Assert.True(
            File.Exists(file) && File.ReadAllText(file).ReplaceLineEndings("\n") == ReferencePage.Write(model, "topics.json"),
            "docs/reference/jobs-api.md does not say what topics.json says; renew it: " + Renew);
    }

    [Fact]
    public void Everything_of_a_spec_is_on_its_page()
    {
        SpecModel model = SpecAssert.Model(Everything);
        string page = ReferencePage.Write(model, "everything.topics.json");
        Assert.All(model.Operations, o => Assert.Contains("### " + o.Id + "\n", page, StringComparison.Ordinal));
        Assert.All(
            model.Channels,
            c => Assert.Contains($"| {c.Id} | {(c.HasAddress ? $"`{c.Address}`" : "known at run time")} |", page, StringComparison.Ordinal));
        Assert.All(model.Types, t => Assert.Contains("### " + t.Name + "\n", page, StringComparison.Ordinal));
        Assert.All(
            model.Types.OfType<ObjectModel>().SelectMany(t => t.Members),
            m => Assert.Contains("| `" + Cell(m.JsonName) + "` |", page, StringComparison.Ordinal));
        Assert.All(
            model.Types.OfType<UnionModel>().SelectMany(t => t.Alternatives),
            a => Assert.Contains(
                "| `" + a.Wire + "` | [" + a.Type + "](#" + a.Type.ToLowerInvariant() + ") |", page, StringComparison.Ordinal));
        Assert.All(
            model.Types.OfType<EnumModel>().SelectMany(t => t.Values),
            v => Assert.Contains("| `" + Cell(v.Wire) + "` | `" + v.Name + "` |", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_link_leads_to_a_heading()
    {
        foreach (string spec in new[] { Everything, File.ReadAllText(Repository.PathOf("topics.json")) })
        {
            string page = ReferencePage.Write(SpecAssert.Model(spec), "topics.json");
            HashSet<string> headings =
                [.. Regex.Matches(page, "^#+ (.*)$", RegexOptions.Multiline).Select(m => m.Groups[1].Value.ToLowerInvariant())];
            MatchCollection links = Regex.Matches(page, @"\]\(#([^)]+)\)");
            Assert.NotEmpty(links);
            Assert.All(links, link => Assert.Contains(link.Groups[1].Value, headings));
        }
    }

    /// <summary>A bar in a description would end the cell of a table.</summary>
    [Fact]
    public void Every_row_of_a_table_has_its_columns()
    {
        string page = ReferencePage.Write(
            SpecAssert.Model(SpecText.Member("""{ "type": "string", "description": "a | b\nor <c>", "enum": ["x|y"] }""")), "topics.json");
        foreach (string table in page.Split("\n\n").Where(block => block.StartsWith('|')))
        {
            Assert.Single(table.Trim().Split('\n').Select(row => Regex.Count(row, @"(?<!\\)\|")).Distinct());
        }

        Assert.Contains("a \\| b or &lt;c>", page, StringComparison.Ordinal);
    }

    private static string Cell(string text) =>
        text.Replace("\n", " ", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
}
