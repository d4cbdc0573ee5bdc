using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Mqtt;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>A service with a broker that has both ports.</summary>
internal sealed class RunningBroker : IAsyncDisposable
{
    private RunningBroker(JobsService service, CloudBroker broker)
    {
        Service = service;
        Broker = broker;
    }

    public JobsService Service { get; }

    public CloudBroker Broker { get; }

    public static async Task<RunningBroker> StartAsync(X509Certificate2? server = null, X509Certificate2? clientAuthority = null)
    {
        JobsService service = new(new MemoryStore(), TimeProvider.System, new JobsServiceOptions(), NullLogger<JobsService>.Instance);
        service.CreateThing("pump");
        service.CreateThing("valve");
        CloudBrokerOptions options = new() { PlainPort = 0, TlsPort = server is null ? null : 0, ServerCertificate = server, ClientAuthority = clientAuthority };
        return new RunningBroker(service, await CloudBroker.StartAsync(service, options, NullLogger<CloudBroker>.Instance));
    }

    /// <summary>A client on the plain port.</summary>
    public async Task<MqttDevice> ConnectAsync(string clientId, MQTTnet.Formatter.MqttProtocolVersion version = MQTTnet.Formatter.MqttProtocolVersion.V500)
    {
        MqttDevice device = new();
        await device.ConnectAsync(Broker.PlainEndPoint!, clientId, version);
        return device;
    }

    public void CreateJob(string jobId, string thing) =>
        Assert.Null(Service.CreateJob(Cloud.Job(jobId) with { Targets = [JobTarget.Thing(thing)] }).Error);

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        Service.Dispose();
    }
}
