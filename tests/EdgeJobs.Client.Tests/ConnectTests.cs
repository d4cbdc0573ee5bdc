using System.Net;
using System.Net.Sockets;
using EdgeJobs.Testing;
using Microsoft.Extensions.Time.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>Failures of connecting and subscribing other than TLS, with their messages.</summary>
public sealed class ConnectTests : BrokerTests
{
    private const string Filter = "$aws/things/thing/jobs/get/+";

    [Fact]
    public async Task A_name_that_does_not_resolve() => Assert.Equal(
        (ConnectFailureKind.Unreachable, $"no-such-host.invalid:{Broker.TlsPort}: the host name does not resolve; check --endpoint and the "
            + $"board's DNS"),
        await FailureOf(Options() with { Host = "no-such-host.invalid" }));

    [Fact]
    public async Task A_port_on_which_nothing_listens()
    {
        int port = TestPorts.Free();
        Assert.Equal(
            (ConnectFailureKind.Unreachable, $"localhost:{port} refuses connections: nothing listens on this port; check the port in "
                + $"--endpoint (8883 for MQTT over TLS)"),
            await FailureOf(Options() with { Port = port }));
    }

    [Fact]
    public async Task A_server_that_accepts_the_connection_and_is_silent()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        Assert.Equal(
            (ConnectFailureKind.Tls, $"localhost:{port} accepts the connection but does not answer the TLS handshake within 10 s; check "
                + $"the port (8883 speaks MQTT over TLS)"),
            await SilenceAsync(listener, Options() with { Port = port }));
        Assert.Equal(
            (ConnectFailureKind.Protocol, $"localhost:{port} does not answer CONNECT within 10 s; check that this port speaks MQTT"),
            await SilenceAsync(listener, Plain(port)));
    }

    [Fact]
    public async Task Connecting_can_be_cancelled()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        await using MqttConnection connection = Connection(Options() with { Port = ((IPEndPoint)listener.LocalEndpoint).Port });
        using CancellationTokenSource giveUp = new();
        Task<ConnectResult> connecting = connection.ConnectAsync(cleanStart: true, giveUp.Token);
        using Socket accepted = await listener.AcceptSocketAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        Assert.False(connection.IsConnected);
    }

    [Theory]
    [InlineData(MqttVersion.V5, 0x87, ConnectFailureKind.Refused, "0x87 NotAuthorized; on AWS IoT: allow iot:Connect for the client id "
        + "'thing' in the thing's policy, and check that certificate, thing and policy are attached")]
    [InlineData(MqttVersion.V5, 0x85, ConnectFailureKind.Refused, "0x85 ClientIdentifierNotValid; choose another --client_id (1 to 128 "
        + "characters, not beginning with $)")]
    [InlineData(MqttVersion.V5, 0x84, ConnectFailureKind.Protocol, "0x84 UnsupportedProtocolVersion; try --mqtt_version 3")]
    [InlineData(MqttVersion.V5, 1, ConnectFailureKind.Protocol, "0x01 (unacceptable protocol version of MQTT 3.1.1); the server does not "
        + "speak MQTT 5: use --mqtt_version 3")]
    [InlineData(MqttVersion.V5, 3, ConnectFailureKind.Protocol, "0x03 (server unavailable of MQTT 3.1.1); the server answers in MQTT "
        + "3.1.1: use --mqtt_version 3; try again later")]
    [InlineData(MqttVersion.V5, 0x42, ConnectFailureKind.Protocol, "0x42 (unknown code); check that this port speaks MQTT")]
    [InlineData(MqttVersion.V5, 0x89, ConnectFailureKind.Protocol, "0x89 ServerBusy; try again later")]
    [InlineData(MqttVersion.V5, 0xFE, ConnectFailureKind.Protocol, "0xFE (unknown code); try again later")]
    [InlineData(MqttVersion.V311, 5, ConnectFailureKind.Refused, "0x87 NotAuthorized; on AWS IoT: allow iot:Connect for the client id "
        + "'thing' in the thing's policy, and check that certificate, thing and policy are attached")]
    [InlineData(MqttVersion.V311, 7, ConnectFailureKind.Refused, "0x87 NotAuthorized; on AWS IoT: allow iot:Connect for the client id "
        + "'thing' in the thing's policy, and check that certificate, thing and policy are attached")]
    [InlineData(MqttVersion.V311, 1, ConnectFailureKind.Protocol, "0x84 UnsupportedProtocolVersion; try --mqtt_version 5")]
    public async Task A_CONNECT_that_the_server_refuses(MqttVersion version, byte code, ConnectFailureKind kind, string reason)
    {
        await using ScriptedServer server = new(_ => version == MqttVersion.V5 ? [0x20, 3, 0, code, 0] : [0x20, 2, 0, code]);
        Assert.Equal(
            (kind, $"localhost:{server.Port} refuses CONNECT: {reason}"),
            await FailureOf(Plain(server.Port) with { Version = version }));
    }

    /// <summary>The answer of a server that supports only MQTT 3.1.1: two bytes, without properties.</summary>
    [Theory]
    [InlineData(1, ConnectFailureKind.Protocol)]
    [InlineData(2, ConnectFailureKind.Refused)]
    [InlineData(3, ConnectFailureKind.Protocol)]
    [InlineData(4, ConnectFailureKind.Refused)]
    [InlineData(5, ConnectFailureKind.Refused)]
    public async Task A_server_that_answers_MQTT_5_in_MQTT_3_1_1(byte code, ConnectFailureKind kind)
    {
        await using ScriptedServer server = new(_ => [0x20, 2, 0, code]);
        (ConnectFailureKind? actual, string? message) = await FailureOf(Plain(server.Port));
        Assert.Equal(kind, actual);
        Assert.StartsWith($"localhost:{server.Port} refuses CONNECT: 0x{code:X2} (", message, StringComparison.Ordinal);
        Assert.Contains("use --mqtt_version 3", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MqttVersion.V5)]
    [InlineData(MqttVersion.V311)]
    public async Task Every_CONNACK_code_has_a_message(MqttVersion version)
    {
        for (int code = 1; code <= 0xFF; code++)
        {
            byte[] answer = version == MqttVersion.V5 ? [0x20, 3, 0, (byte)code, 0] : [0x20, 2, 0, (byte)code];
            await using ScriptedServer server = new(_ => answer);
            (ConnectFailureKind? kind, string? message) = await FailureOf(Plain(server.Port) with { Version = version });
            Assert.True(kind is ConnectFailureKind.Protocol or ConnectFailureKind.Refused, $"0x{code:X2}: {kind}: {message}");
            Assert.DoesNotMatch(@"0x\w\w \d", message);
            Assert.Contains("; ", message, StringComparison.Ordinal);
            bool isFinal = version == MqttVersion.V5 ? code is 2 or 4 or 5 or 0x85 or 0x86 or 0x87 or 0x8A : code is 2 or 4 or 5 or 7;
            Assert.True(isFinal == (kind == ConnectFailureKind.Refused), $"0x{code:X2}: {kind}: {message}");
        }
    }

    [Theory]
    [InlineData(new byte[] { 0x90, 3, 0, 1, 0 })]
    [InlineData(new byte[] { 0x20, 2, 0, 99 })]
    [InlineData(new byte[] { 0x00, 2, 0, 0 })]
    public async Task A_server_that_does_not_speak_MQTT(byte[] answer)
    {
        await using ScriptedServer server = new(_ => answer);
        (ConnectFailureKind? kind, string? message) = await FailureOf(Plain(server.Port) with { Version = MqttVersion.V311 });
        Assert.Equal(ConnectFailureKind.Protocol, kind);
        Assert.StartsWith($"localhost:{server.Port} sends an invalid answer to CONNECT (", message, StringComparison.Ordinal);
        Assert.EndsWith("); check that this port speaks MQTT without TLS (1883)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MqttVersion.V5, "0x87 NotAuthorized")]
    [InlineData(MqttVersion.V311, "0x80 UnspecifiedError")]
    public async Task A_subscription_that_Mosquitto_refuses(MqttVersion version, string code)
    {
        string roles = """
            {"defaultACLAccess":{"publishClientSend":true,"publishClientReceive":true,"subscribe":true,"unsubscribe":true},
             "clients":[{"username":"thing","roles":[{"rolename":"device"}]}],
             "roles":[{"rolename":"device","acls":[{"acltype":"subscribeLiteral","topic":"$aws/things/thing/jobs/get/+","allow":false}]}]}
            """;
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync(certificates: Broker.Certificates, roles: roles);
        await using MqttConnection connection = await ConnectedAsync(Options() with { Port = broker.TlsPort, Version = version });
        ConnectFailure? failure = await connection.SubscribeAsync(["other", Filter, "third"], default);
        Assert.Equal(ConnectFailureKind.SubscriptionRefused, failure!.Kind);
        Assert.Equal(
            $"the server refuses the subscription to {Filter}: {code}; on AWS IoT: allow iot:Subscribe for topicfilter/{Filter} in the "
                + $"thing's policy",
            failure.Message);
    }

    [Fact]
    public async Task A_server_that_closes_the_connection_after_SUBSCRIBE()
    {
        // With a reason (MQTT 5) it is a refusal. Without one it may be the link, so it is not.
        await using (ScriptedServer refusing = new(_ => [0x20, 3, 0, 0, 0], _ => [0xE0, 2, 0x87, 0]))
        {
            await using MqttConnection connection = await ConnectedAsync(Plain(refusing.Port));
            ConnectFailure? failure = await connection.SubscribeAsync([Filter], default);
            Assert.Equal(
                (ConnectFailureKind.SubscriptionRefused,
                $"localhost:{refusing.Port} closes the connection at the subscription to {Filter}: "
                    + $"0x87 NotAuthorized; on AWS IoT: allow iot:Subscribe for these topic filters in the thing's policy"),
                (failure!.Kind, failure.Message));
        }

        await using (ScriptedServer busy = new(_ => [0x20, 3, 0, 0, 0], _ => [0xE0, 2, 0x8B, 0]))
        {
            await using MqttConnection connection = await ConnectedAsync(Plain(busy.Port));
            ConnectFailure? failure = await connection.SubscribeAsync([Filter], default);
            Assert.Equal(
                (ConnectFailureKind.Protocol, $"localhost:{busy.Port}: the server closed the connection: 0x8B ServerShuttingDown"),
                (failure!.Kind, failure.Message));
        }

        await using (ScriptedServer untold = new(_ => [0x20, 3, 0, 0, 0], _ => null))
        {
            await using MqttConnection connection = await ConnectedAsync(Plain(untold.Port));
            ConnectFailure? failure = await connection.SubscribeAsync([Filter], default);
            Assert.Equal(
                (ConnectFailureKind.Protocol, $"the connection to localhost:{untold.Port} was lost at the subscription to {Filter}; if "
                    + $"this happens again on AWS IoT: allow iot:Subscribe for these topic filters in the thing's policy"),
                (failure!.Kind, failure.Message));
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_SUBSCRIBE()
    {
        await using ScriptedServer server = new(_ => [0x20, 3, 0, 0, 0], _ => []);
        await using MqttConnection connection = await ConnectedAsync(Plain(server.Port) with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        ConnectFailure? failure = await connection.SubscribeAsync([Filter], default);
        Assert.Equal(
            (ConnectFailureKind.Protocol, $"localhost:{server.Port} does not answer the subscription to {Filter} within 1 s; try again "
                + $"later"),
            (failure!.Kind, failure.Message));
    }

    [Fact]
    public async Task Too_many_filters_are_rejected()
    {
        await using MqttConnection connection = Connection(Options());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => connection.SubscribeAsync(["1", "2", "3", "4", "5", "6", "7", "8", "9"], default));
    }

    /// <summary>Reads the client's first packet and lets the time-out of the answer elapse.</summary>
    private async Task<(ConnectFailureKind? Kind, string? Message)> SilenceAsync(TcpListener listener, MqttConnectionOptions options)
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        Task<(ConnectFailureKind? Kind, string? Message)> failing = FailureOf(options, time);
        using Socket accepted = await Wait.ForAsync(listener.AcceptSocketAsync(), "the connection");
        await Wait.ForAsync(accepted.ReceiveAsync(new byte[4096]), "what the client says first");
        time.Advance(options.ConnectTimeout);
        return await failing;
    }
}
