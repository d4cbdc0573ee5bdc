using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

/// <summary>The port with mutual TLS: which clients are admitted, and as which thing.</summary>
public sealed class MutualTlsTests(Certificates certificates) : IClassFixture<Certificates>
{
    [Theory]
    [InlineData(MqttProtocolVersion.V500)]
    [InlineData(MqttProtocolVersion.V311)]
    public async Task Thing_can_act_only_for_itself(MqttProtocolVersion version)
    {
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        await using MqttDevice device = await ConnectAsync(running, "pump", certificate, version);
        Assert.Equal(MqttClientSubscribeResultCode.GrantedQoS1, await device.SubscribeAsync("$aws/things/pump/jobs/notify-next"));
        if (version == MqttProtocolVersion.V500)
        {
            Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await device.SubscribeAsync("$aws/things/valve/jobs/notify-next"));
            Assert.Equal(MqttClientSubscribeResultCode.NotAuthorized, await device.SubscribeAsync("$aws/things/+/jobs/notify-next"));
        }

        running.CreateJob("one", "valve");
        running.CreateJob("two", "pump");
        Assert.Equal("two", (string?)(await device.NextAsync()).Json["execution"]!["jobId"]);

        _ = device.PublishAsync("$aws/things/valve/jobs/one/update", """{"status":"SUCCEEDED"}"""u8.ToArray());
        MqttClientDisconnectedEventArgs end = await device.DisconnectedAsync();
        Assert.Equal(Protocol.JobExecutionStatus.Queued, running.Service.DescribeJobExecution("valve", "one").Value!.Status);
        if (version == MqttProtocolVersion.V500)
        {
            Assert.Equal(MqttClientDisconnectReason.NotAuthorized, end.Reason);
        }
    }

    [Fact]
    public async Task Thing_connects_only_under_its_own_name()
    {
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 certificate = certificates.Client("pump");
        await using MqttDevice device = new();
        MqttClientConnectResult result =
            await device.ConnectAsync(running.Broker.TlsEndPoint!, "valve", MqttProtocolVersion.V500, certificates.Authority, certificate);
        Assert.Equal(MqttClientConnectResultCode.NotAuthorized, result.ResultCode);
    }

    [Fact]
    public async Task Client_without_a_certificate_is_rejected()
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = new();
        await Assert.ThrowsAnyAsync<MqttCommunicationException>(() =>
            device.ConnectAsync(running.Broker.TlsEndPoint!, "pump", MqttProtocolVersion.V500, certificates.Authority));
    }

    [Fact]
    public async Task Certificate_of_another_authority_is_rejected()
    {
        using Certificates others = new();
        await using RunningBroker running = await StartAsync();
        using X509Certificate2 foreign = others.Client("pump");
        await using MqttDevice device = new();
        await Assert.ThrowsAnyAsync<MqttCommunicationException>(() =>
            device.ConnectAsync(running.Broker.TlsEndPoint!, "pump", MqttProtocolVersion.V500, certificates.Authority, foreign));
    }

    [Fact]
    public async Task Brokers_own_certificate_is_rejected_as_a_client_certificate()
    {
        await using RunningBroker running = await StartAsync();
        await using MqttDevice device = new();
        await Assert.ThrowsAnyAsync<MqttCommunicationException>(() =>
            device.ConnectAsync(
                running.Broker.TlsEndPoint!, "localhost", MqttProtocolVersion.V500, certificates.Authority, certificates.Server));
    }

    [Fact]
    public async Task Clients_without_TLS_do_not_disturb_others()
    {
        await using RunningBroker running = await StartAsync();
        IPEndPoint endPoint = running.Broker.TlsEndPoint!;
        using TcpClient silent = new();
        await silent.ConnectAsync(endPoint);
        using TcpClient babbling = new();
        await babbling.ConnectAsync(endPoint);
        await babbling.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        using X509Certificate2 certificate = certificates.Client("pump");
        await using MqttDevice device = await ConnectAsync(running, "pump", certificate, MqttProtocolVersion.V500);
        await device.PublishAsync("$aws/things/pump/jobs/get", "{}"u8.ToArray());
        Assert.Equal("get/accepted", (await device.NextAsync()).Kind);
    }

    private Task<RunningBroker> StartAsync() => RunningBroker.StartAsync(certificates.Server, certificates.Authority);

    private async Task<MqttDevice> ConnectAsync(
        RunningBroker running, string clientId, X509Certificate2 certificate, MqttProtocolVersion version)
    {
        MqttDevice device = new();
        MqttClientConnectResult result =
            await device.ConnectAsync(running.Broker.TlsEndPoint!, clientId, version, certificates.Authority, certificate);
        Assert.Equal(MqttClientConnectResultCode.Success, result.ResultCode);
        return device;
    }
}
