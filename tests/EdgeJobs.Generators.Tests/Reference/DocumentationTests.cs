using System.Text.RegularExpressions;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Reference;

/// <summary>The Markdown files of the repository.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] NotOurs = [".git", "artifacts", "bin", "BenchmarkDotNet.Artifacts", "node_modules", "obj", "TestResults"];

    private static readonly Dictionary<string, string> Pages = Markdown(new DirectoryInfo(Repository.Root)).ToDictionary(f => f.FullName, f => File.ReadAllText(f.FullName));

    [Fact]
    public void Every_link_resolves_to_a_file_and_a_heading()
    {
        List<string> broken = [];
        int links = 0;
        foreach ((string page, string text) in Pages)
        {
            foreach (Match link in Link().Matches(Code().Replace(text, "")))
            {
                links++;
                string file = link.Groups["file"].Value is { Length: > 0 } path ? Path.GetFullPath(path, Path.GetDirectoryName(page)!) : page;
                string anchor = link.Groups["anchor"].Value;
                if (!Path.Exists(file) || (anchor.Length > 0 && !(Pages.TryGetValue(file, out string? target) && Anchors(target).Contains(anchor))))
                {
                    broken.Add($"{Path.GetRelativePath(Repository.Root, page)}: {link.Value}");
                }
            }
        }

        Assert.NotEqual(0, links);
        Assert.Empty(broken);
    }

    [Fact]
    public void Every_page_of_the_documentation_is_linked_from_the_README()
    {
        string readme = Pages[Repository.PathOf("README.md")];
        IEnumerable<string> pages = Pages.Keys.Select(p => Path.GetRelativePath(Repository.Root, p)).Where(p => p.StartsWith("docs/", StringComparison.Ordinal));
        Assert.All(pages, p => Assert.Contains($"]({p})", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_test_that_a_page_names_exists()
    {
        string[] named = [.. Pages.Values.SelectMany(text => TestFilter().Matches(text)).Select(m => m.Groups[1].Value).Distinct()];
        string sources = string.Concat(Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories).Select(f => f + File.ReadAllText(f)));
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, sources, StringComparison.Ordinal));
    }

    [Fact]
    public void The_README_has_fewer_than_150_lines() =>
        Assert.InRange(Pages[Repository.PathOf("README.md")].Count(c => c == '\n'), 1, 149);

    private static IEnumerable<FileInfo> Markdown(DirectoryInfo directory) =>
        directory.EnumerateFiles("*.md").Concat(directory.EnumerateDirectories().Where(d => !NotOurs.Contains(d.Name)).SelectMany(Markdown));

    // GitHub's anchors: lower case, without punctuation, hyphens for spaces, a number behind the second of a name.
    private static HashSet<string> Anchors(string page)
    {
        Dictionary<string, int> seen = [];
        HashSet<string> anchors = [];
        foreach (Match heading in Heading().Matches(Block().Replace(page, "")))
        {
            string anchor = Punctuation().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-');
            seen[anchor] = seen.TryGetValue(anchor, out int count) ? count + 1 : 0;
            anchors.Add(seen[anchor] == 0 ? anchor : $"{anchor}-{seen[anchor]}");
        }

        return anchors;
    }

    [GeneratedRegex(@"\]\((?![a-z]+://)(?<file>[^)#\s]*)(#(?<anchor>[^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"FullyQualifiedName!?~(\w+)")]
    private static partial Regex TestFilter();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex Punctuation();
}
