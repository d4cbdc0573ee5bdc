using EdgeJobs.Client;
using EdgeJobs.Runtime.Commands;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>In one collection, because the tests change the environment of the process.</summary>
[Collection("environment")]
public sealed class SettingsReaderTests : IDisposable
{
    private static readonly string[] Needed = ["--endpoint", "iot.example.com", "--cert", "c.pem", "--key", "k.pem", "--thing_name",
        "pump-7"];
    private readonly TestDirectory _directory = new();
    private readonly List<string> _variables = [];

    public void Dispose()
    {
        _variables.ForEach(v => Environment.SetEnvironmentVariable(v, null));
        _directory.Dispose();
    }

    [Fact]
    public void The_required_flags_give_the_documented_defaults()
    {
        AgentSettings settings = SettingsReader.ReadRun(Needed);
        Assert.Equal(
            new AgentSettings
            {
                ThingName = "pump-7",
                Mode = RunMode.Forever,
                HandlerDirectory = "/etc/edgejobs/handlers",
                DataDirectory = "/var/lib/edgejobs",
                StopGrace = TimeSpan.FromSeconds(10),
                KeepJobs = 10,
                MaxOutputBytes = 1024 * 1024,
                PollInterval = TimeSpan.FromHours(1),
                LogLevel = LogLevel.Information,
                Connection = new MqttConnectionOptions
                {
                    Host = "iot.example.com",
                    Port = null,
                    ClientId = "pump-7",
                    Version = MqttVersion.V5,
                    CertificateFile = "c.pem",
                    KeyFile = "k.pem",
                    KeepAlive = TimeSpan.FromSeconds(60),
                },
            },
            settings);
    }

    [Fact]
    public void A_passphrase_file_is_named_or_is_a_credential_of_systemd()
    {
        Set("CREDENTIALS_DIRECTORY", _directory.Path);
        Assert.Null(SettingsReader.ReadRun(Needed).Connection.KeyPassphraseFile);
        _directory.Write("key_passphrase", "secret");
        Assert.Equal(_directory["key_passphrase"], SettingsReader.ReadRun(Needed).Connection.KeyPassphraseFile);
        Assert.Equal("/p", SettingsReader.ReadRun([.. Needed, "--key_passphrase_file", "/p"]).Connection.KeyPassphraseFile);
    }

    [Theory]
    [InlineData("EDGEJOBS__THING_NAM", ", did you mean EDGEJOBS__THING_NAME?")]
    [InlineData("EDGEJOBS__THING-NAME", ", did you mean EDGEJOBS__THING_NAME?")]
    [InlineData("edgejobs__endpoin", ", did you mean EDGEJOBS__ENDPOINT?")]
    [InlineData("EDGEJOBS__SOMETHING_ELSE", "")]
    [InlineData("EDGEJOBS__", "")]
    [InlineData("EDGEJOBS__POLICY", "")]
    public void An_unknown_variable_is_rejected(string name, string suggestion)
    {
        Set(name, "x");
        UsageException fault = Assert.Throws<UsageException>(() => SettingsReader.ReadRun(Needed));
        Assert.Equal($"{name}: unknown setting{suggestion}; edgejobs run --help lists all settings", fault.Message);
    }

    [Fact]
    public void Variables_of_settings_and_of_the_policy_section_are_read()
    {
        Set("EDGEJOBS__KEEP_JOBS", "3");
        Set("EdgeJobs__Policy__Users__0", "pi");
        Set("EDGEJOBS_OTHER", "not ours");
        AgentSettings settings = SettingsReader.ReadRun(Needed);
        Assert.Equal((3, "pi"), (settings.KeepJobs, Assert.Single(settings.Policy!.Users!)));
    }

    [Fact]
    public void Every_flag_is_read_in_snake_case_kebab_case_and_with_an_equals_sign()
    {
        AgentSettings settings = SettingsReader.ReadRun(
        [
            "--endpoint=[::1]:443", "--cert", "c", "--key=k", "--thing-name", "t", "--ca-file", "ca", "--client-id=x", "--mqtt_version",
                "3",
            "--handler-dir", "/h", "--data_dir", "/d", "--keep-alive", "30", "--stop-grace=0", "--log-level", "debug", "--once",
        ]);
        Assert.Equal(("::1", 443, "ca", "x", MqttVersion.V311),
            (settings.Connection.Host, settings.Connection.Port, settings.Connection.CaFile, settings.Connection.ClientId,
            settings.Connection.Version));
        Assert.Equal(("/h", "/d", RunMode.Once, LogLevel.Debug),
            (settings.HandlerDirectory, settings.DataDirectory, settings.Mode, settings.LogLevel));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.Zero), (settings.Connection.KeepAlive, settings.StopGrace));
    }

    [Fact]
    public void The_command_line_overrides_the_environment_and_the_environment_overrides_the_file()
    {
        string file = _directory.Write("agent.json", """{ "endpoint": "file", "thing_name": "file", "client_id": "file", "cert": "c", "key": "k", "once": true, "keep_alive": 90 }""");
        Set("EDGEJOBS__THING_NAME", "environment");
        Set("EDGEJOBS__CLIENT_ID", "environment");
        AgentSettings settings = SettingsReader.ReadRun(["--config", file, "--client_id", "flag"]);
        Assert.Equal(("file", "environment", "flag"), (settings.Connection.Host, settings.ThingName, settings.Connection.ClientId));
        Assert.Equal((RunMode.Once, TimeSpan.FromSeconds(90)), (settings.Mode, settings.Connection.KeepAlive));
    }

    [Theory]
    [InlineData(null, 60)]
    [InlineData("0", 0)]
    [InlineData("10080", 10_080)]
    public void The_poll_interval_is_read_in_minutes(string? minutes, int expected)
    {
        AgentSettings settings = SettingsReader.ReadRun(minutes is null ? Needed : [.. Needed, "--poll_interval", minutes]);
        Assert.Equal(TimeSpan.FromMinutes(expected), settings.PollInterval);
    }

    [Fact]
    public void The_configuration_file_itself_can_be_named_in_the_environment()
    {
        Set("EDGEJOBS__CONFIG", _directory.Write("agent.json", """{ "endpoint": "e", "thing_name": "t", "cert": "c", "key": "k" }"""));
        Assert.Equal("t", SettingsReader.ReadRun([]).ThingName);
    }

    [Theory]
    [InlineData("host", "host", null)]
    [InlineData("host:443", "host", 443)]
    [InlineData("10.0.0.1:1", "10.0.0.1", 1)]
    [InlineData("::1", "::1", null)]
    [InlineData("[::1]", "::1", null)]
    [InlineData("[fe80::1]:65535", "fe80::1", 65535)]
    public void An_endpoint_is_a_host_with_an_optional_port(string endpoint, string host, int? port)
    {
        AgentSettings settings = SettingsReader.ReadRun(["--endpoint", endpoint, .. Needed[2..]]);
        Assert.Equal((host, port), (settings.Connection.Host, settings.Connection.Port));
    }

    [Theory]
    [InlineData("--endpoint", "mqtts://host", "--endpoint: 'mqtts://host' is a URL; use HOST or HOST:PORT")]
    [InlineData("--endpoint", "host:0", "--endpoint: '0' is not a port; use 1 to 65535")]
    [InlineData("--endpoint", "host:http", "--endpoint: 'http' is not a port; use 1 to 65535")]
    [InlineData("--endpoint", ":8883", "--endpoint: ':8883' does not name a host; use HOST or HOST:PORT")]
    [InlineData("--endpoint", "[::1", "--endpoint: '[::1' is not an address; use [IPV6]:PORT")]
    [InlineData("--thing_name", "a b", "--thing_name: 'a b' is not valid; use 1 to 128 characters of [a-zA-Z0-9:_-]")]
    [InlineData("--job_id", "$next", "--job_id: '$next' is not valid; use 1 to 64 characters of [a-zA-Z0-9_-]")]
    [InlineData("--mqtt_version", "4", "--mqtt_version: '4' is not valid; use 5, 3 or 3.1.1")]
    [InlineData("--poll_interval", "10081", "--poll_interval: '10081' is not valid; use a whole number from 0 to 10080")]
    [InlineData("--keep_alive", "29", "--keep_alive: '29' is not valid; use a whole number from 30 to 1200")]
    [InlineData("--session_expiry", "604801", "--session_expiry: '604801' is not valid; use a whole number from 0 to 604800")]
    [InlineData("--clean_start", "maybe", "--clean_start: 'maybe' is not valid; use true or false")]
    [InlineData("--log_level", "loud", "--log_level: 'loud' is not valid; use debug, info, warning or error")]
    [InlineData("--thing_nam", "x", "--thing_nam: unknown flag, did you mean --thing_name?; --help lists all flags")]
    [InlineData("--frobnicate", "x", "--frobnicate: unknown flag; --help lists all flags")]
    [InlineData("--once", "x", "x: not a flag; edgejobs run takes only flags, --help lists them")]
    [InlineData("--once=maybe", null, "--once: 'maybe' is not valid; use true or false, or no value")]
    [InlineData(
        "--download_certificate_hosts",
        "a.example, https://b.example/",
        "--download_certificate_hosts: 'https://b.example/' is not a host name; write names with commas between: "
            + "files.example.com,eu.example.com")]
    [InlineData("--config", "/none.json", "/none.json: the configuration file does not exist; check --config")]
    public void A_bad_value_is_reported_with_the_fix(string flag, string? value, string message)
    {
        List<string> args = [.. Needed];
        int known = args.IndexOf(flag);
        if (known >= 0)
        {
            args.RemoveRange(known, 2);
        }

        args.Add(flag);
        if (value is not null)
        {
            args.Add(value);
        }

        Assert.Equal(message, Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. args])).Message);
    }

    [Theory]
    [InlineData(0, "--endpoint is missing (the MQTT server; without a port 8883, then 443 if that is blocked); write --endpoint HOST[:PORT]")]
    [InlineData(2, "--cert is missing (the thing's certificate, PEM, with the intermediates that the server needs); write --cert FILE")]
    [InlineData(4, "--key is missing (the thing's private key, PEM, or a token's (pkcs11:token=board;object=thing)); write --key FILE")]
    [InlineData(6, "--thing_name is missing (the thing whose jobs to run); write --thing_name NAME")]
    public void A_missing_flag_is_reported(int index, string message)
    {
        List<string> args = [.. Needed];
        args.RemoveRange(index, 2);
        Assert.Equal(message, Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. args])).Message);
    }

    [Fact]
    public void A_flag_without_value_or_given_twice_is_rejected()
    {
        Assert.Equal("--key: the value is missing; write --key FILE",
            Assert.Throws<UsageException>(() => SettingsReader.ReadRun(["--key", "--cert", "c"])).Message);
        Assert.Equal("--key: given twice; remove one", Assert.Throws<UsageException>(() =>
            SettingsReader.ReadRun(["--key", "a", "--key=b"])).Message);
        Assert.Equal(
            "--once: cannot be combined with --job_id; remove one of them",
            Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--once", "--job_id", "j"])).Message);
    }

    [Fact]
    public void A_bad_value_names_the_file_or_the_variable_that_sets_it()
    {
        string file = _directory.Write("agent.json", """{ "keep_alive": 5 }""");
        Assert.Equal($"\"keep_alive\" in {file}: '5' is not valid; use a whole number from 30 to 1200",
            Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--config", file])).Message);
        Set("EDGEJOBS__KEEP_ALIVE", "6");
        Assert.Equal("EDGEJOBS__KEEP_ALIVE: '6' is not valid; use a whole number from 30 to 1200",
            Assert.Throws<UsageException>(() => SettingsReader.ReadRun([.. Needed, "--config", file])).Message);
    }

    [Theory]
    [InlineData("""{ "thingname": "t" }""",
        "unknown setting \"thingname\", did you mean \"thing_name\"?; edgejobs run --help lists all settings")]
    [InlineData("not json", "the configuration file is not a JSON object")]
    [InlineData("[1]", "the configuration file is not a JSON object")]
    [InlineData("", "the configuration file is not a JSON object")]
    public void A_bad_file_is_rejected(string text, string message)
    {
        string file = _directory.Write("agent.json", text);
        Assert.StartsWith($"{file}: {message}", Assert.Throws<UsageException>(() =>
            SettingsReader.ReadRun([.. Needed, "--config", file])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_session_and_the_first_connection_are_read()
    {
        AgentSettings settings = SettingsReader.ReadRun(Needed);
        Assert.Equal((TimeSpan.FromHours(1), true, false), (settings.Connection.SessionExpiry, settings.Connection.CleanStart,
            settings.WaitForServer));
        string file = _directory.Write("agent.json", """{ "session_expiry": 604800, "clean_start": false, "wait_for_server": true }""");
        settings = SettingsReader.ReadRun([.. Needed, "--config", file]);
        Assert.Equal((TimeSpan.FromDays(7), false, true), (settings.Connection.SessionExpiry, settings.Connection.CleanStart,
            settings.WaitForServer));
        settings = SettingsReader.ReadRun([.. Needed, "--config", file, "--session-expiry", "0", "--clean-start", "true"]);
        Assert.Equal((TimeSpan.Zero, true), (settings.Connection.SessionExpiry, settings.Connection.CleanStart));
    }

    [Fact]
    public void The_arguments_of_policy_are_checked()
    {
        Assert.Equal(
            new IotPolicyArguments("eu-central-1", "123456789012", "t", "t"),
            IotPolicyArguments.Parse(["--region", "eu-central-1", "--account", "123456789012", "--thing-name", "t"]));
        Assert.Equal(
            "--account: '12' is not an AWS account; use its 12 digits",
            Assert.Throws<UsageException>(() => IotPolicyArguments.Parse(["--region", "r", "--account", "12", "--thing_name",
            "t"])).Message);
        Assert.StartsWith("--region is missing", Assert.Throws<UsageException>(() =>
            IotPolicyArguments.Parse(["--account", "123456789012", "--thing_name", "t"])).Message, StringComparison.Ordinal);
    }

    private void Set(string variable, string value)
    {
        _variables.Add(variable);
        Environment.SetEnvironmentVariable(variable, value);
    }

    [Fact]
    public void A_board_that_is_provisioned_needs_no_certificate_and_no_thing_name()
    {
        AgentSettings settings = SettingsReader.ReadRun(
            ["--endpoint", "h", "--provisioning_template", "pumps", "--claim-cert", "c", "--claim_key", "k", "--provisioning_parameters",
            "{}", "--provisioning_key=service"]);
        Assert.Equal(
            new ProvisioningSettings
            {
                Template = "pumps",
                ClaimCertificate = "c",
                ClaimKey = "k",
                Parameters = "{}",
                IsKeyOfService = true
            }, settings.Provisioning);
        Assert.Equal(("", "", null, null), (settings.ThingName, settings.Connection.ClientId, settings.Connection.CertificateFile,
            settings.Connection.KeyFile));
    }

    [Theory]
    [InlineData("--cert: cannot be combined with --provisioning_template", "--provisioning_template", "t", "--cert", "c")]
    [InlineData("--key: cannot be combined with --provisioning_template", "--provisioning_template", "t", "--key", "k")]
    [InlineData("--claim_cert: requires --provisioning_template", "--claim_cert", "c")]
    [InlineData("--provisioning_template: 'a/b' is not valid; use 1 to 36", "--provisioning_template", "a/b")]
    [InlineData("--provisioning_key: 'mine' is not valid; use board or service", "--provisioning_template", "t", "--provisioning_key",
        "mine")]
    [InlineData("--thing_name: 'a b' is not valid", "--provisioning_template", "t", "--thing_name", "a b")]
    public void Settings_of_provisioning_that_exclude_each_other_are_rejected(string fault, params string[] flags) =>
        Assert.StartsWith(fault, Assert.Throws<UsageException>(() => SettingsReader.ReadRun(["--endpoint", "h", .. flags])).Message,
        StringComparison.Ordinal);
}
