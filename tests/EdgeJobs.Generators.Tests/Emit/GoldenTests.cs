using EdgeJobs.Generators.Tests.Pipeline;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Emit;

/// <summary>
/// Compares the generated files with those checked in under Golden, so that a change of the generator shows its effect in the diff.
/// </summary>
public sealed class GoldenTests
{
    private const string WriteVariable = "EDGEJOBS_REWRITE";
    private const string Directory = "tests/EdgeJobs.Generators.Tests/Golden";
    private const string Rewrite =
        $"To accept the output: {WriteVariable}=1 dotnet test tests/EdgeJobs.Generators.Tests --filter GoldenTests";

    [Theory]
    [InlineData("topics", "topics.json")]
    [InlineData("everything", "tests/EdgeJobs.Generators.Tests/Specs/everything.topics.json")]
    [InlineData("payloads", "tests/EdgeJobs.Generators.Tests/Specs/payloads.topics.json")]
    public void Output_equals_the_golden_files(string golden, string spec)
    {
        string directory = Repository.PathOf(Directory, golden);
        SortedDictionary<string, string> output = Output(File.ReadAllText(Repository.PathOf(spec)));
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            Write(directory, output);
        }

        SortedDictionary<string, string> expected = Read(directory);
        string[] differences = [.. expected.Keys.Union(output.Keys).Select(file => Difference(file, expected, output)).OfType<string>()];
        Assert.True(
            differences.Length == 0,
            $"{directory}: {differences.Length} files differ.\n{string.Join("\n", differences.Take(5))}\n{Rewrite}");
    }

    [Fact]
    public void A_difference_names_the_first_differing_line() =>
        Assert.Equal(
            "A.g.cs(2):\n  golden: b\n  output: c", Difference("A.g.cs", new() { ["A.g.cs"] = "a\nb\n" }, new() { ["A.g.cs"] = "a\nc\n" }));

    private static SortedDictionary<string, string> Output(string spec)
    {
        SpecProject project = new(("topics.json", spec));
        Assert.Empty(project.Result.Diagnostics);
        return new(
            project.Result.GeneratedSources.ToDictionary(s => s.HintName["Test.Specs.".Length..], s => s.SourceText.ToString()),
            StringComparer.Ordinal);
    }

    private static SortedDictionary<string, string> Read(string directory) =>
        new(System.IO.Directory.GetFiles(directory).ToDictionary(f => Path.GetFileName(f), File.ReadAllText), StringComparer.Ordinal);

    private static void Write(string directory, SortedDictionary<string, string> output)
    {
        System.IO.Directory.CreateDirectory(directory);
        foreach (string file in System.IO.Directory.GetFiles(directory))
        {
            File.Delete(file);
        }

        foreach ((string file, string text) in output)
        {
            File.WriteAllText(Path.Combine(directory, file), text);
        }
    }

    /// <summary>The first line in which two versions of a file differ, or null when they are equal.</summary>
    private static string? Difference(string file, SortedDictionary<string, string> expected, SortedDictionary<string, string> output)
    {
        if (!expected.TryGetValue(file, out string? golden))
        {
            return file + ": no golden file";
        }

        if (!output.TryGetValue(file, out string? text))
        {
            return file + ": the generator no longer writes it";
        }

        if (golden == text)
        {
            return null;
        }

        (string[] before, string[] after) = (golden.Split('\n'), text.Split('\n'));
        int line = 0;
        while (line < before.Length && line < after.Length && before[line] == after[line])
        {
            line++;
        }

        return $"{file}({line + 1}):\n  golden: {LineOf(before, line)}\n  output: {LineOf(after, line)}";
    }

    private static string LineOf(string[] lines, int line) => line < lines.Length ? lines[line] : "(end of file)";
}
