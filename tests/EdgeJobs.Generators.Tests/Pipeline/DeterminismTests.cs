using System.Globalization;
using System.Text;
using EdgeJobs.Testing;

namespace EdgeJobs.Generators.Tests.Pipeline;

/// <summary>The same spec gives the same bytes: in every run, culture, directory, line ending and order of files.</summary>
public sealed class DeterminismTests
{
    private static readonly string Jobs = File.ReadAllText(Repository.PathOf("topics.json"));

    private static readonly string Everything = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Specs", "everything.topics.json"));

    private static readonly string Expected = Files(new SpecProject(("topics.json", Jobs), ("everything.topics.json", Everything)));

    [Fact]
    public void Two_runs_generate_the_same_bytes() =>
        Assert.Equal(Expected, Files(new SpecProject(("topics.json", Jobs), ("everything.topics.json", Everything))));

    [Theory]
    [InlineData("tr-TR")] // i and I are not one letter
    [InlineData("de-DE")] // 1.000,5
    [InlineData("ar-SA")] // another calendar
    [InlineData("fa-IR")] // other digits
    [InlineData("th-TH")] // another collation
    [InlineData("sv-SE")] // another minus sign
    public void Every_culture_generates_the_same_bytes(string culture)
    {
        (CultureInfo before, CultureInfo ui) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Foreign(culture);
            Assert.Equal(Expected, Files(new SpecProject(("topics.json", Jobs), ("everything.topics.json", Everything))));
        }
        finally
        {
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (before, ui);
        }
    }

    [Theory]
    [InlineData("\r\n", false)]
    [InlineData("\r", false)]
    [InlineData("\n", true)]
    [InlineData("\r\n", true)]
    public void Line_endings_and_a_byte_order_mark_make_no_difference(string newLine, bool mark)
    {
        Assert.Equal(Expected, Files(new SpecProject(("topics.json", Saved(Jobs)), ("everything.topics.json", Saved(Everything)))));

        // As an editor on another system saves the file and the compiler reads it.
        string Saved(string text)
        {
            using MemoryStream file = new(
                [.. mark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text.ReplaceLineEndings(newLine))]);
            return Microsoft.CodeAnalysis.Text.SourceText.From(file, Encoding.UTF8).ToString();
        }
    }

    [Theory]
    [InlineData("/home/dev/a b/")]
    [InlineData("C:\\Users\\dev\\src\\")]
    [InlineData("../../")]
    public void The_directory_makes_no_difference(string directory) =>
        Assert.Equal(
            Expected, Files(new SpecProject((directory + "topics.json", Jobs), (directory + "everything.topics.json", Everything))));

    [Fact]
    public void The_order_of_the_files_makes_no_difference() =>
        Assert.Equal(Expected, Files(new SpecProject(("everything.topics.json", Everything), ("topics.json", Jobs))));

    [Fact]
    public void An_edit_and_its_reversal_generate_the_same_bytes()
    {
        SpecProject project = new(("topics.json", Jobs), ("everything.topics.json", Everything));
        project.EditSpec("topics.json", Jobs.Replace("{thingName}", "{thing}", StringComparison.Ordinal));
        project.EditSpec("topics.json", Everything.Replace("\"title\"", "\"titel\"", StringComparison.Ordinal));
        project.EditSpec("topics.json", Jobs);
        Assert.Equal(Expected, Files(project));
    }

    [Fact]
    public void The_text_has_one_kind_of_line_ending_and_no_byte_order_mark()
    {
        Assert.DoesNotContain('\r', Expected);
        Assert.DoesNotContain('\uFEFF', Expected);
    }

    /// <summary>
    /// A culture with an unusual decimal separator, group separator and minus sign, also if the build is culture-invariant.
    /// </summary>
    private static CultureInfo Foreign(string name)
    {
        CultureInfo culture = (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.NegativeSign = "\u2212";
        return culture;
    }

    /// <summary>Each file with its name and all of its text.</summary>
    private static string Files(SpecProject project)
    {
        Assert.Empty(project.Result.Diagnostics);
        return string.Join("\n", project.Result.GeneratedSources
            .OrderBy(s => s.HintName, StringComparer.Ordinal)
            .Select(s => "== " + s.HintName + "\n" + s.SourceText));
    }
}
