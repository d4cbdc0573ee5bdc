using System.Net;
using System.Net.Sockets;
using System.Text;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests.Dialing;

/// <summary>The ports 8883 and 443 in turn. The tests use unprivileged ports instead.</summary>
public sealed class PortTests : BrokerTests, IPortKeeper
{
    private readonly List<(string Host, int Port)> _kept = [];
    private int? _recalled;

    int? IPortKeeper.Recall(string host) => _recalled;

    void IPortKeeper.Keep(string host, int port) => _kept.Add((host, port));

    [Fact]
    public async Task An_open_first_port_is_used_without_ALPN()
    {
        await using TlsFront first = Front();
        await using TlsFront second = Front();
        await using MqttConnection connection = await ConnectedAsync(Ports(first.Port, second.Port));
        Assert.Equal(first.Port, connection.Port);
        Assert.Equal("", Assert.Single(first.Protocols));
        Assert.Empty(second.Protocols);
        Assert.Empty(Logger.Lines);
    }

    [Fact]
    public async Task If_the_first_port_refuses_the_second_is_used_with_ALPN_and_remembered()
    {
        await using TlsFront second = Front();
        MqttConnectionOptions options = Ports(TestPorts.Free(), second.Port);
        await using MqttConnection connection = await ConnectedAsync(options);
        Assert.Equal(second.Port, connection.Port);
        Assert.Equal("x-amzn-mqtt-ca", Assert.Single(second.Protocols));
        Assert.Equal(
            $"Warning: localhost:{options.TlsPort} refuses connections: nothing listens on this port; check the port in --endpoint (8883 "
                + $"for MQTT over TLS); trying port {second.Port} instead",
            Assert.Single(Logger.Lines));
        Assert.Equal(("localhost", second.Port), Assert.Single(_kept));

        // Again: another attempt on the first port would log another warning.
        Assert.True((await connection.ConnectAsync(cleanStart: true, default)).IsConnected);
        Assert.Equal((2, 1, 1), (second.Protocols.Count, Logger.Lines.Count, _kept.Count));
    }

    [Fact]
    public async Task The_stored_port_is_tried_first_and_a_wrong_one_costs_one_attempt()
    {
        await using TlsFront alive = Front();
        _recalled = alive.Port;
        await using (MqttConnection connection = await ConnectedAsync(Ports(TestPorts.Free(), alive.Port)))
        {
            Assert.Empty(Logger.Lines);
            Assert.Empty(_kept);
        }

        _recalled = TestPorts.Free();
        await using (MqttConnection connection = await ConnectedAsync(Ports(alive.Port, _recalled.Value)))
        {
            Assert.Contains($"trying port {alive.Port} instead", Assert.Single(Logger.Lines), StringComparison.Ordinal);
            Assert.Equal(("localhost", alive.Port), Assert.Single(_kept));
        }
    }

    [Fact]
    public async Task A_first_port_that_drops_packets_has_half_of_the_time_out()
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        using BlackHole hole = new(IPAddress.Loopback);
        await using TlsFront second = Front();
        MqttConnectionOptions options = Ports(hole.Port, second.Port);
        await using MqttConnection connection = Connection(options, time);
        Task<ConnectResult> connecting = connection.ConnectAsync(cleanStart: true, default);
        await AdvanceAsync(time, options.ConnectTimeout / 2, connecting);
        Assert.True((await connecting).IsConnected);
        Assert.Equal(
            $"Warning: localhost:{hole.Port} does not answer within 5 s; check --endpoint, the network and the firewall (outgoing TCP "
                + $"{hole.Port}); trying port {second.Port} instead",
            Assert.Single(Logger.Lines));
    }

    [Fact]
    public async Task A_first_port_that_accepts_and_is_silent_has_half_of_the_time_out()
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        using TcpListener silent = new(IPAddress.Loopback, 0);
        silent.Start();
        int port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using TlsFront second = Front();
        MqttConnectionOptions options = Ports(port, second.Port);
        await using MqttConnection connection = Connection(options, time);
        Task<ConnectResult> connecting = connection.ConnectAsync(cleanStart: true, default);
        using Socket accepted = await Wait.ForAsync(silent.AcceptSocketAsync(), "the connection");
        await Wait.ForAsync(accepted.ReceiveAsync(new byte[4096]), "the client's hello");
        await AdvanceAsync(time, options.ConnectTimeout / 2, connecting);
        Assert.True((await connecting).IsConnected);
        Assert.StartsWith($"Warning: localhost:{port} accepts the connection but does not answer the TLS handshake within 5 s;",
            Assert.Single(Logger.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "closes the connection in the TLS handshake")]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", "answers in HTTP")]
    [InlineData("RST", "closes the connection in the TLS handshake")]
    public async Task A_firewall_that_breaks_the_handshake_on_the_first_port(string answer, string fault)
    {
        using TcpListener firewall = new(IPAddress.Loopback, 0);
        firewall.Start();
        int port = ((IPEndPoint)firewall.LocalEndpoint).Port;
        Task serving = Task.Run(async () =>
        {
            using Socket socket = await firewall.AcceptSocketAsync();
            await socket.ReceiveAsync(new byte[4096]);
            if (answer == "RST")
            {
                socket.LingerState = new LingerOption(true, 0);
                return;
            }

            await socket.SendAsync(Encoding.ASCII.GetBytes(answer));
        });
        await using TlsFront second = Front();
        await using MqttConnection connection = await ConnectedAsync(Ports(port, second.Port));
        Assert.StartsWith($"Warning: localhost:{port} {fault}", Assert.Single(Logger.Lines), StringComparison.Ordinal);
        await serving;
    }

    [Fact]
    public async Task An_untrusted_server_is_not_retried_on_the_second_port()
    {
        using TestCertificates other = new(Directory.Path, "Another CA");
        await using TlsFront first = new(other.IssueServer(), Broker.PlainPort);
        await using TlsFront second = Front();
        (ConnectFailureKind? kind, string? message) = await FailureOf(Ports(first.Port, second.Port));
        Assert.Equal(
            (ConnectFailureKind.Tls, $"localhost:{first.Port}: the server's certificate is issued by 'CN=Another CA', which is not in the "
                + $"CA file; give --ca_file the CA that issued it, or make the server send its intermediates"),
            (kind, message));
        Assert.Empty(second.Protocols);
    }

    [Fact]
    public async Task A_server_that_refuses_the_handshake_is_not_retried_on_the_second_port()
    {
        // Mosquitto does not trust the CA of the thing's certificate, and rejects it in TLS 1.2 within the handshake.
        await using MosquittoBroker first = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, tlsVersion: "tlsv1.2");
        await using TlsFront second = Front();
        using TestCertificates other = new(Directory.Path, "Another CA");
        CertificateFiles files = other.IssueClient("thing");
        (ConnectFailureKind? kind, string? message) =
            await FailureOf(Ports(first.TlsPort, second.Port) with { CertificateFile = files.Certificate, KeyFile = files.Key });
        Assert.Equal(ConnectFailureKind.Tls, kind);
        Assert.StartsWith($"localhost:{first.TlsPort} refuses the thing's certificate", message, StringComparison.Ordinal);
        Assert.Empty(second.Protocols);
    }

    [Fact]
    public async Task If_both_ports_are_blocked_both_are_reported()
    {
        (int first, int second) = (TestPorts.Free(), TestPorts.Free());
        await using MqttConnection connection = Connection(Ports(first, second));
        ConnectFailure failure = (await connection.ConnectAsync(cleanStart: true, default)).Failure!;
        Assert.Equal((ConnectFailureKind.Unreachable, ConnectStage.Tcp), (failure.Kind, failure.Stage));
        Assert.Equal(
            "localhost can't be reached on either port: "
            + $"localhost:{first} refuses connections: nothing listens on this port; check the port in --endpoint (8883 for MQTT over "
            + $"TLS); "
            + $"localhost:{second} refuses connections: nothing listens on this port; check the port in --endpoint (8883 for MQTT over "
            + $"TLS)",
            failure.Message);
        Assert.Empty(_kept);
    }

    [Fact]
    public async Task A_failure_on_the_second_port_states_why_the_first_was_skipped()
    {
        using TestCertificates other = new(Directory.Path, "Another CA");
        await using TlsFront second = new(other.IssueServer(), Broker.PlainPort);
        MqttConnectionOptions options = Ports(TestPorts.Free(), second.Port);
        (ConnectFailureKind? kind, string? message) = await FailureOf(options);
        Assert.Equal(ConnectFailureKind.Tls, kind);
        Assert.StartsWith(
            $"localhost:{second.Port}: the server's certificate is issued by 'CN=Another CA'", message, StringComparison.Ordinal);
        Assert.EndsWith($"(port {second.Port} was tried because the other is blocked: localhost:{options.TlsPort} refuses connections: "
            + $"nothing listens on this port; check the port in --endpoint (8883 for MQTT over TLS))", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configured_port_is_the_only_one_and_443_uses_ALPN()
    {
        await using TlsFront front = Front();
        int closed = TestPorts.Free();
        Assert.Equal(
            $"localhost:{closed} refuses connections: nothing listens on this port; check the port in --endpoint (8883 for "
                + $"MQTT over TLS)",
            (await FailureOf(Ports(1, front.Port) with { Port = closed })).Message);
        await using MqttConnection connection = await ConnectedAsync(Ports(1, front.Port) with { Port = front.Port });
        Assert.Equal("x-amzn-mqtt-ca", Assert.Single(front.Protocols));
        Assert.Empty(_kept);
    }

    private TlsFront Front() => new(Broker.Certificates.IssueServer(), Broker.PlainPort);

    private MqttConnectionOptions Ports(int first, int second) => Options() with
    {
        Port = null,
        TlsPort = first,
        HttpsPort = second,
        PortKeeper = this,

        // localhost may have two addresses, and the messages would name both.
        Resolver = (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]),
    };

    /// <summary>Advances the clock repeatedly: a stage may start after the first advance.</summary>
    private static async Task AdvanceAsync(FakeTimeProvider time, TimeSpan step, Task until)
    {
        using CancellationTokenSource deadline = new(Wait.Deadline);
        while (!until.IsCompleted && !deadline.IsCancellationRequested)
        {
            if (time.GetUtcNow() - time.Start < step * 2)
            {
                time.Advance(step);
            }

            await Task.Yield();
        }
    }
}
