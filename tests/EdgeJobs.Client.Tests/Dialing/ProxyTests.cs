using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>Connections through an HTTP proxy to Mosquitto, whose name only the proxy can resolve.</summary>
public sealed class ProxyTests : BrokerTests
{
    private const string Host = "iot.example.test";
    private readonly ConnectProxy _proxy = new();
    private MosquittoBroker? _named;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _named = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, server: Broker.Certificates.IssueServer(host: Host));
        _proxy.Route(Host + ":8883", _named.TlsPort);
    }

    public override async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _named!.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task The_proxy_resolves_the_name_and_TLS_goes_to_the_server()
    {
        await using MqttConnection connection = await ConnectedAsync(Through($"http://127.0.0.1:{_proxy.Port}"));
        Assert.Equal(8883, connection.Port);
        Assert.Equal($"CONNECT {Host}:8883 HTTP/1.1\r\nHost: {Host}:8883\r\n\r\n", Assert.Single(_proxy.Requests));
    }

    [Fact]
    public async Task A_proxy_that_allows_only_443_is_used_with_443()
    {
        _proxy.Route(Host + ":443", _named!.TlsPort);
        _proxy.Route(Host + ":8883", TestPorts.Free());
        await using (MqttConnection connection = await ConnectedAsync(Through($"http://127.0.0.1:{_proxy.Port}")))
        {
            Assert.Equal(443, connection.Port);
        }

        Assert.Equal(
            $"Warning: the proxy 127.0.0.1:{_proxy.Port} can't connect to {Host}:8883 (503 Service Unavailable); check --endpoint, and "
                + $"what the proxy reaches; trying port 443 instead",
            Assert.Single(Logger.Lines));
        await using ConnectProxy strict = new();
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"{Host} can't be reached on either port: "
                + $"the proxy 127.0.0.1:{strict.Port} does not allow a connection to {Host}:8883 (403); allow CONNECT to {Host} on port "
                + $"8883 there; "
                + $"the proxy 127.0.0.1:{strict.Port} does not allow a connection to {Host}:443 (403); allow CONNECT to {Host} on port 443 "
                + $"there"),
            await FailureOf(Through($"http://127.0.0.1:{strict.Port}")));
    }

    [Fact]
    public async Task A_user_with_a_password_from_the_URL_or_a_file()
    {
        _proxy.Login = "pump:hänter2:x";
        Assert.Equal((null, null), await FailureOf(Through($"http://pump:h%C3%A4nter2%3Ax@127.0.0.1:{_proxy.Port}")));
        string file = Directory.Write("password", "hänter2:x\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Assert.Equal((null, null), await FailureOf(Through($"http://pump@127.0.0.1:{_proxy.Port}", file)));
    }

    [Fact]
    public async Task Rejected_proxy_credentials()
    {
        _proxy.Login = "pump:right";
        string where = $"127.0.0.1:{_proxy.Port}";
        string file = Directory.Write("password", "hunter2\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"the proxy {where} requires authentication (407); give --proxy http://USER@{where} and "
                + $"--proxy_password_file FILE"),
            await FailureOf(Through($"http://{where}")));
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"the proxy pump@{where} requires a password (407); write it to a file and give "
                + $"--proxy_password_file FILE"),
            await FailureOf(Through($"http://pump@{where}")));
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"the proxy pump@{where} rejects the user 'pump' with this password (407); check the user, "
                + $"and the password in the proxy's URL"),
            await FailureOf(Through($"http://pump:hunter2@{where}")));
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"the proxy pump@{where} rejects the user 'pump' with this password (407); check the user, "
                + $"and the password in {file}"),
            await FailureOf(Through($"http://pump@{where}", file)));
    }

    [Fact]
    public async Task An_unusable_password_file()
    {
        string url = $"http://pump@127.0.0.1:{_proxy.Port}";
        string none = Directory["none"];
        Assert.Equal((ConnectFailureKind.Credentials, $"{none}: there is no such proxy password file; check --proxy_password_file"),
            await FailureOf(Through(url, none)));
        string open = Directory.Write("open", "hunter2");
        File.SetUnixFileMode(open, (UnixFileMode)0b110_100_100);
        Assert.Equal((ConnectFailureKind.Credentials, $"{open}: every user of this system may read the proxy password (mode 644); run "
            + $"chmod 600 {open}"), await FailureOf(Through(url, open)));
        string lines = Directory.Write("lines", "hunter2\r\nhunter3");
        File.SetUnixFileMode(lines, UnixFileMode.UserRead);
        Assert.Equal((ConnectFailureKind.Credentials, $"{lines}: the proxy password file holds more than one line of text; give "
            + $"--proxy_password_file a file with the password alone"), await FailureOf(Through(url, lines)));
    }

    [Theory]
    [InlineData("HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nproxy-authenticate: NTLM\r\n\r\n", "requires authentication by "
        + "Negotiate, NTLM (407), but the agent supports only Basic; enable Basic in the proxy, or exempt this board from authentication")]
    [InlineData("HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"x\", Basic realm=\"y\"\r\n\r\n", "requires authentication (407); "
        + "give --proxy http://USER@SELF and --proxy_password_file FILE")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", null)]
    [InlineData("HTTP/1.0 204 No Content\r\n\r\n", "does not support CONNECT (204 No Content): a web server may listen there; check the "
        + "host and port in --proxy or https_proxy")]
    [InlineData("HTTP/1.1 405 Method Not Allowed\r\n\r\n", "does not support CONNECT (405 Method Not Allowed): a web server may listen "
        + "there; check the host and port in --proxy or https_proxy")]
    [InlineData("HTTP/1.1 302 Found\x1b[31m\r\nLocation: http://login\r\n\r\n", "refuses a connection to iot.example.test:9 (302 "
        + "Found\\u001b[31m); check what it allows")]
    [InlineData("HTTP/1.1 abc\r\n\r\n", "does not answer in HTTP: something else listens there; check the host and port in --proxy or "
        + "https_proxy")]
    [InlineData("SSH-2.0-OpenSSH_9.2p1\r\n", "does not answer in HTTP: something else listens there; check the host and port in --proxy or "
        + "https_proxy")]
    [InlineData("HTT", "closes the connection after CONNECT to iot.example.test:9; check that it is an HTTP proxy that allows CONNECT "
        + "there")]
    [InlineData("", "closes the connection after CONNECT to iot.example.test:9; check that it is an HTTP proxy that allows CONNECT there")]
    public async Task Proxy_responses(string answer, string? fault)
    {
        await using FloodServer proxy = new(answer, null);
        (ConnectFailureKind? kind, string? message) = await FailureOf(Through($"http://127.0.0.1:{proxy.Port}") with { Port = 9 });
        string expected = fault is null
            ? $"{Host}:9 closes the connection in the TLS handshake, as a port without TLS does; check that this port speaks MQTT over TLS "
                + $"(8883)"
            : $"the proxy 127.0.0.1:{proxy.Port} {fault.Replace("SELF", $"127.0.0.1:{proxy.Port}", StringComparison.Ordinal)}";
        Assert.Equal((fault is null ? ConnectFailureKind.Tls : ConnectFailureKind.Unreachable, expected), (kind, message));
    }

    [Fact]
    public async Task Endless_headers_are_not_read_further()
    {
        await using FloodServer proxy = new("HTTP/1.1 200 OK\r\n", "X-Filler: more and more\r\n");
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"the proxy 127.0.0.1:{proxy.Port} answers with more than 16384 bytes of headers; check that "
                + $"it is an HTTP proxy"),
            await FailureOf(Through($"http://127.0.0.1:{proxy.Port}")));
    }

    [Fact]
    public async Task A_silent_proxy()
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ScriptedServer proxy = new(_ =>
        {
            asked.SetResult();
            return [];
        });
        MqttConnectionOptions options = Through($"http://127.0.0.1:{proxy.Port}") with { Port = 8883 };
        Task<(ConnectFailureKind? Kind, string? Message)> failing = FailureOf(options, time);
        await Wait.ForAsync(asked.Task, "the question");
        time.Advance(options.ConnectTimeout);
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"the proxy 127.0.0.1:{proxy.Port} accepts the connection but does not answer CONNECT to "
                + $"{Host}:8883 within 10 s; check that it is an HTTP proxy and can connect there"),
            await failing);
    }

    [Fact]
    public async Task An_unreachable_proxy()
    {
        int port = TestPorts.Free();
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"the proxy 127.0.0.1:{port} refuses connections: nothing listens on this port; check the "
                + $"port in --proxy and https_proxy"),
            await FailureOf(Through($"http://127.0.0.1:{port}")));
        Assert.Equal(
            (ConnectFailureKind.Unreachable, "the proxy no-such-proxy.invalid:3128: its host name does not resolve; check --proxy, "
                + "https_proxy and the board's DNS"),
            await FailureOf(Through("http://no-such-proxy.invalid:3128")));
    }

    [Fact]
    public async Task A_host_in_NO_PROXY_is_reached_without_the_proxy()
    {
        MqttConnectionOptions options =
            Options() with { Proxy = Through($"http://127.0.0.1:{_proxy.Port}").Proxy, NoProxy = "example.com,localhost" };
        Assert.Equal((null, null), await FailureOf(options));
        Assert.Empty(_proxy.Requests);
    }

    private MqttConnectionOptions Through(string url, string? passwordFile = null)
    {
        Assert.True(HttpProxy.TryParse(url, out HttpProxy? proxy, out _));
        return Options() with { Host = Host, Port = null, Proxy = proxy with { PasswordFile = passwordFile } };
    }
}
