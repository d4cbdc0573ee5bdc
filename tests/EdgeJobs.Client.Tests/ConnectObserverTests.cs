using System.Collections.Concurrent;
using EdgeJobs.Testing;

namespace EdgeJobs.Client.Tests;

/// <summary>The reports of the stages of connecting, and the stage of each failure.</summary>
public sealed class ConnectObserverTests : BrokerTests, IConnectObserver
{
    private readonly ConcurrentQueue<(ConnectStage Stage, string Detail)> _passed = new();

    void IConnectObserver.Passed(ConnectStage stage, string detail) => _passed.Enqueue((stage, detail));

    [Fact]
    public async Task Stages_are_reported_in_order()
    {
        await using MqttConnection connection = await ConnectedAsync(Options() with { Observer = this });
        Assert.Null(await connection.SubscribeAsync(["a/+", "b"], default));
        Assert.Equal(
            [ConnectStage.Credentials, ConnectStage.Resolve, ConnectStage.Tcp, ConnectStage.Tls, ConnectStage.Connect,
            ConnectStage.Subscribe, ConnectStage.Subscribe],
            _passed.Select(p => p.Stage));
        string[] details = [.. _passed.Select(p => p.Detail)];
        Assert.Matches(@"^'CN=thing', valid until \d{4}-\d\d-\d\d \d\d:\d\d UTC, 1 trusted by /\S+\.pem$", details[0]);
        Assert.Matches(@"^localhost resolves to .*127\.0\.0\.1", details[1]);
        Assert.Equal($"127.0.0.1:{Broker.TlsPort} accepts the connection",
            details[2].Replace("[::ffff:127.0.0.1]", "127.0.0.1", StringComparison.Ordinal));
        Assert.Matches(
            @"^TLS 1\.3, server 'CN=server', issued by 'CN=EdgeJobs Test CA', valid until \d{4}-\d\d-\d\d \d\d:\d\d UTC$", details[3]);
        Assert.Equal("MQTT 5 as 'thing', no earlier session, a ping every 60 s, at most 20 unacknowledged messages", details[4]);
        Assert.Equal(["a/+ is granted at QoS 1", "b is granted at QoS 1"], details[5..]);
    }

    [Fact]
    public async Task A_failure_names_its_stage()
    {
        Assert.Equal(ConnectStage.Credentials, await StageOf(Options() with { CaFile = Directory["none.pem"] }));
        Assert.Equal(ConnectStage.Resolve, await StageOf(Options() with { Host = "no-such-host.invalid" }));
        Assert.Equal(ConnectStage.Tcp, await StageOf(Options() with { Port = TestPorts.Free() }));
        Assert.Equal(ConnectStage.Tls, await StageOf(Options() with { Port = Broker.PlainPort }));
        using TestCertificates other = new(Directory.Path, "Another CA");
        Assert.Equal(ConnectStage.Tls, await StageOf(Options(other.IssueClient("thing"))));
        await using ScriptedServer refusing = new(_ => [0x20, 3, 0, 0x87, 0]);
        Assert.Equal(ConnectStage.Connect, await StageOf(Plain(refusing.Port)));
        await using ScriptedServer closing = new(_ => [0x20, 3, 0, 0, 0], _ => [0xE0, 2, 0x87, 0]);
        await using MqttConnection connection = await ConnectedAsync(Plain(closing.Port));
        Assert.Equal(ConnectStage.Subscribe, (await connection.SubscribeAsync(["f"], default))!.Stage);
    }

    private async Task<ConnectStage> StageOf(MqttConnectionOptions options)
    {
        await using MqttConnection connection = Connection(options);
        ConnectResult result = await Wait.ForAsync(connection.ConnectAsync(cleanStart: true, default), "the end of connecting");
        Assert.False(result.IsConnected);
        return result.Failure.Stage;
    }
}
