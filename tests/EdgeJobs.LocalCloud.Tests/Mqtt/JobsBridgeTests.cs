using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Mqtt;
using EdgeJobs.LocalCloud.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using MQTTnet.Formatter;

namespace EdgeJobs.LocalCloud.Tests.Mqtt;

/// <summary>The service attached to a real Mosquitto.</summary>
public sealed class JobsBridgeTests : IDisposable
{
    private readonly JobsService _service = new(new MemoryStore(), TimeProvider.System, new JobsServiceOptions(), NullLogger<JobsService>.Instance);

    public JobsBridgeTests() => _service.CreateThing(Cloud.Thing);

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task A_device_on_another_broker_runs_its_job()
    {
        await using Mosquitto mosquitto = new("allow_anonymous true\n");
        await mosquitto.StartAsync();
        await using JobsBridge bridge = await StartAsync(new JobsBridgeOptions { Host = "127.0.0.1", Port = mosquitto.EndPoint.Port });
        await using MqttDevice device = new();
        await device.ConnectAsync(mosquitto.EndPoint, Cloud.Thing);
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/start-next/+");
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/+/update/+");
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/notify-next");
        _service.CreateJob(Cloud.Job("one"));
        await RunAsync(device, "one");
    }

    [Fact]
    public async Task The_same_over_mutual_tls()
    {
        using Certificates certificates = new();
        await using Mosquitto mosquitto = new(
            "cafile DIR/ca.pem\ncertfile DIR/server.pem\nkeyfile DIR/server.key\nrequire_certificate true\nuse_identity_as_username true\n",
            ("ca.pem", certificates.Authority.ExportCertificatePem()),
            ("server.pem", certificates.Server.ExportCertificatePem()),
            ("server.key", certificates.Server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()));
        await mosquitto.StartAsync();
        using X509Certificate2 own = certificates.Client("edgejobs-cloud");
        JobsBridgeOptions options = new()
        {
            Host = "localhost",
            Port = mosquitto.EndPoint.Port,
            UseTls = true,
            Authorities = [certificates.Authority],
            ClientCertificate = own,
        };
        await using JobsBridge bridge = await StartAsync(options);
        using X509Certificate2 things = certificates.Client(Cloud.Thing);
        await using MqttDevice device = new();
        await device.ConnectAsync(mosquitto.EndPoint, Cloud.Thing, MqttProtocolVersion.V311, certificates.Authority, things);
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/start-next/+");
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/+/update/+");
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/notify-next");
        _service.CreateJob(Cloud.Job("one"));
        await RunAsync(device, "one");

        using Certificates others = new();
        BrokerException refusal = await Assert.ThrowsAsync<BrokerException>(() => StartAsync(options with { Authorities = [others.Authority] }));
        Assert.Contains($"mqtts://localhost:{mosquitto.EndPoint.Port}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_was_restarted_is_found_again()
    {
        await using Mosquitto mosquitto = new("allow_anonymous true\n");
        await mosquitto.StartAsync();
        ImpatientClock clock = new();
        await using JobsBridge bridge = await StartAsync(new JobsBridgeOptions { Host = "127.0.0.1", Port = mosquitto.EndPoint.Port }, clock);
        await mosquitto.KillAsync();
        await mosquitto.StartAsync();
        await using MqttDevice device = new();
        await device.ConnectAsync(mosquitto.EndPoint, Cloud.Thing);
        await device.SubscribeAsync($"$aws/things/{Cloud.Thing}/jobs/get/+");

        // The service is back at a time of its own: asked until it answers, which the client's own deadline bounds.
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
    public async Task A_broker_that_is_not_there_is_told()
    {
        await using Mosquitto never = new("");
        BrokerException refusal = await Assert.ThrowsAsync<BrokerException>(() =>
            StartAsync(new JobsBridgeOptions { Host = "127.0.0.1", Port = never.EndPoint.Port }));
        Assert.Contains($"mqtt://127.0.0.1:{never.EndPoint.Port} can't be reached", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broker_that_wants_a_password_is_told()
    {
        await using Mosquitto mosquitto = new("allow_anonymous false\n");
        await mosquitto.StartAsync();
        BrokerException refusal = await Assert.ThrowsAsync<BrokerException>(() =>
            StartAsync(new JobsBridgeOptions { Host = "127.0.0.1", Port = mosquitto.EndPoint.Port }));
        Assert.Contains("refused the connection: NotAuthorized", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task RunAsync(MqttDevice device, string jobId)
    {
        Assert.Equal(jobId, (string?)(await device.NextAsync()).Json["execution"]!["jobId"]);
        await device.PublishAsync($"$aws/things/{Cloud.Thing}/jobs/start-next", """{"clientToken":"1"}"""u8.ToArray());
        Assert.Equal(jobId, (string?)(await device.NextAsync()).Json["execution"]!["jobId"]);
        await device.PublishAsync($"$aws/things/{Cloud.Thing}/jobs/{jobId}/update", """{"clientToken":"2","status":"SUCCEEDED"}"""u8.ToArray());
        Assert.Equal("2", (string?)(await device.NextAsync()).Json["clientToken"]);
        Assert.False((await device.NextAsync()).Json.ContainsKey("execution"));
    }

    private Task<JobsBridge> StartAsync(JobsBridgeOptions options, TimeProvider? clock = null) =>
        JobsBridge.StartAsync(_service, options, clock ?? TimeProvider.System, NullLogger<JobsBridge>.Instance, CancellationToken.None);

    /// <summary>The pauses between attempts shrink to nearly nothing.</summary>
    private sealed class ImpatientClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(5) : dueTime, period);
    }
}
