using EdgeJobs.Testing;

namespace EdgeJobs.Footprint;

/// <summary>
/// The environment of all programs: a Mosquitto with mutual TLS on loopback, and edgejobs-cloud attached to it.
/// Things have RSA keys of 2,048 bits, as AWS makes them.
/// </summary>
internal sealed class Scene : IAsyncDisposable
{
    private const string Service = "edgejobs-cloud";
    private const string Granted = "Sending SUBACK to ";

    private readonly MosquittoBroker _broker;
    private int _things;

    private Scene(MosquittoBroker broker, CloudProcess cloud)
    {
        _broker = broker;
        Cloud = cloud;
    }

    /// <summary>The Jobs service.</summary>
    public CloudProcess Cloud { get; }

    /// <summary>Starts both.</summary>
    public static async Task<Scene> StartAsync()
    {
        MosquittoBroker broker = await MosquittoBroker.StartAsync();
        try
        {
            return new Scene(broker, await CloudProcess.StartAttachedAsync(broker, broker.Certificates.IssueClient(Service)));
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a thing with a certificate.</summary>
    public async Task<ThingFiles> CreateThingAsync()
    {
        string name = "footprint-" + ++_things;
        CertificateFiles files = _broker.Certificates.IssueClient(name, TestKey.Rsa2048Pkcs1);
        await Cloud.RegisterThingAsync(name);
        return new ThingFiles(name, _broker.Certificates.CaFile, files.Certificate, files.Key);
    }

    /// <summary>A server certificate of the authority that things trust.</summary>
    public CertificateFiles IssueServer() => _broker.Certificates.IssueServer();

    /// <summary>The number of subscriptions that the broker has granted to all clients.</summary>
    public int CountGranted() => Count(Granted);

    /// <summary>The number of pings that the broker has received from all clients.</summary>
    public int CountPings() => Count("Received PINGREQ from footprint-");

    private int Count(string words)
    {
        string log = _broker.Log;
        int count = 0;
        for (int at = 0; (at = log.IndexOf(words, at, StringComparison.Ordinal)) >= 0; at += words.Length)
        {
            count++;
        }

        return count;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        await _broker.DisposeAsync();
    }
}
