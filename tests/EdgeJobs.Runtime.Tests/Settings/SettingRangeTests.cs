using System.Globalization;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Settings;

[Collection("environment")]
public sealed class SettingRangeTests
{
    private static readonly string[] Needed = ["--endpoint", "h", "--cert", "c", "--key", "k", "--thing_name", "t"];

    public static TheoryData<string, long, long> Ranges
    {
        get
        {
            TheoryData<string, long, long> ranges = [];
            foreach (Setting setting in RunSettings.All.Where(s => s.Maximum > 0))
            {
                ranges.Add(setting.Name, setting.Minimum, setting.Maximum);
            }

            return ranges;
        }
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public void Numbers_are_accepted_up_to_the_ends_of_their_range(string name, long least, long most)
    {
        SettingsReader.ReadRun([.. Needed, $"--{name}", Text(least)]);
        SettingsReader.ReadRun([.. Needed, $"--{name}", Text(most)]);
        Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, $"--{name}", Text(least - 1)]));
        UsageException e = Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, $"--{name}", Text(most + 1)]));
        Assert.Equal($"--{name}: '{most + 1}' is not valid; use a whole number from {least} to {most}", e.Message);
    }

    [Fact]
    public void A_client_id_has_at_most_128_bytes()
    {
        string most = new('ü', 64);
        Assert.Equal(most, SettingsReader.ReadRun([.. Needed, "--client_id", most]).Connection.ClientId);
        Assert.Equal(
            $"--client_id: '{most}x' is not valid; use 1 to 128 bytes of UTF-8",
            Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--client_id", most + "x"])).Message);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
