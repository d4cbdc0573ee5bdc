using System.Globalization;
using System.Text.RegularExpressions;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>The ranges in the help and in docs/reference/settings.md are the ranges that are checked.</summary>
[Collection("environment")]
public sealed partial class SettingRangeTests
{
    private static readonly string[] Needed = ["--endpoint", "h", "--cert", "c", "--key", "k", "--thing_name", "t"];

    public static TheoryData<string, long, long> Ranges
    {
        get
        {
            TheoryData<string, long, long> ranges = [];
            foreach (Setting setting in Setting.Run)
            {
                if (Range().Match(setting.Help) is { Success: true } match)
                {
                    ranges.Add(setting.Name, Number(match.Groups[1]), Number(match.Groups[2]));
                }
            }

            return ranges;
        }
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void The_range_in_the_help_is_checked_and_is_the_one_in_the_docs(string name, long least, long most)
    {
        SettingsReader.ReadRun([.. Needed, $"--{name}", Text(least)]);
        SettingsReader.ReadRun([.. Needed, $"--{name}", Text(most)]);
        Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, $"--{name}", Text(least - 1)]));
        UsageException e = Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, $"--{name}", Text(most + 1)]));
        Assert.Equal($"--{name}: '{most + 1}' is out of range; {least} to {most}", e.Message);

        string row = Assert.Single(Page(), line => line.StartsWith($"| `--{name} ", StringComparison.Ordinal));
        if (Range().Match(row) is { Success: true } match)
        {
            Assert.Equal((least, most), (Number(match.Groups[1]), Number(match.Groups[2])));
        }
    }

    [Fact]
    public void Every_setting_that_is_a_number_names_its_range() =>
        Assert.Equal(
            [.. Setting.Run.Where(s => s.Value is "SECONDS" or "MINUTES" or "MB" or "N").Select(s => s.Name).Order(StringComparer.Ordinal)],
            Ranges.Select(r => (string)r[0]).Order(StringComparer.Ordinal));

    [Fact]
    public void A_client_id_has_at_most_128_bytes_as_at_AWS()
    {
        string most = new('ü', 64);
        Assert.Equal(most, SettingsReader.ReadRun([.. Needed, "--client_id", most]).Connection.ClientId);
        Assert.Equal(
            "--client_id: has 129 bytes in UTF-8; 128 at most",
            Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--client_id", most + "x"])).Message);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(Group group) => long.Parse(group.Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    private static string[] Page()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "EdgeJobs.sln")))
            {
                return File.ReadAllLines(Path.Combine(directory.FullName, "docs", "reference", "settings.md"));
            }
        }

        throw new InvalidOperationException("there is no docs/reference/settings.md above the tests");
    }

    [GeneratedRegex("([0-9][0-9,]*) to ([0-9][0-9,]*)")]
    private static partial Regex Range();
}
