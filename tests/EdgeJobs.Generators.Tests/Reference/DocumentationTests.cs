using System.Text.RegularExpressions;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Reference;

/// <summary>The Markdown files of the repository.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] NotOurs =
    [
        ".git", "artifacts", "bin", "BenchmarkDotNet.Artifacts", "node_modules", "obj", "TestResults",
    ];

    private static readonly string[] CodeFolders =
    [
        "src", "src/EdgeJobs.Client", "src/EdgeJobs.LocalCloud", "src/EdgeJobs.Protocol", "src/EdgeJobs.Runtime",
        "generators", "generators/EdgeJobs.Generators", "tests",
    ];

    private static readonly string[] CodeMaps = ["ARCHITECTURE.md", "CONTRIBUTING.md"];

    private static readonly Dictionary<string, string> Pages =
        Files(new DirectoryInfo(Repository.Root), "*.md").ToDictionary(f => f.FullName, f => File.ReadAllText(f.FullName));

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
                string path = link.Groups["file"].Value;
                string file = path.Length > 0 ? Path.GetFullPath(path, Path.GetDirectoryName(page)!) : page;
                string anchor = link.Groups["anchor"].Value;
                bool hasHeading = anchor.Length == 0 || (Pages.TryGetValue(file, out string? target) && Anchors(target).Contains(anchor));
                if (!Path.Exists(file) || !hasHeading)
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
        IEnumerable<string> pages = Pages.Keys
            .Select(p => Path.GetRelativePath(Repository.Root, p))
            .Where(p => p.StartsWith("docs/", StringComparison.Ordinal));
        Assert.All(pages, p => Assert.Contains($"]({p})", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_test_that_a_page_names_exists()
    {
        string[] named = [.. Pages.Values.SelectMany(text => TestFilter().Matches(text)).Select(m => m.Groups[1].Value).Distinct()];
        string sources = Sources("tests");
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, sources, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_ARCHITECTURE_and_CONTRIBUTING_name_exists()
    {
        string sources = Sources("src") + Sources("generators") + Sources("tests");
        HashSet<string> types = [.. Declaration().Matches(sources).Select(m => m.Groups[1].Value)];
        IEnumerable<string> text = CodeMaps.Select(f => Block().Replace(Pages[Repository.PathOf(f)], ""));
        string[] missing =
        [
            .. text.SelectMany(t => Quoted().Matches(t)).Select(m => m.Groups[1].Value).Distinct()
                .Where(name => OwnPath().IsMatch(name)
                    ? !Path.Exists(Repository.PathOf(name))
                    : Name().Match(name) is { Success: true } match && !Exists(match)),
        ];
        Assert.Empty(missing);

        bool Exists(Match name) => types.Contains(name.Groups[1].Value)
            ? name.Groups[2].Value is "" || Regex.IsMatch(sources, $@"\b{name.Groups[2].Value}\b")
            : Array.Exists(CodeFolders, folder => Directory.Exists(Repository.PathOf(folder, name.Value)));
    }

    [Fact]
    public void The_README_has_fewer_than_150_lines() =>
        Assert.InRange(Pages[Repository.PathOf("README.md")].Count(c => c == '\n'), 1, 149);

    private static IEnumerable<FileInfo> Files(DirectoryInfo directory, string pattern) =>
        directory.EnumerateFiles(pattern)
            .Concat(directory.EnumerateDirectories().Where(d => !NotOurs.Contains(d.Name)).SelectMany(d => Files(d, pattern)));

    private static string Sources(string directory) =>
        string.Concat(Files(new DirectoryInfo(Repository.PathOf(directory)), "*.cs").Select(f => File.ReadAllText(f.FullName)));

    // GitHub's anchors: lower case, without punctuation, hyphens for spaces, a number after the second of a name.
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

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum) (?:struct |class )?([A-Z]\w*)")]
    private static partial Regex Declaration();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex("^(src|tests|generators|docs|bench|packaging|eng)(/|$)")]
    private static partial Regex OwnPath();

    [GeneratedRegex(@"^([A-Z][a-z]\w*|I[A-Z]\w*)(?:\.(\w+))?(?:<T>)?$")]
    private static partial Regex Name();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex Punctuation();
}
