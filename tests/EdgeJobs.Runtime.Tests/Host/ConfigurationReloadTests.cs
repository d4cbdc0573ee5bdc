using System.Reflection;
using System.Text.Json.Nodes;
using EdgeJobs.Runtime.Host;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Tests.Host;

[Collection("environment")]
public sealed class ConfigurationReloadTests : IDisposable
{
    private const string Template = "provisioning_template";
    private const string Direct = """{"endpoint": "h", "cert": "c", "key": "k", "thing_name": "t"}""";
    private const string Provisioned = """{"endpoint": "h", "provisioning_template": "t"}""";

    private readonly TestDirectory _directory = new();
    private readonly StringWriter _written = new();

    public static TheoryData<string> AllSettings => [.. RunSettings.All.Select(s => s.Name)];

    public static TheoryData<string> AllOfPolicy => [.. typeof(ExecutionPolicy).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Select(p => p.Name)];

    public void Dispose()
    {
        _directory.Dispose();
        _written.Dispose();
    }

    [Fact]
    public void The_log_level_changes_at_once_other_changes_are_logged_and_a_bad_file_changes_nothing()
    {
        string file = _directory.Write("c.json", Direct);
        string[] words = ["--config", file];
        SettingsReader.ReadRun(words, out SettingValues used);
        StderrLogger logger = new(_written, LogLevel.Information, journald: true, TimeProvider.System);

        _directory.Write("c.json", """{"endpoint": "other", "cert": "c", "key": "k", "thing_name": "t", "log_level": "debug", "stop_grace": 3, "poll_interval": 0}""");
        ConfigurationReload.Reload(words, used, logger);
        Assert.Equal(LogLevel.Debug, logger.Minimum);
        Assert.Contains("the log level is Debug; endpoint, poll_interval, stop_grace changed and will apply from the next start",
            _written.ToString(), StringComparison.Ordinal);

        foreach (string bad in (string[])["{", """{"endpoint":"\ud800"}""", """{"endpoint":"\u0000"}"""])
        {
            _written.GetStringBuilder().Clear();
            _directory.Write("c.json", bad);
            ConfigurationReload.Reload(words, used, logger);
            Assert.Equal(LogLevel.Debug, logger.Minimum);
            Assert.Contains("nothing is changed", _written.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(AllSettings))]
    public void Every_setting_that_changes_is_logged_without_its_value(string name)
    {
        if (name is "config" or "log_level")
        {
            // The first comes from the command line or the environment, which do not change; the second applies at once.
            return;
        }

        Setting setting = RunSettings.All.Single(s => s.Name == name);
        string others = name == Template || setting.Needs == Template ? Provisioned : Direct;
        (JsonObject before, JsonObject after) = (Parse(others), Parse(others));
        if (name == "proxy_password_file")
        {
            before["proxy"] = "http://user@proxy";
            after["proxy"] = "http://user@proxy";
        }

        after[name] = OtherValueOf(setting);
        AssertNamed(before, after, name);
        AssertNamed(after, before, name);
        Assert.DoesNotContain("PLANTED", _written.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AllOfPolicy))]
    public void Every_member_of_the_policy_that_changes_is_logged(string member)
    {
        JsonObject without = Parse("""{"endpoint": "h", "cert": "c", "key": "k", "thing_name": "t", "policy": {}}""");
        JsonObject with = Parse("""{"endpoint": "h", "cert": "c", "key": "k", "thing_name": "t", "policy": {}}""");
        (string name, bool isSwitch) = member switch
        {
            nameof(ExecutionPolicy.IsStrict) => ("strict", true),
            nameof(ExecutionPolicy.AllowsHttp) => (PolicyReader.AllowHttp, true),
            nameof(ExecutionPolicy.ForbidsDowngrades) => (PolicyReader.ForbidDowngrades, true),
            nameof(ExecutionPolicy.RequiresSignatures) => (PolicyReader.RequireSignatures, true),
            _ => (char.ToLowerInvariant(member[0]) + member[1..], false),
        };
        with["policy"]![name] = isSwitch ? true : new JsonArray("/a");
        AssertNamed(without, with, "policy");
        AssertNamed(with, without, "policy");
        if (!isSwitch)
        {
            JsonObject more = Parse(with.ToJsonString());
            ((JsonArray)more["policy"]![name]!).Add("/b");
            AssertNamed(with, more, "policy");
            AssertNamed(more, with, "policy");
        }
    }

    [Fact]
    public void A_policy_that_is_added_or_removed_is_logged_and_one_that_stays_is_not()
    {
        JsonObject without = Parse(Direct);
        JsonObject with = Parse("""{"endpoint": "h", "cert": "c", "key": "k", "thing_name": "t", "policy": {}}""");
        AssertNamed(without, with, "policy");
        AssertNamed(with, without, "policy");
        Assert.Contains("no other setting has changed", Reloaded(with,
            Parse("""{"Policy": {}, "Thing_Name": "t", "endpoint": "h", "cert": "c", "key": "k"}""")), StringComparison.Ordinal);
    }

    /// <summary>A valid value that is neither the default nor in the files of this test.</summary>
    private static JsonNode OtherValueOf(Setting setting) => setting switch
    {
        { IsBoolean: true } => setting.Default != "true",
        { Maximum: > 0 } => setting.Minimum + 3,
        { Choices: { } choices } => choices.First(choice => choice != setting.Default),
        { Name: "proxy" } => "http://user:PLANTED@proxy",
        { Name: "provisioning_parameters" } => """{"a": "b"}""",
        { Value: "DIR" } => "/other",
        _ => "other",
    };

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;

    private void AssertNamed(JsonObject before, JsonObject after, string name) =>
        Assert.Contains($"the log level is Information; {name} changed and will apply from the next start", Reloaded(before, after),
        StringComparison.Ordinal);

    private string Reloaded(JsonObject before, JsonObject after)
    {
        string[] words = ["--config", _directory.Write("c.json", before.ToJsonString())];
        SettingsReader.ReadRun(words, out SettingValues used);
        _directory.Write("c.json", after.ToJsonString());
        _written.GetStringBuilder().Clear();
        ConfigurationReload.Reload(words, used, new StderrLogger(_written, LogLevel.Information, journald: true, TimeProvider.System));
        return _written.ToString();
    }
}
