using EdgeJobs.Client.Options;

namespace EdgeJobs.Client;

/// <summary>Where and how to connect.</summary>
public sealed record MqttConnectionOptions
{
    /// <summary>The server's host name or IP address.</summary>
    public required string Host { get; init; }

    /// <summary>
    /// The server's TCP port, 1 to 65535. Null selects 8883 and, if a firewall blocks that, 443: AWS IoT Core accepts MQTT with
    /// certificates on both. On 443 the TLS handshake offers <c>x-amzn-mqtt-ca</c> (ALPN). Without TLS null selects 1883.
    /// </summary>
    public int? Port { get; init; }

    /// <summary>Stores across restarts which port was open, if <see cref="Port"/> is null; null for no store.</summary>
    public IPortKeeper? PortKeeper { get; init; }

    /// <summary>The HTTP proxy to the server; null for none.</summary>
    public HttpProxy? Proxy { get; init; }

    /// <summary>
    /// The hosts to reach without <see cref="Proxy"/>, in the format of the environment variable NO_PROXY; null for none.
    /// </summary>
    public string? NoProxy { get; init; }

    /// <summary>The MQTT client id, 1 to 128 bytes of UTF-8 for AWS IoT; by convention the thing name.</summary>
    public required string ClientId { get; init; }

    /// <summary>The version of MQTT.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Whether to use TLS. Without TLS no certificate is used; only for experiments on one machine.</summary>
    public bool UseTls { get; init; } = true;

    /// <summary>The PEM file of the thing's certificate, followed by its intermediates; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>
    /// The PEM file of the thing's private key, or the URI of a key in a PKCS#11 token (<c>pkcs11:token=...;object=...</c>); null for none.
    /// </summary>
    public string? KeyFile { get; init; }

    /// <summary>The file that holds the passphrase of an encrypted private key, or the PIN of its token; null for none.</summary>
    public string? KeyPassphraseFile { get; init; }

    /// <summary>Called after each connect with the certificate of the connection. Must return quickly and not throw.</summary>
    public Action<CertificateFacts>? CertificateUsed { get; init; }

    /// <summary>A PEM file of the certificate authorities to trust; null for the system's trust store.</summary>
    public string? CaFile { get; init; }

    /// <summary>The longest silence before the client pings: 30 to 1200 s on AWS IoT.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The time-out of each of three phases: reaching the server (name, TCP, proxy, TLS), CONNECT, and SUBSCRIBE. If a second port is
    /// available, TCP, proxy and the first TLS bytes of the server have half of it each on the first port.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a reply to a request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the server keeps the session after a loss of the connection (MQTT 5). AWS IoT: at most 7 days.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether the first connection discards an earlier session on the server.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>
    /// Whether continuations that wait for an acknowledgement, a reply or a notification run on the receiving thread instead of the thread
    /// pool. Only for callers that never block: the connection receives nothing while a continuation runs.
    /// </summary>
    public bool ContinueInline { get; init; }

    /// <summary>Observes the stages of connecting; null for none.</summary>
    public IConnectObserver? Observer { get; init; }

    /// <summary>The server as the operator named it: HOST, or HOST:PORT.</summary>
    public string Server => Port is null ? Host : $"{Host}:{Port}";

    /// <summary>The first of the two ports.</summary>
    internal int TlsPort { get; init; } = MqttPorts.Tls;

    /// <summary>The second of the two ports.</summary>
    internal int HttpsPort { get; init; } = MqttPorts.Https;

    /// <summary>Where <see cref="Host"/> and <see cref="Port"/> come from, for messages.</summary>
    internal string AddressSource { get; init; } = "--endpoint";

    /// <summary>What the server speaks, and the usual port of that, for messages.</summary>
    internal (string Name, int Port) Protocol { get; init; } = ("MQTT over TLS", MqttPorts.Tls);

    /// <summary>Resolves host names instead of the system.</summary>
    internal Func<string, CancellationToken, Task<System.Net.IPAddress[]>>? Resolver { get; init; }
}
