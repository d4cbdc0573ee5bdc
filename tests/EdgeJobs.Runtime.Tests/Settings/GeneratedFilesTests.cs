using EdgeJobs.Runtime.Tests.Commands;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>The files that are generated from the tables of settings and commands.</summary>
public sealed class GeneratedFilesTests
{
    private const string Rewrite = "EDGEJOBS_REWRITE";

    [Fact]
    public void The_settings_page_is_up_to_date() => AssertFile(SettingsPage.Path, SettingsPage.Write());

    [Fact]
    public void The_JSON_schema_is_up_to_date() => AssertFile(SettingsSchema.Path, SettingsSchema.Write());

    [Fact]
    public void The_manual_pages_are_up_to_date()
    {
        AssertFile(ManPages.CommandPath, ManPages.WriteCommand());
        AssertFile(ManPages.FilePath, ManPages.WriteFile());
    }

    [Fact]
    public void The_completions_are_up_to_date()
    {
        AssertFile(Completions.BashPath, Completions.WriteBash());
        AssertFile(Completions.ZshPath, Completions.WriteZsh());
        AssertFile(Completions.FishPath, Completions.WriteFish());
    }

    private static void AssertFile(string path, string expected)
    {
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(
            File.Exists(path) && File.ReadAllText(path) == expected,
            $"{path} is not up to date; run: {Rewrite}=1 dotnet test tests/EdgeJobs.Runtime.Tests -c Release --filter {nameof(GeneratedFilesTests)}");
    }
}
