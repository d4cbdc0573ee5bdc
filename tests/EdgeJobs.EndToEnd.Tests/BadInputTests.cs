using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeJobs.Testing;

namespace EdgeJobs.EndToEnd.Tests;

/// <summary>
/// A bad call of <c>edgejobs run</c> prints one line that names the fault and the fix, and returns the documented exit code.
/// </summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const int Usage = 2;
    private const int CannotConnect = 3;
    private readonly TestDirectory _directory = new();
    private MosquittoBroker _broker = null!;
    private CertificateFiles _client = null!;

    public async Task InitializeAsync()
    {
        _broker = await MosquittoBroker.StartAsync();
        _client = _broker.Certificates.IssueClient("board-1");
    }

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task No_endpoint() =>
        await AssertOneLineAsync(Flags().Without("--endpoint"), Usage, "--endpoint");

    [Fact]
    public async Task No_thing_name() =>
        await AssertOneLineAsync(Flags().Without("--thing_name"), Usage, "--thing_name");

    [Fact]
    public async Task Unknown_flag() =>
        await AssertOneLineAsync(Flags().With("--endpiont", "x"), Usage, "endpiont");

    [Theory]
    [InlineData("--cert")]
    [InlineData("--key")]
    [InlineData("--ca_file")]
    public async Task Missing_file(string flag) =>
        await AssertOneLineAsync(Flags().With(flag, _directory["missing.pem"]), Usage, _directory["missing.pem"], flag);

    [Fact]
    public async Task Missing_configuration_file() =>
        await AssertOneLineAsync(Flags().With("--config", _directory["missing.json"]), Usage, _directory["missing.json"]);

    [Fact]
    public async Task Configuration_with_a_byte_order_mark()
    {
        string file = _directory["mark.json"];
        await File.WriteAllTextAsync(file, "{ \"thingname\": \"t\" }", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await AssertOneLineAsync(Flags().With("--config", file), Usage, file, "unknown setting \"thingname\"");
    }

    [Fact]
    public async Task Configuration_in_UTF_16()
    {
        string file = _directory["utf-16.json"];
        await File.WriteAllTextAsync(file, "{ \"thing_name\": \"t\" }", Encoding.Unicode);
        await AssertOneLineAsync(Flags().With("--config", file), Usage, file, "the configuration file is not in UTF-8; save it as UTF-8");
    }

    [Fact]
    public async Task Key_of_another_certificate()
    {
        string other = _broker.Certificates.IssueClient("board-2").Key;
        await AssertOneLineAsync(Flags().With("--key", other), Usage, other, _client.Certificate);
    }

    [Fact]
    public async Task Expired_certificate()
    {
        CertificateFiles expired = _broker.Certificates.IssueClient(
            "board-1", notBefore: DateTimeOffset.UtcNow.AddDays(-3), notAfter: DateTimeOffset.UtcNow.AddDays(-1));
        await AssertOneLineAsync(
            Flags().With("--cert", expired.Certificate).With("--key", expired.Key),
            Usage,
            expired.Certificate,
            "expired");
    }

    [Fact]
    public async Task File_that_is_not_a_certificate()
    {
        string nonsense = _directory.Write("nonsense.pem", "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n");
        await AssertOneLineAsync(Flags().With("--cert", nonsense), Usage, nonsense);
    }

    [Fact]
    public async Task Host_name_that_does_not_exist() =>
        await AssertOneLineAsync(Flags().With("--endpoint", "nowhere.invalid:8883"), CannotConnect, "nowhere.invalid", "--endpoint");

    [Fact]
    public async Task Port_without_a_listener()
    {
        int port = TestPorts.Free();
        await AssertOneLineAsync(Flags().With("--endpoint", $"127.0.0.1:{port}"), CannotConnect, $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task Port_without_TLS() =>
        await AssertOneLineAsync(
            Flags().With("--endpoint", $"127.0.0.1:{_broker.PlainPort}"),
            CannotConnect,
            $"127.0.0.1:{_broker.PlainPort}",
            "TLS");

    [Fact]
    public async Task Port_that_never_answers()
    {
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await AssertOneLineAsync(Flags().With("--endpoint", $"127.0.0.1:{port}"), CannotConnect, $"127.0.0.1:{port}");
    }

    [Fact]
    public async Task Server_certificate_of_another_authority()
    {
        using TestCertificates others = new(_directory.Path, "Another CA");
        await AssertOneLineAsync(Flags().With("--ca_file", others.CaFile), CannotConnect, "127.0.0.1", "--ca_file");
    }

    [Fact]
    public async Task Server_certificate_outside_the_system_trust_store() =>
        await AssertOneLineAsync(Flags().Without("--ca_file"), CannotConnect, "127.0.0.1", "--ca_file");

    [Fact]
    public async Task Client_certificate_of_another_authority()
    {
        using TestCertificates others = new(_directory.Path, "Another CA");
        CertificateFiles stranger = others.IssueClient("board-1");

        // A TLS alert, not a policy: there is no MQTT connection yet.
        await AssertOneLineAsync(
            Flags().With("--cert", stranger.Certificate).With("--key", stranger.Key),
            CannotConnect,
            $"127.0.0.1:{_broker.TlsPort}",
            "certificate");
    }

    [Theory]
    [InlineData("--mqtt_version", "4", "4")]
    [InlineData("--thing_name", "a/b", "a/b")]
    [InlineData("--endpoint", "127.0.0.1:notaport", "notaport")]
    [InlineData("--job_id", "no spaces", "no spaces")]
    public async Task Invalid_value(string flag, string value, string named) =>
        await AssertOneLineAsync(Flags().With(flag, value), Usage, flag, named);

    private FlagList Flags() => new(
        ("--endpoint", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_broker.TlsPort}")),
        ("--thing_name", "board-1"),
        ("--cert", _client.Certificate),
        ("--key", _client.Key),
        ("--ca_file", _broker.Certificates.CaFile),
        ("--data_dir", _directory["agent"]));

    private static async Task AssertOneLineAsync(FlagList flags, int exitCode, params string[] named)
    {
        ChildResult result = await AgentBinary.X64.RunAsync(["run", .. flags.Arguments]);

        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Equal("", result.Output);

        // Lines of level info are not complaints.
        string[] complaints =
        [
            .. result.Errors.TrimEnd('\n').Split('\n').Where(text => !text.Contains("Z info ", StringComparison.Ordinal))
        ];
        Assert.True(complaints.Length == 1, "not one line: " + result);
        string line = complaints[0];
        Assert.All(named, name => Assert.True(line.Contains(name, StringComparison.Ordinal), $"'{name}' is not named: {result}"));
    }

    private sealed record FlagList(params (string Name, string Value)[] Flags)
    {
        public IEnumerable<string> Arguments => Flags.SelectMany(flag => new[] { flag.Name, flag.Value });

        public FlagList Without(string name) => new([.. Flags.Where(flag => flag.Name != name)]);

        public FlagList With(string name, string value) => new([.. Without(name).Flags, (name, value)]);
    }
}
