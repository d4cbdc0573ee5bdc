using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Mqtt;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using EdgeJobs.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet.Formatter;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

/// <summary>The service attached to a real Mosquitto.</summary>
[Trait("Category", "Integration")]
public sealed class JobsBridgeTests : IDisposable
{
    private readonly JobsService _service =
        new(new MemoryStore(), TimeProvider.System, new JobsServiceOptions(), NullLogger<JobsService>.Instance);

    public JobsBridgeTests() => _service.CreateThing(Cloud.Thing);

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Device_on_an_external_broker_runs_its_job()
    {
        await using MosquittoBroker mosquitto = await MosquittoBroker.StartAsync();
        await using JobsBridge bridge = await StartAsync(Plain(mosquitto));
        await using MqttDevice device = new();
        await device.ConnectAsync(PlainEndPoint(mosquitto), Cloud.Thing);
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/start-next/+");
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/+/update/+");
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/notify-next");
        _service.CreateJob(Cloud.Job("one"));
        await RunAsync(device, "one");
    }

    [Fact]
    public async Task Device_on_an_external_broker_runs_its_job_over_mutual_tls()
    {
        await using MosquittoBroker mosquitto = await MosquittoBroker.StartAsync();
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(mosquitto.Certificates.CaFile);
        using X509Certificate2 own = Load(mosquitto.Certificates.IssueClient("edgejobs-cloud"));
        JobsBridgeOptions options =
            new() { Host = "localhost", Port = mosquitto.TlsPort, UseTls = true, Authorities = [authority], ClientCertificate = own };
        await using JobsBridge bridge = await StartAsync(options);
        using X509Certificate2 things = Load(mosquitto.Certificates.IssueClient(Cloud.Thing));
        await using MqttDevice device = new();
        await device.ConnectAsync(
            new IPEndPoint(IPAddress.Loopback, mosquitto.TlsPort), Cloud.Thing, MqttProtocolVersion.V311, authority, things);
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/start-next/+");
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/+/update/+");
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/notify-next");
        _service.CreateJob(Cloud.Job("one"));
        await RunAsync(device, "one");

        using Certificates others = new();
        string address = $"can't reach mqtts://localhost:{mosquitto.TlsPort}";
        BrokerException untrusted =
            await Assert.ThrowsAsync<BrokerException>(() => StartAsync(options with { Authorities = [others.Authority] }));
        Assert.Contains(address, untrusted.Message, StringComparison.Ordinal);
        BrokerException nameless = await Assert.ThrowsAsync<BrokerException>(() => StartAsync(options with { ClientCertificate = null }));
        Assert.Contains(address, nameless.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bridge_reconnects_to_a_restarted_broker()
    {
        await using MosquittoBroker mosquitto = await MosquittoBroker.StartAsync();
        ImpatientClock clock = new();
        await using JobsBridge bridge = await StartAsync(Plain(mosquitto), clock);
        await mosquitto.KillAsync();
        await mosquitto.StartAsync();
        await using MqttDevice device = new();
        await device.ConnectAsync(PlainEndPoint(mosquitto), Cloud.Thing);
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/get/+");

        // The service reconnects in its own time: the test repeats the request until the client's deadline.
        using CancellationTokenSource answered = new();
        Task asking = Task.Run(async () =>
        {
            while (!answered.IsCancellationRequested)
            {
                await device.PublishAsync($"$aws/things/{Cloud.Thing}/jobs/get", "{}"u8.ToArray());
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        });
        Assert.Equal("get/accepted", (await device.NextAsync()).Kind);
        await answered.CancelAsync();
        await asking;
    }

    [Fact]
    public async Task Unreachable_broker_is_reported()
    {
        int port = TestPorts.Free();
        BrokerException error =
            await Assert.ThrowsAsync<BrokerException>(() => StartAsync(new JobsBridgeOptions { Host = "127.0.0.1", Port = port }));
        Assert.Contains($"can't reach mqtt://127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
    }

    private static async Task RunAsync(MqttDevice device, string jobId)
    {
        Assert.Equal(jobId, (string?)(await device.NextAsync()).Json["execution"]!["jobId"]);
        await device.PublishAsync($"$aws/things/{Cloud.Thing}/jobs/start-next", """{"clientToken":"1"}"""u8.ToArray());
        Assert.Equal(jobId, (string?)(await device.NextAsync()).Json["execution"]!["jobId"]);
        await device.PublishAsync(
            $"$aws/things/{Cloud.Thing}/jobs/{jobId}/update", """{"clientToken":"2","status":"SUCCEEDED"}"""u8.ToArray());
        Assert.Equal("2", (string?)(await device.NextAsync()).Json["clientToken"]);
        Assert.False((await device.NextAsync()).Json.ContainsKey("execution"));
    }

    private static JobsBridgeOptions Plain(MosquittoBroker mosquitto) => new() { Host = "127.0.0.1", Port = mosquitto.PlainPort };

    private static IPEndPoint PlainEndPoint(MosquittoBroker mosquitto) => new(IPAddress.Loopback, mosquitto.PlainPort);

    private static X509Certificate2 Load(CertificateFiles files) => X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);

    private Task<JobsBridge> StartAsync(JobsBridgeOptions options, TimeProvider? clock = null) =>
        JobsBridge.StartAsync(_service, options, clock ?? TimeProvider.System, NullLogger<JobsBridge>.Instance, CancellationToken.None);

    /// <summary>Shortens the pauses between attempts to nearly nothing.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(5) : dueTime, period);
    }
}
