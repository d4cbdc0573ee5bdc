using System.Diagnostics;
using System.Text.RegularExpressions;
using EdgeJobs.Runtime;
using EdgeJobs.Testing;

namespace EdgeJobs.Agent.Tests;

/// <summary>The file VERSION is the only place of the version; the documentation repeats it.</summary>
public sealed partial class VersionTests
{
    private static readonly string Version = File.ReadAllText(Repository.PathOf("VERSION")).Trim();

    [Fact]
    public void The_libraries_have_the_version_of_the_file() => Assert.Equal(Version, EdgeJobsAgent.Version);

    [Fact]
    public void The_documentation_and_the_consumers_of_the_packages_name_this_version()
    {
        (string File, string Version)[] named =
        [
            .. Files("docs", "*.md").Concat(Files("src", "README.md")).Concat(Files("tests", "*.csproj"))
                .SelectMany(file => PackageReference().Matches(File.ReadAllText(file)).Select(match => (file, match.Groups[1].Value))),
        ];
        Assert.True(named.Length > 5, $"only {named.Length} references found");
        Assert.All(named, n => Assert.True(n.Version == Version, $"{n.File} names version {n.Version}, not {Version}"));
    }

    [Theory]
    [InlineData("commit 1234, 2026-11-30", "edgejobs 0.1.0 (commit 1234, 2026-11-30)")]
    [InlineData("", "edgejobs 0.1.0")]
    public async Task Version_shows_the_commit_if_it_is_known(string commit, string expected)
    {
        using StringWriter output = new();
        EdgeJobsAgentBuilder agent = EdgeJobsAgent.CreateBuilder(["--version"]);
        agent.Commit = commit;
        await agent.RunAsync("edgejobs", output, TextWriter.Null);

        Assert.Equal(expected.Replace("0.1.0", Version, StringComparison.Ordinal), output.ToString().TrimEnd('\n'));
    }

    [Fact]
    public async Task The_agent_is_built_with_its_commit()
    {
        if (!Path.Exists(Repository.PathOf(".git")))
        {
            Assert.DoesNotContain("$Format", SourceCommit.Text, StringComparison.Ordinal);
            return;
        }

        ProcessStartInfo git = new("git", ["log", "--format=commit %H, %cs"])
        {
            WorkingDirectory = Repository.PathOf("."),
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(git)!;
        string[] commits = (await process.StandardOutput.ReadToEndAsync()).Split('\n');

        // Not necessarily the newest: a build without changes does not have to repeat it.
        Assert.Contains(SourceCommit.Text, commits);
    }

    private static string[] Files(string directory, string pattern) =>
        Directory.GetFiles(Repository.PathOf(directory), pattern, SearchOption.AllDirectories);

    [GeneratedRegex("Include=\"EdgeJobs\\.[A-Za-z]+\" Version=\"([^\"]+)\"")]
    private static partial Regex PackageReference();
}
