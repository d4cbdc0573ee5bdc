using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Mqtt;
using EdgeJobs.LocalCloud.Naming;
using EdgeJobs.LocalCloud.Pki;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.LocalCloud.Tests.Fixtures;

/// <summary>A service with a broker on both ports.</summary>
internal sealed class RunningBroker : IAsyncDisposable
{
    private RunningBroker(JobsService service, CloudBroker broker, LogLines<CloudBroker> log)
    {
        Log = log;
        Service = service;
        Broker = broker;
    }

    public JobsService Service { get; }

    public CloudBroker Broker { get; }

    public LogLines<CloudBroker> Log { get; }

    public static async Task<RunningBroker> StartAsync(X509Certificate2? server = null, X509Certificate2? clientAuthority = null)
    {
        JobsService service = new(new MemoryStore(), TimeProvider.System, new JobsServiceOptions(), NullLogger<JobsService>.Instance);
        service.CreateThing("pump");
        service.CreateThing("valve");
        CloudBrokerOptions options =
            new() { PlainPort = 0, TlsPort = server is null ? null : 0, ServerCertificate = server, ClientAuthority = clientAuthority };
        LogLines<CloudBroker> log = new();
        return new RunningBroker(service, await CloudBroker.StartAsync(service, options, log), log);
    }

    public async Task<MqttDevice> ConnectAsync(
        string clientId, MQTTnet.Formatter.MqttProtocolVersion version = MQTTnet.Formatter.MqttProtocolVersion.V500)
    {
        MqttDevice device = new();
        await device.ConnectAsync(Broker.PlainEndPoint!, clientId, version);
        return device;
    }

    /// <summary>Registers a certificate, attaches it to the thing that its subject names, and attaches a new policy.</summary>
    public string Register(X509Certificate2 certificate, string statements, bool attach = true)
    {
        string id = CertificateAuthority.CertificateId(certificate);
        Assert.Null(Service.AddCertificate(id, certificate.ExportCertificatePem(), active: true).Error);
        Assert.Null(Service.CreatePolicy("p", Policy(statements)).Error);
        Assert.Null(Service.AttachPolicy("p", new PolicyTarget(false, id)));
        if (attach)
        {
            Assert.Null(Service.AttachThingPrincipal(certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), id));
        }

        return id;
    }

    public static string Policy(string statements) => $$"""{"Version":"2012-10-17","Statement":[{{statements}}]}""";

    public void CreateJob(string jobId, string thing) =>
        Assert.Null(Service.CreateJob(Cloud.Job(jobId) with { Targets = [JobTarget.Thing(thing)] }).Error);

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        Service.Dispose();
    }
}
