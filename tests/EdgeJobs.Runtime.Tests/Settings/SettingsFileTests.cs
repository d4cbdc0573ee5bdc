using System.Diagnostics;
using System.Text;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>A bad configuration file leads to one line that names the file, and exit code 2.</summary>
[Collection("environment")]
public sealed class SettingsFileTests : IDisposable
{
    private static readonly string[] Needed = ["--endpoint", "h", "--cert", "c", "--key", "k", "--thing_name", "t"];
    private readonly TestDirectory _directory = new();

    private string Settings => _directory["agent.json"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("""{"endpoint":"\ud800"}""",
        "\"endpoint\" in FILE: contains half of a surrogate pair (\\ud800 to \\udfff), which is not a character; remove it")]
    [InlineData("""{"policy":{"users":["\udc00x"]}}""", "\"policy.users.0\" in FILE: contains half of a surrogate pair")]
    [InlineData("""{"\ud800":"x"}""", "FILE: contains half of a surrogate pair")]
    [InlineData("""{"cert":"a\u0000b"}""", "\"cert\" in FILE: contains a NUL character; remove \\u0000")]
    [InlineData("""{"endpoint":"a","endpoint":"b"}""", "\"endpoint\" in FILE: occurs twice; remove one")]
    [InlineData("""{"endpoint":"a","Endpoint":"b"}""", "\"Endpoint\" in FILE: occurs twice; remove one")]
    [InlineData("""{"policy":{"users":[],"Users":["root"]}}""", "\"policy.Users\" in FILE: occurs twice; remove one")]
    [InlineData("""{"keep_alive":{"seconds":5}}""",
        "\"keep_alive\" in FILE: must be a string, a number, true or false, not an array or an object")]
    [InlineData("""{"keep_alive":[60]}""", "\"keep_alive\" in FILE: must be a string")]
    [InlineData("""{"thing_name":[]}""", "\"thing_name\" in FILE: must be a string")]
    [InlineData("""{"endpoint:x":"y"}""",
        "FILE: unknown setting \"endpoint:x\", did you mean \"endpoint\"?; edgejobs run --help lists all settings")]
    [InlineData("{} {}", "FILE: the configuration file is not a JSON object")]
    [InlineData("true", "FILE: the configuration file is not a JSON object")]
    [InlineData("null", "FILE: the configuration file is not a JSON object")]
    [InlineData("{", "FILE: the configuration file is not a JSON object")]
    [InlineData("   ", "FILE: the configuration file is not a JSON object")]
    [InlineData("\0\0\0\0", "FILE: the configuration file is not a JSON object")]
    public void A_file_with_bad_content_is_rejected(string json, string fault)
    {
        File.WriteAllText(Settings, json);
        AssertFault(fault);
    }

    [Theory]
    [InlineData("""{"keep_alive":1e400}""", "'1e400' is not valid; use a whole number from 30 to 1200")]
    [InlineData("""{"keep_alive":99999999999999999999999999}""",
        "'99999999999999999999999999' is not valid; use a whole number from 30 to 1200")]
    [InlineData("""{"keep_alive":-0}""", "'-0' is not valid; use a whole number from 30 to 1200")]
    [InlineData("""{"keep_alive":true}""", "'True' is not valid; use a whole number from 30 to 1200")]
    public void A_value_that_is_not_a_number_is_rejected(string json, string fault)
    {
        File.WriteAllText(Settings, json);
        UsageException e = Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--config", Settings]));
        Assert.Equal($"\"keep_alive\" in {Settings}: {fault}", e.Message);
    }

    [Fact]
    public void A_deeply_nested_file_is_rejected()
    {
        File.WriteAllText(Settings, $$"""{"policy":{"users":{{new string('[', 100_000)}}""");
        AssertFault("FILE: the configuration file is not a JSON object");
    }

    [Fact]
    public void A_file_that_is_not_UTF8_is_rejected()
    {
        File.WriteAllBytes(Settings, [.. "{\"endpoint\":\""u8, 0xFF, .. "\"}"u8]);
        AssertFault("FILE: the configuration file is not in UTF-8; save it as UTF-8");
        File.WriteAllText(Settings, "{}", Encoding.Unicode);
        AssertFault("FILE: the configuration file is not in UTF-8; save it as UTF-8");
    }

    [Fact]
    public void A_byte_order_mark_comments_and_trailing_commas_are_skipped()
    {
        File.WriteAllText(Settings, "{ /* seconds */ \"keep_alive\": 31, }", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(TimeSpan.FromSeconds(31), SettingsReader.ReadRun([.. Needed, "--config", Settings]).Connection.KeepAlive);
    }

    [Fact]
    public void A_file_that_is_too_large_is_rejected_unread()
    {
        using (FileStream file = File.Create(Settings))
        {
            file.SetLength(10_000_000_000);
        }

        AssertFault("FILE: the configuration file is larger than 1048576 bytes");
        string spaces = _directory.Write("full.json", new string(' ', SettingsFile.MaxBytes - 2) + "{}");
        SettingsReader.ReadRun([.. Needed, "--config", spaces]);
    }

    [Fact]
    public void A_directory_or_a_pipe_is_rejected_without_blocking()
    {
        Directory.CreateDirectory(Settings);
        AssertFault($"FILE: cannot read the configuration file: {Settings}: is a directory, not a file");
        Directory.Delete(Settings);
        using Process mkfifo = Process.Start("mkfifo", Settings);
        mkfifo.WaitForExit();
        AssertFault($"FILE: cannot read the configuration file: {Settings}: is a named pipe, not a file");
        UsageException e = Assert.Throws<UsageException>(() => ProvisioningParameters.Read(Settings));
        Assert.Contains("is a named pipe, not a file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_the_file_is_followed_and_an_empty_name_means_no_file()
    {
        File.CreateSymbolicLink(Settings, _directory.Write("real.json", "{\"keep_alive\": 31}"));
        Assert.Equal(TimeSpan.FromSeconds(31), SettingsReader.ReadRun([.. Needed, "--config", Settings]).Connection.KeepAlive);
        SettingsReader.ReadRun([.. Needed, "--config", ""]);
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""", "holds half of a surrogate pair")]
    [InlineData("""{"\ud800":"a"}""", "holds half of a surrogate pair")]
    [InlineData("""{"a":"file:a\u0000b"}""", "can't be read")]
    public void Template_parameters_that_are_not_valid_text_are_rejected(string json, string fault) =>
        Assert.Contains(fault, Assert.Throws<UsageException>(() => ProvisioningParameters.Read(json)).Message, StringComparison.Ordinal);

    private void AssertFault(string fault)
    {
        UsageException e = Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--config", Settings]));
        Assert.StartsWith(fault.Replace("FILE", Settings, StringComparison.Ordinal), e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
