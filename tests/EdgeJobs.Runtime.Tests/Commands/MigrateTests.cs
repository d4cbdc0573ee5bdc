using System.Text.Json;
using EdgeJobs.Runtime.Commands;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Tests.Commands;

/// <summary><c>edgejobs migrate</c>: what becomes of each member of a Device Client's configuration.</summary>
public sealed class MigrateTests : IDisposable
{
    private const string Identity = """
        "endpoint": "x-ats.iot.eu-west-1.amazonaws.com", "cert": "/certs/board.pem", "key": "/certs/board.key", "thing-name": "pump-7"
        """;

    private readonly TestDirectory _directory = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose()
    {
        _directory.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }

    [Fact]
    public void The_agent_accepts_what_a_usual_configuration_becomes()
    {
        AgentSettings settings = Migrate($$"""
            {
              {{Identity}},
              "root-ca": "/certs/root.pem",
              "logging": { "level": "WARN", "type": "FILE", "file": "/var/log/client.log", "enable-sdk-logging": true },
              "jobs": { "enabled": true, "handler-directory": "/opt/handlers" },
              "tunneling": { "enabled": true },
              "device-defender": { "enabled": false, "interval": 300 },
              "fleet-provisioning": { "enabled": false, "template-name": "t" },
              "secure-element": { "enabled": false, "secure-element-slot-id": 3 }
            }
            """);
        Assert.Equal(ExitCode.Done, Code);
        Assert.Equal("x-ats.iot.eu-west-1.amazonaws.com", settings.Connection.Host);
        Assert.Equal("/certs/board.pem", settings.Connection.CertificateFile);
        Assert.Equal("/certs/board.key", settings.Connection.KeyFile);
        Assert.Equal("/certs/root.pem", settings.Connection.CaFile);
        Assert.Equal("pump-7", settings.ThingName);
        Assert.Equal("/opt/handlers", settings.HandlerDirectory);
        Assert.Equal(LogLevel.Warning, settings.LogLevel);
        Assert.Null(settings.Provisioning);
        Assert.Equal(
            """
            set     endpoint: endpoint
            set     cert: cert; the agent's user must be able to read it
            set     key: key; the agent's user must be able to read it
            set     thing-name: thing_name
            set     root-ca: ca_file
            set     logging.level: log_level
            none    logging.type: the agent logs to stderr, which systemd's journal keeps
            none    logging.file: the agent logs to stderr, which systemd's journal keeps
            none    logging.enable-sdk-logging: the agent logs to stderr, which systemd's journal keeps
            off     jobs.enabled: the agent always runs jobs
            set     jobs.handler-directory: handler_dir; directory and handlers must belong to root or to the agent's user
            none    tunneling.enabled: the Device Client can go on doing this, with a client id of its own
            off     device-defender.enabled: not in use
            off     device-defender.interval: not in use
            off     fleet-provisioning.enabled: not in use
            off     fleet-provisioning.template-name: not in use
            off     secure-element.enabled: not in use
            off     secure-element.secure-element-slot-id: not in use

            """,
            _output.ToString());
    }

    [Theory]
    [InlineData("\"csr-file\": \"/c.csr\", \"device-key\": \"/d.key\",", false)]
    [InlineData("\"csr-file\": \"/c.csr\",", true)]
    [InlineData("", true)]
    public void A_claim_gets_the_board_its_identity(string files, bool isKeyOfService)
    {
        AgentSettings settings = Migrate($$"""
            { {{Identity}}, "fleet-provisioning": { "enabled": true, {{files}}
              "template-name": "pumps", "template-parameters": "{\"SerialNumber\": \"7\"}" } }
            """);
        Assert.Equal(ExitCode.Done, Code);
        Assert.Equal("pumps", settings.Provisioning!.Template);
        Assert.Equal("/certs/board.pem", settings.Provisioning.ClaimCertificate);
        Assert.Equal("/certs/board.key", settings.Provisioning.ClaimKey);
        Assert.Equal("""{"SerialNumber": "7"}""", settings.Provisioning.Parameters);
        Assert.Equal(isKeyOfService, settings.Provisioning.IsKeyOfService);
        Assert.Null(settings.Connection.CertificateFile);
        Assert.Equal("", settings.ThingName);
        Assert.Contains("off     thing-name: the provisioning template names the thing\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_provisioned_board_keeps_its_identity()
    {
        string runtime = _directory.Write("runtime.conf", """
            { "runtime-config": { "completed-fp": true, "cert": "/own.pem", "key": "/own.key", "thing-name": "pump-8",
              "device-config": "x" } }
            """);
        AgentSettings settings = Migrate(
            $$"""{ {{Identity}}, "fleet-provisioning": { "enabled": true, "template-name": "pumps" } }""", runtime);
        Assert.Equal(ExitCode.Done, Code);
        Assert.Null(settings.Provisioning);
        Assert.Equal("/own.pem", settings.Connection.CertificateFile);
        Assert.Equal("/own.key", settings.Connection.KeyFile);
        Assert.Equal("pump-8", settings.ThingName);
        Assert.Contains("off     key: runtime-config.key replaces it\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_is_read_from_its_own_file_without_its_password()
    {
        string proxy = _directory.Write("http-proxy.conf", """
            { "http-proxy-enabled": true, "http-proxy-host": "10.0.0.9", "http-proxy-port": "3128",
              "http-proxy-auth-method": "UserNameAndPassword", "http-proxy-username": "a@b", "http-proxy-password": "hush" }
            """);
        AgentSettings settings = Migrate($$"""{ {{Identity}} }""", proxy);
        Assert.Equal(ExitCode.Usage, Code);
        Assert.Equal("a@b@10.0.0.9:3128", settings.Connection.Proxy!.ToString());
        Assert.Equal("/etc/edgejobs/proxy-password", settings.Connection.Proxy.PasswordFile);
        Assert.Contains("todo    http-proxy-password: proxy_password_file; ", _output.ToString(), StringComparison.Ordinal);
        AssertNowhere("hush");
    }

    [Fact]
    public void A_proxy_that_is_off_is_not_used()
    {
        AgentSettings settings = Migrate($$"""
            { {{Identity}}, "http-proxy-enabled": false, "http-proxy-host": "10.0.0.9", "http-proxy-port": "3128" }
            """);
        Assert.Null(settings.Connection.Proxy);
        Assert.Contains("off     http-proxy-host: not in use\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_of_a_secure_element_becomes_a_URI_without_its_PIN()
    {
        AgentSettings settings = Migrate($$"""
            { {{Identity}}, "secure-element": { "enabled": true, "pkcs11-lib": "/usr/lib/token.so", "secure-element-pin": "4711",
              "secure-element-key-label": "my key", "secure-element-slot-id": 1, "secure-element-token-label": "board" } }
            """);
        Assert.Equal(ExitCode.Usage, Code);
        Assert.Equal("pkcs11:token=board;object=my%20key?module-path=/usr/lib/token.so", settings.Connection.KeyFile);
        Assert.Equal("/etc/edgejobs/key-passphrase", settings.Connection.KeyPassphraseFile);
        Assert.Contains("off     key: the secure element has the key\n", _output.ToString(), StringComparison.Ordinal);
        AssertNowhere("4711");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_secure_element_can_have_the_key_of_the_claim(bool isOn)
    {
        AgentSettings settings = Migrate($$"""
            { {{Identity}}, "fleet-provisioning": { "enabled": true, "template-name": "pumps" },
              "secure-element": { "enabled": {{(isOn ? "true" : "false")}}, "secure-element-key-label": "claim" } }
            """);
        Assert.Equal(isOn ? "pkcs11:object=claim" : "/certs/board.key", settings.Provisioning!.ClaimKey);
    }

    [Fact]
    public void Every_member_of_features_without_counterpart_and_every_unknown_one_is_named()
    {
        _ = Migrate($$"""
            { {{Identity}}, "certificate": "x", "jobs": { "handlers": "y" },
              "samples": { "pub-sub": { "enabled": true, "publish-topic": "t" } }, "config-shadow": { "enabled": false },
              "sensor-publish": { "sensors": [ { "name": "s" } ] } }
            """);
        Assert.Equal(ExitCode.Done, Code);
        string[] lines = _output.ToString().Split('\n')[4..];
        Assert.Equal(
            [
                "unknown certificate", "unknown jobs.handlers", "none    samples.pub-sub.enabled", "none    samples.pub-sub.publish-topic",
                "off     config-shadow.enabled", "none    sensor-publish.sensors.0.name", "",
            ],
            lines.Select(line => line.Split(':')[0]));
    }

    [Theory]
    [InlineData("\"thing-name\": \"<replace_with_thing_name>\"", "todo    thing-name: a placeholder; set thing_name")]
    [InlineData("\"thing-name\": \"a b\"", "todo    thing_name: 'a b' is not valid; use 1 to 128 characters")]
    [InlineData("\"jobs\": {}", "todo    --thing_name is missing")]
    [InlineData("\"thing-name\": \"b\", \"jobs\": { \"enabled\": false }", "todo    jobs.enabled: ")]
    public void What_the_agent_would_not_accept_is_to_be_done(string replacement, string line)
    {
        string members = Identity.Replace("\"thing-name\": \"pump-7\"", replacement, StringComparison.Ordinal);
        string file = _directory.Write("client.json", "{ " + members + " }");
        Assert.Equal(ExitCode.Usage, MigrateCommand.Run([file], _output, _errors));
        Assert.Contains(line, _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_output_the_settings_go_to_stdout_and_the_report_to_stderr()
    {
        string file = _directory.Write("client.json", $$"""{ {{Identity}}, "jobs": { "handler-directory": "~/jobs" } }""");
        Assert.Equal(ExitCode.Done, MigrateCommand.Run([file], _output, _errors));
        using JsonDocument json = JsonDocument.Parse(_output.ToString());
        Assert.Equal(
            Environment.GetEnvironmentVariable("HOME") + "/jobs", json.RootElement.GetProperty("handler_dir").GetString());
        Assert.StartsWith("set     endpoint: ", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_never_overwritten()
    {
        string file = _directory.Write("client.json", $$"""{ {{Identity}} }""");
        string old = _directory.Write("old.json", "old");
        Assert.Contains("is not overwritten", Fault(file, "--output", old), StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(old));
        File.CreateSymbolicLink(_directory["link.json"], _directory["target.json"]);
        Assert.Contains("is not overwritten", Fault(file, "--output", _directory["link.json"]), StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["target.json"]));
        Assert.Contains("its directory does not exist", Fault(file, "--output", _directory["none/new.json"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"endpoint\": replace_with }", "is not valid JSON: ")]
    [InlineData("{ \"endpoint\": \"a\"", "is not valid JSON: ")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("", "is not valid JSON: ")]
    [InlineData("{} {}", "is not valid JSON: ")]
    [InlineData("{ \"cert\": \"a\", \"cert\": \"b\" }", "occurs twice")]
    [InlineData("{ \"cert\": \"\\ud800\" }", "half of a surrogate pair")]
    public void A_file_that_cannot_be_used_is_an_error(string content, string fault)
    {
        string file = _directory.Write("client.json", content);
        string message = Fault(file, "--output", _directory["new.json"]);
        Assert.Contains(file, message, StringComparison.Ordinal);
        Assert.Contains(fault, message, StringComparison.Ordinal);
        Assert.False(File.Exists(_directory["new.json"]));
    }

    [Fact]
    public void A_missing_file_is_an_error()
    {
        Assert.Contains("DEVICE-CLIENT-CONFIG.json", Fault(), StringComparison.Ordinal);
        Assert.Contains("does not exist", Fault(_directory["none.json"]), StringComparison.Ordinal);
    }

    private int Code { get; set; }

    private AgentSettings Migrate(string configuration, params string[] files)
    {
        string file = _directory.Write("client.json", configuration);
        string settings = _directory["edgejobs.json"];
        Code = MigrateCommand.Run([file, .. files, "--output", settings], _output, _errors);
        Assert.Equal("", _errors.ToString());
        return SettingsReader.ReadRun(["--config", settings]);
    }

    private string Fault(params string[] words) =>
        Assert.Throws<UsageException>(() => MigrateCommand.Run(words, _output, _errors)).Message;

    private void AssertNowhere(string secret)
    {
        Assert.DoesNotContain(secret, _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, File.ReadAllText(_directory["edgejobs.json"]), StringComparison.Ordinal);
    }
}
