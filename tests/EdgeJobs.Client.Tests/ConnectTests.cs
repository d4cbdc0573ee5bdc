using System.Net;
using System.Net.Sockets;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>What can go wrong when connecting, and what the operator reads then.</summary>
public sealed class ConnectTests : IAsyncLifetime, IMqttHandler
{
    private readonly TestDirectory _directory = new();
    private readonly TaskCompletionSource<string> _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MosquittoBroker _broker = null!;

    public async Task InitializeAsync() => _broker = await MosquittoBroker.StartAsync();

    public async Task DisposeAsync()
    {
        await _broker.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(TestKey.EcP256)]
    [InlineData(TestKey.EcP256Sec1)]
    [InlineData(TestKey.EcP384)]
    [InlineData(TestKey.EcP521)]
    [InlineData(TestKey.Rsa2048Pkcs1)]
    [InlineData(TestKey.Rsa2048Pkcs8)]
    [InlineData(TestKey.Rsa4096)]
    public async Task Every_kind_of_key_connects(TestKey key)
    {
        CertificateFiles files = _broker.Certificates.IssueClient("thing", key);
        Assert.Null(await FailureOf(Options(files)));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve()
    {
        ConnectFailure? failure = await FailureOf(Options() with { Host = "no-such-host.invalid" });
        Assert.Equal((ConnectFailureKind.Unreachable, $"no-such-host.invalid:{_broker.TlsPort}: the host name does not resolve; check --endpoint and the board's DNS"), (failure!.Kind, failure.Message));
    }

    [Fact]
    public async Task A_port_on_which_nothing_listens()
    {
        int port = TestPorts.Free();
        ConnectFailure? failure = await FailureOf(Options() with { Port = port });
        Assert.Equal((ConnectFailureKind.Unreachable, $"localhost:{port} refuses connections: nothing listens on this port; check the port in --endpoint (8883 for MQTT over TLS)"), (failure!.Kind, failure.Message));
    }

    [Fact]
    public async Task A_port_that_speaks_no_TLS()
    {
        ConnectFailure? failure = await FailureOf(Options() with { Port = _broker.PlainPort });
        Assert.Equal(ConnectFailureKind.Tls, failure!.Kind);
        Assert.Contains("check that this port speaks MQTT over TLS (8883)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_speaks_HTTP()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task serve = Task.Run(async () =>
        {
            using Socket socket = await listener.AcceptSocketAsync();
            await socket.ReceiveAsync(new byte[1024]);
            await socket.SendAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
            await socket.ReceiveAsync(new byte[1024]);
        });
        ConnectFailure? failure = await FailureOf(Options() with { Port = ((IPEndPoint)listener.LocalEndpoint).Port });
        await serve;
        Assert.Equal(ConnectFailureKind.Tls, failure!.Kind);
        Assert.Contains("check that this port speaks MQTT over TLS (8883)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_takes_the_connection_and_is_silent()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        ConnectFailure? failure = await FailureOf(Options() with { Port = port, ConnectTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal((ConnectFailureKind.Tls, $"localhost:{port} takes the connection but does not answer the TLS handshake within 0.2 s; check the port (8883 speaks MQTT over TLS)"), (failure!.Kind, failure.Message));
        failure = await FailureOf(Options() with { Port = port, UseTls = false, ConnectTimeout = TimeSpan.FromMilliseconds(200) });
        Assert.Equal((ConnectFailureKind.Protocol, $"localhost:{port} does not answer CONNECT within 0.2 s; check that this port speaks MQTT"), (failure!.Kind, failure.Message));
    }

    [Fact]
    public async Task A_server_of_another_CA()
    {
        using TestCertificates other = new(_directory.Path, "Another CA");
        ConnectFailure? failure = await FailureOf(Options() with { CaFile = other.CaFile });
        Assert.Equal((ConnectFailureKind.Tls, $"localhost:{_broker.TlsPort}: the server's certificate is issued by 'CN=EdgeJobs Test CA', which is not in the CA file; give --ca_file the CA that issued it"), (failure!.Kind, failure.Message));
        failure = await FailureOf(Options() with { CaFile = null });
        Assert.Equal((ConnectFailureKind.Tls, $"localhost:{_broker.TlsPort}: the server's certificate is issued by 'CN=EdgeJobs Test CA', which this system does not trust; give --ca_file the CA's certificate"), (failure!.Kind, failure.Message));
    }

    [Fact]
    public async Task A_server_with_another_name()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(
            certificates: _broker.Certificates, server: _broker.Certificates.IssueServer(host: "iot.example.com"));
        ConnectFailure? failure = await FailureOf(Options() with { Port = broker.TlsPort });
        Assert.Equal((ConnectFailureKind.Tls, $"localhost:{broker.TlsPort}: the server's certificate is not for 'localhost' but for 'iot.example.com'; check the host name in --endpoint"), (failure!.Kind, failure.Message));
    }

    [Fact]
    public async Task A_server_whose_certificate_has_expired()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(
            certificates: _broker.Certificates,
            server: _broker.Certificates.IssueServer(notBefore: DateTimeOffset.UtcNow.AddDays(-2), notAfter: DateTimeOffset.UtcNow.AddDays(-1)));
        ConnectFailure? failure = await FailureOf(Options() with { Port = broker.TlsPort });
        Assert.Equal(ConnectFailureKind.Tls, failure!.Kind);
        Assert.Contains("a certificate of the server is not valid now: 'CN=server'", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("UTC; renew it, or set this board's clock", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task A_client_certificate_of_another_CA(MqttVersion version)
    {
        using TestCertificates other = new(_directory.Path, "Another CA");
        ConnectFailure? failure = await FailureOf(Options(other.IssueClient("thing")) with { Version = version });
        Assert.Equal(ConnectFailureKind.Refused, failure!.Kind);
        Assert.Contains("certificate is registered and active there", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MqttVersion.V5, "0x87 NotAuthorized")]
    [InlineData(MqttVersion.V311, "0x80 UnspecifiedError")]
    public async Task A_subscription_that_the_server_refuses(MqttVersion version, string code)
    {
        // Mosquitto's ACL file can't refuse a subscription, so these are the bytes of a server that does.
        bool v5 = version == MqttVersion.V5;
        await using ScriptedServer server = new(
            _ => v5 ? [0x20, 3, 0, 0, 0] : [0x20, 2, 0, 0],
            subscribe => v5 ? [0x90, 5, subscribe[2], subscribe[3], 0, 1, 0x87] : [0x90, 4, subscribe[2], subscribe[3], 1, 0x80]);
        MqttConnectionOptions options = Options() with { Port = server.Port, UseTls = false, Version = version };
        await using MqttConnection connection = new(options, this, TimeProvider.System);
        Assert.Null((await connection.ConnectAsync(cleanStart: true, default)).Failure);
        ConnectFailure? failure = await connection.SubscribeAsync(["other", "$aws/things/thing/jobs/get/+"], default);
        Assert.Equal(ConnectFailureKind.SubscriptionRefused, failure!.Kind);
        Assert.Equal(
            $"the server refuses the subscription to $aws/things/thing/jobs/get/+: {code}; on AWS IoT: allow iot:Subscribe for topicfilter/$aws/things/thing/jobs/get/+ in the thing's policy",
            failure.Message);
    }

    [Theory]
    [InlineData(0x87, ConnectFailureKind.Refused, "0x87 NotAuthorized; on AWS IoT: allow iot:Connect for the client id 'thing' in the thing's policy, and check that certificate, thing and policy are attached")]
    [InlineData(0x85, ConnectFailureKind.Refused, "0x85 ClientIdentifierNotValid; choose another --client_id (1 to 128 characters, not beginning with $)")]
    [InlineData(0x84, ConnectFailureKind.Protocol, "0x84 UnsupportedProtocolVersion; try --mqtt_version 3")]
    [InlineData(0x89, ConnectFailureKind.Protocol, "0x89 ServerBusy; try again later")]
    public async Task A_CONNECT_that_the_server_refuses(byte code, ConnectFailureKind kind, string reason)
    {
        await using ScriptedServer server = new(_ => [0x20, 3, 0, code, 0]);
        ConnectFailure? failure = await FailureOf(Options() with { Port = server.Port, UseTls = false });
        Assert.Equal((kind, $"localhost:{server.Port} refuses CONNECT: {reason}"), (failure!.Kind, failure.Message));
    }

    [Fact]
    public async Task A_second_client_with_the_same_id_is_named_when_the_server_tells()
    {
        await using ScriptedServer server = new(_ => [0x20, 3, 0, 0, 0, 0xE0, 2, 0x8E, 0]);
        await using MqttConnection connection = new(Options() with { Port = server.Port, UseTls = false }, this, TimeProvider.System);
        Assert.Null((await connection.ConnectAsync(cleanStart: true, default)).Failure);
        Assert.Equal(
            "another client has connected with the client id 'thing' (0x8E); give each agent a client id of its own",
            await Wait.ForAsync(_disconnected.Task, "the disconnection"));
    }

    [Fact]
    public async Task A_publish_that_the_server_refuses()
    {
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(acl: "user thing\ntopic readwrite allowed\n", certificates: _broker.Certificates);
        await using MqttConnection connection = new(Options() with { Port = broker.TlsPort }, this, TimeProvider.System);
        Assert.Null((await connection.ConnectAsync(cleanStart: true, default)).Failure);
        Assert.Equal(PublishResult.Acknowledged, await connection.PublishAsync("allowed", "x"u8.ToArray(), Protocol.QualityOfService.AtLeastOnce, default));
        PublishResult refused = await connection.PublishAsync("forbidden", "x"u8.ToArray(), Protocol.QualityOfService.AtLeastOnce, default);
        Assert.Equal(
            (PublishStatus.Refused, "the server refuses a message to forbidden: 0x87 NotAuthorized; on AWS IoT: allow iot:Publish for topic/forbidden in the thing's policy"),
            (refused.Status, refused.Reason));
    }

    [Fact]
    public async Task More_filters_than_AWS_takes_are_refused_here()
    {
        await using MqttConnection connection = new(Options(), this, TimeProvider.System);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => connection.SubscribeAsync(["1", "2", "3", "4", "5", "6", "7", "8", "9"], default));
    }

    void IMqttHandler.OnMessage(string topic, ReadOnlyMemory<byte> payload)
    {
    }

    void IMqttHandler.OnDisconnected(string reason) => _disconnected.TrySetResult(reason);

    private MqttConnectionOptions Options(CertificateFiles? files = null)
    {
        files ??= _broker.Certificates.IssueClient("thing");
        return new MqttConnectionOptions
        {
            Host = "localhost",
            Port = _broker.TlsPort,
            ClientId = "thing",
            CertificateFile = files.Certificate,
            KeyFile = files.Key,
            CaFile = _broker.Certificates.CaFile,
        };
    }

    private async Task<ConnectFailure?> FailureOf(MqttConnectionOptions options)
    {
        await using MqttConnection connection = new(options, this, TimeProvider.System);
        return (await connection.ConnectAsync(cleanStart: true, default)).Failure;
    }
}
