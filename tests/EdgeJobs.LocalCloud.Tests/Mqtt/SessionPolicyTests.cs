using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Mqtt;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet;
using MQTTnet.Formatter;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

/// <summary>Policies if a session outlives its connection, or two connections share a client id.</summary>
public sealed class SessionPolicyTests(Certificates certificates) : IClassFixture<Certificates>
{
    private const string Connect = """{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}""";
    private const string All = """{"Effect":"Allow","Action":"iot:*","Resource":"*"}""";
    private const string Prefix = "arn:aws:iot:us-east-1:000000000000:";
    private static readonly byte[] Empty = "{}"u8.ToArray();
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    [Trait("Category", "Integration")]
    [Theory]
    [InlineData(MqttProtocolVersion.V500)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task Fast_reconnects_with_one_client_id_never_get_a_denied_filter(MqttProtocolVersion version)
    {
        const int Workers = 3, Rounds = 700;
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        running.Register(
            certificate, $$"""{{Connect}},{"Effect":"Allow","Action":"iot:Subscribe","Resource":"{{Prefix}}topicfilter/own"}""");
        int granted = 0, refused = 0, ended = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                switch (await ConnectAndSubscribeAsync(running.Broker.TlsEndPoint!, certificate, version))
                {
                    case null:
                        // Another worker has taken over the client id, or the broker has closed the connection of MQTT 3.1.1.
                        Interlocked.Increment(ref ended);
                        break;
                    case < 0x80:
                        Interlocked.Increment(ref granted);
                        break;
                    default:
                        Interlocked.Increment(ref refused);
                        break;
                }
            }
        })));
        Assert.True(granted == 0, $"{granted} of {Workers * Rounds} subscriptions were granted ({refused} refused, {ended} ended)");
        Assert.True(version == MqttProtocolVersion.V311 || refused > 0, "every connection ended before its SUBSCRIBE was answered");
    }

    [Fact]
    public async Task Retained_message_requires_receive_permission()
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice publisher = await running.ConnectAsync("publisher");
        await publisher.PublishAsync("secret/a", Empty, retain: true);
        using X509Certificate2 certificate = certificates.Client("pump");
        running.Register(certificate, $$"""
            {{Connect}},{"Effect":"Allow","Action":"iot:Subscribe","Resource":"*"},
            {"Effect":"Allow","Action":"iot:Receive","Resource":"{{Prefix}}topic/open/*"}
            """);
        await using MqttDevice device = new();
        await ConnectAsync(running, device, "pump", certificate);
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await device.SubscribeAsync("#"));
        await running.Log.WaitForAsync("lacks iot:Receive on arn:aws:iot:us-east-1:000000000000:topic/secret/a");
        await publisher.PublishAsync("open/a", Empty);
        Assert.Equal("open/a", (await device.NextMessageAsync()).Topic);
    }

    [Fact]
    public async Task Queued_messages_are_delivered_under_the_policy_at_delivery()
    {
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        string id = running.Register(certificate, All);
        await using MqttDevice watcher = await running.ConnectAsync("watcher");
        await watcher.SubscribeAsync("gone");
        await using (MqttDevice before = new())
        {
            await ConnectAsync(running, before, "pump", certificate, more: options =>
            {
                Lasting(options);
                options.WithWillTopic("gone").WithWillPayload(Empty);
            });
            Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await before.SubscribeAsync("#"));
        }

        // The broker has noticed the lost connection: from here on, messages are queued.
        Assert.Equal("gone", (await watcher.NextMessageAsync()).Topic);
        await using MqttDevice publisher = await running.ConnectAsync("publisher");
        await publisher.PublishAsync("secret/a", Empty);
        await publisher.PublishAsync("open/a", Empty);
        Assert.Null(running.Service.CreatePolicyVersion(
            "p",
            RunningBroker.Policy($$"""{{Connect}},{"Effect":"Allow","Action":"iot:Receive","Resource":"{{Prefix}}topic/open/*"}"""),
            setAsDefault: true).Error);
        await using MqttDevice after = new();
        Assert.True((await ConnectAsync(running, after, "pump", certificate, more: Lasting)).IsSessionPresent);
        Assert.Equal("open/a", (await after.NextMessageAsync()).Topic);

        Assert.Null(running.Service.UpdateCertificate(id, CertificateStatus.Revoked));
        await publisher.PublishAsync("open/b", Empty);

        // The next packet of the device ends its connection: this one, or already its acknowledgement of open/a.
        _ = await Record.ExceptionAsync(() => after.PublishAsync("open/c", Empty));
        await after.DisconnectedAsync();
        Assert.True(after.IsIdle);
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V500, MqttClientConnectResultCode.ServerUnavailable)]
    [InlineData(MqttProtocolVersion.V311, MqttClientConnectResultCode.ServerUnavailable)]
    public async Task Session_is_not_resumed_by_another_certificate(MqttProtocolVersion version, MqttClientConnectResultCode code)
    {
        await using RunningBroker running = await StartAsync();
        await using (MqttDevice plain = new())
        {
            await plain.ConnectAsync(running.Broker.PlainEndPoint!, "pump", version, more: Lasting);
            Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await plain.SubscribeAsync("secret/#"));
            await plain.DisconnectAsync();
        }

        await using MqttDevice publisher = await running.ConnectAsync("publisher");
        await publisher.PublishAsync("secret/a", Empty);
        using X509Certificate2 certificate = certificates.Client("pump");
        running.Register(
            certificate,
            $$"""
            {{Connect}},{"Effect":"Allow","Action":"iot:Receive","Resource":"*"},
            {"Effect":"Allow","Action":"iot:Subscribe","Resource":"{{Prefix}}topicfilter/open/*"}
            """);
        await using (MqttDevice first = new())
        {
            Assert.Equal(code, (await ConnectAsync(running, first, "pump", certificate, version, Lasting)).ResultCode);
            await running.Log.WaitForAsync("its session belongs to another certificate");
        }

        await using MqttDevice second = new();
        MqttClientConnectResult connected = await ConnectAsync(running, second, "pump", certificate, version, Lasting);
        Assert.Equal((MqttClientConnectResultCode.Success, false), (connected.ResultCode, connected.IsSessionPresent));
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await second.SubscribeAsync("open/a"));
        await publisher.PublishAsync("secret/b", Empty);
        await publisher.PublishAsync("open/a", Empty);
        Assert.Equal("open/a", (await second.NextMessageAsync()).Topic);
    }

    [Theory]
    [InlineData("forbidden", false)]
    [InlineData("own", true)]
    public async Task Last_will_is_published_under_the_policies_of_its_client(string topic, bool published)
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice watcher = await running.ConnectAsync("watcher");
        await watcher.SubscribeAsync("#");
        using X509Certificate2 certificate = certificates.Client("pump");
        running.Register(certificate, $$"""{{Connect}},{"Effect":"Allow","Action":"iot:Publish","Resource":"{{Prefix}}topic/own"}""");
        await using (MqttDevice dying = new())
        {
            await ConnectAsync(running, dying, "pump", certificate, more: options => options.WithWillTopic(topic).WithWillPayload(Empty));
        }

        if (published)
        {
            Assert.Equal(topic, (await watcher.NextMessageAsync()).Topic);
        }
        else
        {
            await running.Log.WaitForAsync($"lacks iot:Publish on {Prefix}topic/{topic}");
            await using MqttDevice other = await running.ConnectAsync("other");
            await other.PublishAsync("after", Empty);
            Assert.Equal("after", (await watcher.NextMessageAsync()).Topic);
        }
    }

    [Fact]
    public async Task Without_a_known_connection_everything_is_denied()
    {
        await using RunningBroker running = await StartAsync();
        PolicyEnforcer gate = new(running.Service, NullLogger.Instance);
        Assert.False(gate.IsActive());
        Assert.False(gate.MaySubscribe("a"));
        Assert.False(gate.MayPublish("a", retain: false));
        await Task.Run(() =>
        {
            gate.SetCurrent(new ClientConnection(null!, gate, isTls: true));
            Assert.False(gate.IsActive());
            Assert.False(gate.MaySubscribe("a"));
            Assert.False(gate.MayPublish("a", retain: false));
            Assert.False(gate.MayReceive(gate.Current!, "a"));

            // Admitted without an identity: cannot happen, and does not open the TLS port.
            gate.Current!.IsAdmitted = true;
            Assert.False(gate.MaySubscribe("a"));
            Assert.False(gate.IsActive());
        }).WaitAsync(TimeLimit);
        Assert.Null(gate.Current);
    }

    // The code of SUBACK, or null if the connection ends before it. Both packets are sent at once, and the socket is closed without
    // DISCONNECT.
    private async Task<byte?> ConnectAndSubscribeAsync(IPEndPoint endPoint, X509Certificate2 certificate, MqttProtocolVersion version)
    {
        byte[] packets = version == MqttProtocolVersion.V500
            ? [0x10, 17, 0, 4, .. "MQTT"u8, 5, 2, 0, 60, 0, 0, 4, .. "pump"u8, 0x82, 15, 0, 1, 0, 0, 9, .. "forbidden"u8, 1]
            : [0x10, 16, 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, 4, .. "pump"u8, 0x82, 14, 0, 1, 0, 9, .. "forbidden"u8, 1];
        using TcpClient tcp = new();
        using CancellationTokenSource timeout = new(TimeLimit);
        try
        {
            await tcp.ConnectAsync(endPoint, timeout.Token);
            await using SslStream stream = new(tcp.GetStream(), leaveInnerStreamOpen: false);
            X509ChainPolicy trust = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trust.CustomTrustStore.Add(certificates.Authority);
            SslClientAuthenticationOptions tls =
                new() { TargetHost = "localhost", ClientCertificates = [certificate], CertificateChainPolicy = trust };
            await stream.AuthenticateAsClientAsync(tls, timeout.Token);
            await stream.WriteAsync(packets, timeout.Token);
            byte[] head = new byte[2];
            while (true)
            {
                // All packets here are shorter than 128 bytes, so the length is one byte.
                await stream.ReadExactlyAsync(head, timeout.Token);
                byte[] body = new byte[head[1]];
                await stream.ReadExactlyAsync(body, timeout.Token);
                if (head[0] == 0x90)
                {
                    return body[^1];
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException)
        {
            return null;
        }
    }

    private static void Lasting(MqttClientOptionsBuilder options) => options.WithCleanSession(false).WithSessionExpiryInterval(600);

    private Task<RunningBroker> StartAsync() => RunningBroker.StartAsync(certificates.Server, certificates.Authority);

    private Task<MqttClientConnectResult> ConnectAsync(
        RunningBroker running,
        MqttDevice device,
        string clientId,
        X509Certificate2 certificate,
        MqttProtocolVersion version = MqttProtocolVersion.V500,
        Action<MqttClientOptionsBuilder>? more = null) =>
        device.ConnectAsync(running.Broker.TlsEndPoint!, clientId, version, certificates.Authority, certificate, more);
}
