using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Buckets;
using EdgeJobs.LocalCloud.Jobs;
using EdgeJobs.LocalCloud.Model;
using EdgeJobs.LocalCloud.Mqtt;
using EdgeJobs.LocalCloud.Pki;
using EdgeJobs.LocalCloud.Rest;
using EdgeJobs.LocalCloud.Storage;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>A running local cloud: data directory, certificates, Jobs service, broker and REST API.</summary>
internal sealed class CloudHost : IAsyncDisposable
{
    // In creation order; disposed in reverse.
    private readonly Stack<object> _parts = new();
    private readonly CloudOptions _options;
    private int? _mqttPort;
    private int? _mqttsPort;
    private int _httpPort;
    private int? _bucketPort;
    private string? _brokerAddress;

    private CloudHost(CloudOptions options) => _options = options;

    public int? MqttsPort => _mqttsPort;

    public Uri HttpUrl => new($"http://{HostFor(_options.Bind)}:{_httpPort}/");

    /// <summary>The line that scripts wait for: all ports accept connections, and these are their numbers.</summary>
    public string ReadyLine
    {
        get
        {
            string host = Bracketed(_options.Bind);
            string mqtt = _mqttsPort is null ? _brokerAddress! : $"mqtt://{host}:{_mqttPort} mqtts://{host}:{_mqttsPort}";
            string buckets = _bucketPort is null ? "" : $" https://{host}:{_bucketPort}";
            return $"READY {mqtt} http://{host}:{_httpPort}{buckets}";
        }
    }

    /// <summary>Starts a cloud.</summary>
    /// <param name="observer">Called with each state change once it is durable; may be null.</param>
    public static async Task<CloudHost> StartAsync(
        CloudOptions options, TimeProvider clock, ILoggerFactory loggers, Action<StateChange>? observer,
        CancellationToken cancellationToken)
    {
        CloudHost cloud = new(options);
        try
        {
            await cloud.StartAsync(clock, loggers, observer, cancellationToken).ConfigureAwait(false);
            return cloud;
        }
        catch (Exception e)
        {
            await cloud.DisposeAsync().ConfigureAwait(false);
            if (e is PkiException or StoreException)
            {
                throw new UsageException(e.Message);
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out object? part))
        {
            if (part is IAsyncDisposable later)
            {
                await later.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                ((IDisposable)part).Dispose();
            }
        }
    }

    private async Task StartAsync(
        TimeProvider clock, ILoggerFactory loggers, Action<StateChange>? observer, CancellationToken cancellationToken)
    {
        DataDirectory data = Add(DataDirectory.Open(_options.DataDirectory));
        CertificateAuthority authority = Add(CertificateAuthority.LoadOrCreate(data.Pki, clock));
        IReadOnlyList<string> names = ServerCertificate.NamesFor(_options.Bind, _options.Names);
        X509Certificate2 server = Add(ServerCertificate.LoadOrRenew(data.Pki, authority, names, clock));
        if (_options.Buckets is { } buckets)
        {
            BucketServer files = Add(await StartBucketsAsync(buckets, server, clock, loggers, cancellationToken).ConfigureAwait(false));
            _bucketPort = files.Port;
            buckets.Origin = $"https://{(_options.Names is [var name, ..] ? name : HostFor(_options.Bind))}:{files.Port}";
        }

        SqliteJobStore store = Add(SqliteJobStore.Open(data.Database));
        JobsService jobs = Add(new JobsService(
            observer is null ? store : new ObservedStore(store, observer), clock,
            new JobsServiceOptions { Urls = _options.Buckets },
            loggers.CreateLogger<JobsService>()));
        if (_options.MqttsPort is not null)
        {
            CloudBroker broker = Add(await StartBrokerAsync(jobs, server, authority, loggers).ConfigureAwait(false));
            _mqttPort = broker.PlainEndPoint?.Port;
            _mqttsPort = broker.TlsEndPoint?.Port;
        }

        if (_options.Broker is { } external)
        {
            JobsBridge bridge = Add(await StartBridgeAsync(jobs, external, clock, loggers, cancellationToken).ConfigureAwait(false));
            _brokerAddress = bridge.Address;
        }

        RestRouter router = new(jobs, authority, DeviceEndpoints, clock);
        RestServer rest = Add(await StartRestAsync(names, router, loggers, cancellationToken).ConfigureAwait(false));
        _httpPort = rest.Port;
    }

    private async Task<CloudBroker> StartBrokerAsync(
        JobsService jobs, X509Certificate2 server, CertificateAuthority authority, ILoggerFactory loggers)
    {
        CloudBrokerOptions broker = new()
        {
            Address = _options.Bind,
            PlainPort = _options.MqttPort,
            TlsPort = _options.MqttsPort,
            ServerCertificate = server,
            ClientAuthority = authority.Certificate,
            Provisioning = new ProvisioningApi(jobs, authority),
        };
        try
        {
            return await CloudBroker.StartAsync(jobs, broker, loggers.CreateLogger<CloudBroker>()).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            string flag = e.Message.Contains($"{new IPEndPoint(_options.Bind, _options.MqttsPort ?? 0)}:", StringComparison.Ordinal)
                ? "mqtts_port"
                : "mqtt_port";
            throw new UsageException($"{e.Message} with --{flag}");
        }
    }

    private static async Task<JobsBridge> StartBridgeAsync(
        JobsService jobs, JobsBridgeOptions options, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return await JobsBridge.StartAsync(
                jobs, options, clock, loggers.CreateLogger<JobsBridge>(), cancellationToken).ConfigureAwait(false);
        }
        catch (BrokerException e)
        {
            throw new CloudException(ExitCode.Unreachable, $"--broker: {e.Message}");
        }
    }

    private Endpoints DeviceEndpoints() => _mqttsPort is { } port
        ? new Endpoints(null, port, _httpPort)
        : new Endpoints(_options.Broker?.Host, _options.Broker?.Port, _httpPort);

    private async Task<BucketServer> StartBucketsAsync(
        PresignedUrls buckets, X509Certificate2 server, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return await BucketServer.StartAsync(
                _options.Bind, _options.BucketPort, server, buckets, clock, loggers, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            IPEndPoint endPoint = new(_options.Bind, _options.BucketPort);
            throw new UsageException(
                $"can't listen on {endPoint}: {e.GetBaseException().Message}; choose another port (0 for any free port) with "
                + "--bucket_port");
        }
    }

    private async Task<RestServer> StartRestAsync(
        IReadOnlyList<string> names, RestRouter router, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return await RestServer.StartAsync(
                _options.Bind, _options.HttpPort, names, router, loggers, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            IPEndPoint endPoint = new(_options.Bind, _options.HttpPort);
            throw new UsageException(
                $"can't listen on {endPoint}: {e.GetBaseException().Message}; choose another port (0 for any free port) with --http_port");
        }
    }

    private T Add<T>(T part)
        where T : notnull
    {
        _parts.Push(part);
        return part;
    }

    // A wildcard address is not an address to connect to.
    private static string HostFor(IPAddress bind) =>
        bind.Equals(IPAddress.Any) ? "127.0.0.1" : bind.Equals(IPAddress.IPv6Any) ? "[::1]" : Bracketed(bind);

    private static string Bracketed(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
