using System.Diagnostics;
using System.Text;
using EdgeJobs.Runtime.Provisioning;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>Whatever a configuration file holds, the answer is one line that names it, and exit code 2.</summary>
[Collection("environment")]
public sealed class SettingsFileTests : IDisposable
{
    private static readonly string[] Needed = ["--endpoint", "h", "--cert", "c", "--key", "k", "--thing_name", "t"];
    private readonly TestDirectory _directory = new();

    private string Settings => _directory["agent.json"];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("""{"endpoint":"\ud800"}""", "\"endpoint\": holds half of a surrogate pair (\\ud800 to \\udfff), which is no character; remove it")]
    [InlineData("""{"policy":{"users":["\udc00x"]}}""", "\"policy\": holds half of a surrogate pair")]
    [InlineData("""{"\ud800":"x"}""", "holds half of a surrogate pair")]
    [InlineData("""{"cert":"a\u0000b"}""", "\"cert\": holds a NUL character; remove \\u0000")]
    [InlineData("""{"endpoint":"a","endpoint":"b"}""", "\"endpoint\" is there twice; leave one out")]
    [InlineData("""{"endpoint":"a","Endpoint":"b"}""", "\"Endpoint\" is there twice; leave one out")]
    [InlineData("""{"policy":{"users":[],"Users":["root"]}}""", "\"Users\" is there twice; leave one out")]
    [InlineData("""{"keep_alive":{"seconds":5}}""", "\"keep_alive\" must be a text, a number, true or false, not an array or an object")]
    [InlineData("""{"keep_alive":[60]}""", "\"keep_alive\" must be a text")]
    [InlineData("""{"thing_name":[]}""", "\"thing_name\" must be a text")]
    [InlineData("""{"endpoint:x":"y"}""", "there is no setting \"endpoint:x\"")]
    [InlineData("{} {}", "the configuration file is no JSON object: ")]
    [InlineData("true", "the configuration file is no JSON object: ")]
    [InlineData("null", "the configuration file is no JSON object: ")]
    [InlineData("{", "the configuration file is no JSON object: ")]
    [InlineData("   ", "the configuration file is no JSON object: ")]
    [InlineData("\0\0\0\0", "the configuration file is no JSON object: ")]
    public void Faults_of_the_content_are_named(string json, string fault)
    {
        File.WriteAllText(Settings, json);
        AssertFault(fault);
    }

    [Theory]
    [InlineData("""{"keep_alive":1e400}""", "'1e400' is out of range; 30 to 1200")]
    [InlineData("""{"keep_alive":99999999999999999999999999}""", "'99999999999999999999999999' is out of range; 30 to 1200")]
    [InlineData("""{"keep_alive":-0}""", "'-0' is out of range; 30 to 1200")]
    [InlineData("""{"keep_alive":true}""", "'True' is out of range; 30 to 1200")]
    public void Numbers_that_are_none_are_named(string json, string fault)
    {
        File.WriteAllText(Settings, json);
        UsageException e = Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--config", Settings]));
        Assert.Equal($"\"keep_alive\" in {Settings}: {fault}", e.Message);
    }

    [Fact]
    public void Deep_nesting_is_named()
    {
        File.WriteAllText(Settings, $$"""{"policy":{"users":{{new string('[', 100_000)}}""");
        AssertFault("the configuration file is no JSON object: ");
    }

    [Fact]
    public void Bytes_that_are_no_text_are_named()
    {
        File.WriteAllBytes(Settings, [.. "{\"endpoint\":\""u8, 0xFF, .. "\"}"u8]);
        AssertFault("the configuration file is not in UTF-8; save it in that encoding");
        File.WriteAllText(Settings, "{}", Encoding.Unicode);
        AssertFault("the configuration file is not in UTF-8; save it in that encoding");
    }

    [Fact]
    public void A_byte_order_mark_comments_and_trailing_commas_are_skipped()
    {
        File.WriteAllText(Settings, "{ /* seconds */ \"keep_alive\": 31, }", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        Assert.Equal(TimeSpan.FromSeconds(31), SettingsReader.ReadRun([.. Needed, "--config", Settings]).Connection.KeepAlive);
    }

    [Fact]
    public void A_file_of_any_length_is_not_read_to_its_end()
    {
        using (FileStream file = File.Create(Settings))
        {
            file.SetLength(10_000_000_000);
        }

        AssertFault("the configuration file has more than 1048576 bytes");
        string spaces = _directory.Write("full.json", new string(' ', SettingsFile.MaxBytes - 2) + "{}");
        SettingsReader.ReadRun([.. Needed, "--config", spaces]);
    }

    [Fact]
    public void What_is_no_file_is_named_without_waiting_for_anybody()
    {
        Directory.CreateDirectory(Settings);
        AssertFault($"can't read the configuration file: {Settings}: is a directory, not a file");
        Directory.Delete(Settings);
        using Process mkfifo = Process.Start("mkfifo", Settings);
        mkfifo.WaitForExit();
        AssertFault($"can't read the configuration file: {Settings}: is a named pipe, not a file");
        UsageException e = Assert.Throws<UsageException>(() => ProvisioningParameters.Read(Settings));
        Assert.Contains("is a named pipe, not a file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_the_file_is_followed_and_an_empty_name_is_none()
    {
        File.CreateSymbolicLink(Settings, _directory.Write("real.json", "{\"keep_alive\": 31}"));
        Assert.Equal(TimeSpan.FromSeconds(31), SettingsReader.ReadRun([.. Needed, "--config", Settings]).Connection.KeepAlive);
        SettingsReader.ReadRun([.. Needed, "--config", ""]);
    }

    [Theory]
    [InlineData("""{"a":"\ud800"}""", "holds half of a surrogate pair")]
    [InlineData("""{"\ud800":"a"}""", "holds half of a surrogate pair")]
    [InlineData("""{"a":"file:a\u0000b"}""", "can't be read")]
    public void Parameters_of_a_template_that_are_no_text_are_named(string json, string fault) =>
        Assert.Contains(fault, Assert.Throws<UsageException>(() => ProvisioningParameters.Read(json)).Message, StringComparison.Ordinal);

    private void AssertFault(string fault)
    {
        UsageException e = Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--config", Settings]));
        Assert.StartsWith($"{Settings}: {fault}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }
}
