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
    // A valid value of each setting, and the other settings that it needs.
    private static readonly Dictionary<string, (string Value, string Beside)> Others = new()
    {
        ["endpoint"] = ("\"other:443\"", ""),
        ["cert"] = ("\"other\"", ""),
        ["key"] = ("\"other\"", ""),
        ["key_passphrase_file"] = ("\"other\"", ""),
        ["thing_name"] = ("\"other\"", ""),
        ["provisioning_template"] = ("\"other\"", Provisioned),
        ["claim_cert"] = ("\"other\"", Provisioned),
        ["claim_key"] = ("\"other\"", Provisioned),
        ["provisioning_parameters"] = ("{\\\"a\\\":\\\"b\\\"}", Provisioned),
        ["provisioning_key"] = ("\"service\"", Provisioned),
        ["ca_file"] = ("\"other\"", ""),
        ["client_id"] = ("\"other\"", ""),
        ["job_id"] = ("\"other\"", ""),
        ["once"] = ("true", ""),
        ["mqtt_version"] = ("3", ""),
        ["proxy"] = ("\"http://user:PLANTED@proxy\"", ""),
        ["proxy_password_file"] = ("\"other\"", "\"proxy\": \"http://user@proxy\", "),
        ["wait_for_server"] = ("true", ""),
        ["session_expiry"] = ("7", ""),
        ["clean_start"] = ("false", ""),
        ["data_dir"] = ("\"/other\"", ""),
        ["handler_dir"] = ("\"/other\"", ""),
        ["keep_alive"] = ("31", ""),
        ["stop_grace"] = ("3", ""),
        ["keep_jobs"] = ("3", ""),
        ["limit_output_mb"] = ("3", ""),
        ["limit_memory_mb"] = ("3", ""),
        ["limit_cpu_seconds"] = ("3", ""),
        ["limit_open_files"] = ("30", ""),
        ["step_timer"] = ("3", ""),
        ["poll_interval"] = ("3", ""),
    };

    private const string Provisioned = "\"provisioning_template\": \"t\", ";
    private readonly TestDirectory _directory = new();
    private readonly StringWriter _written = new();

    public static TheoryData<string> AllSettings => [.. RunSettings.All.Select(s => s.Name)];

    public static TheoryData<string> AllOfPolicy => [.. typeof(ExecutionPolicy).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => p.Name)];

    public void Dispose()
    {
        _directory.Dispose();
        _written.Dispose();
    }

    [Fact]
    public void The_log_level_changes_at_once_other_changes_are_logged_and_a_bad_file_changes_nothing()
    {
        string file = _directory.Write("c.json", """{"endpoint": "h", "cert": "c", "key": "k", "thing_name": "t"}""");
        string[] words = ["--config", file];
        SettingsReader.ReadRun(words, out SettingValues used);
        StderrLogger logger = new(_written, LogLevel.Information, journald: true, TimeProvider.System);

        _directory.Write("c.json", """{"endpoint": "other", "cert": "c", "key": "k", "thing_name": "t", "log_level": "debug", "stop_grace": 3, "poll_interval": 0}""");
        ConfigurationReload.Reload(words, used, logger);
        Assert.Equal(LogLevel.Debug, logger.Minimum);
        Assert.Contains("the log level is Debug; endpoint, poll_interval, stop_grace changed and will apply from the next start", _written.ToString(), StringComparison.Ordinal);

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

        Assert.True(Others.TryGetValue(name, out (string Value, string Beside) other), $"add {name} to this test");
        string value = name == "provisioning_parameters" ? $"\"{other.Value}\"" : other.Value;
        string needed = other.Beside == Provisioned ? "\"endpoint\": \"h\", " : "\"endpoint\": \"h\", \"cert\": \"c\", \"key\": \"k\", \"thing_name\": \"t\", ";
        JsonObject before = Parse($"{{{needed}{other.Beside}}}");
        JsonObject after = Parse($"{{{needed}{other.Beside}}}");
        after[name] = JsonNode.Parse(value);
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
        string name = member == nameof(ExecutionPolicy.IsStrict) ? "strict" : char.ToLowerInvariant(member[0]) + member[1..];
        with["policy"]![name] = name == "strict" ? true : new JsonArray("/a");
        AssertNamed(without, with, "policy");
        AssertNamed(with, without, "policy");
        if (name != "strict")
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
        JsonObject without = Parse("""{"endpoint": "h", "cert": "c", "key": "k", "thing_name": "t"}""");
        JsonObject with = Parse("""{"endpoint": "h", "cert": "c", "key": "k", "thing_name": "t", "policy": {}}""");
        AssertNamed(without, with, "policy");
        AssertNamed(with, without, "policy");
        Assert.Contains("no other setting has changed", Reloaded(with, Parse("""{"Policy": {}, "Thing_Name": "t", "endpoint": "h", "cert": "c", "key": "k"}""")), StringComparison.Ordinal);
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json, documentOptions: new() { AllowTrailingCommas = true })!;

    private void AssertNamed(JsonObject before, JsonObject after, string name) =>
        Assert.Contains($"the log level is Information; {name} changed and will apply from the next start", Reloaded(before, after), StringComparison.Ordinal);

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
