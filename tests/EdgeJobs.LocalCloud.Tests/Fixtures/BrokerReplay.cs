using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet.Formatter;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>The service behind the real broker. The device is a real client with a certificate, over mutual TLS.</summary>
internal sealed class BrokerReplay : IReplay
{
    private readonly MqttDevice _device = new();
    private CloudBroker? _broker;
    private X509Certificate2? _certificate;

    private BrokerReplay()
    {
        Service = new JobsService(new MemoryStore(), Clock, new JobsServiceOptions(), NullLogger<JobsService>.Instance);
        Service.CreateThing(Cloud.Thing);
    }

    public ManualClock Clock { get; } = new(Cloud.Start);

    public JobsService Service { get; }

    public static async Task<BrokerReplay> StartAsync(Certificates certificates, MqttProtocolVersion version)
    {
        BrokerReplay replay = new();
        CloudBrokerOptions options =
            new() { TlsPort = 0, ServerCertificate = certificates.Server, ClientAuthority = certificates.Authority };
        replay._broker = await CloudBroker.StartAsync(replay.Service, options, NullLogger<CloudBroker>.Instance);
        IPEndPoint endPoint = replay._broker.TlsEndPoint!;
        replay._certificate = certificates.Client(Cloud.Thing);
        await replay._device.ConnectAsync(endPoint, Cloud.Thing, version, certificates.Authority, replay._certificate);
        // Subscribed to all topics, so that a duplicate response is noticed.
        await replay._device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/#");
        return replay;
    }

    public Task SendAsync(string topic, byte[] payload) => _device.PublishAsync(topic, payload);

    public Task<Received> NextAsync() => _device.NextAsync();

    // Messages keep their order: any earlier message would arrive before the response to this request.
    public async Task ExpectSilenceAsync()
    {
        await _device.PublishAsync($"$aws/things/{Cloud.Thing}/jobs/get", """{"clientToken":"still there?"}"""u8.ToArray());
        Received next = await NextAsync();
        Assert.True((string?)next.Json["clientToken"] == "still there?", $"expected silence, got {next}");
    }

    public async ValueTask DisposeAsync()
    {
        await _device.DisposeAsync();
        if (_broker is not null)
        {
            await _broker.DisposeAsync();
        }

        _certificate?.Dispose();
        Service.Dispose();
    }
}
