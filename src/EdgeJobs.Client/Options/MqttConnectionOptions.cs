namespace EdgeJobs.Client;

/// <summary>Where and how to connect.</summary>
public sealed record MqttConnectionOptions
{
    /// <summary>The server's host name or IP address.</summary>
    public required string Host { get; init; }

    /// <summary>
    /// The server's TCP port, 1 to 65535; null for 8883 and, when a firewall blocks that, 443: AWS IoT Core takes MQTT with
    /// certificates on both. On 443 the TLS handshake says <c>x-amzn-mqtt-ca</c> (ALPN). Without TLS null is 1883.
    /// </summary>
    public int? Port { get; init; }

    /// <summary>Keeps across restarts which port was open, when <see cref="Port"/> is null; null for nobody.</summary>
    public IPortKeeper? PortKeeper { get; init; }

    /// <summary>The HTTP proxy through which the server is reached; null for none.</summary>
    public HttpProxy? Proxy { get; init; }

    /// <summary>The hosts that are reached without <see cref="Proxy"/>, as in the environment variable NO_PROXY; null for none.</summary>
    public string? NoProxy { get; init; }

    /// <summary>The MQTT client id, 1 to 128 bytes of UTF-8 for AWS IoT; by convention the thing name.</summary>
    public required string ClientId { get; init; }

    /// <summary>The version of MQTT.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Whether to speak TLS. Without it no certificate is used; for trying out on one machine.</summary>
    public bool UseTls { get; init; } = true;

    /// <summary>The PEM file of the thing's certificate, with its intermediates behind it; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The PEM file of the thing's private key, or the URI of a key in a PKCS#11 token (<c>pkcs11:token=...;object=...</c>); null for none.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The file that holds the passphrase of an encrypted private key, or the PIN of its token; null for none.</summary>
    public string? KeyPassphraseFile { get; init; }

    /// <summary>Told at each connection which certificate it was made with; null for nobody. Must return soon and throw nothing.</summary>
    public Action<CertificateFacts>? CertificateUsed { get; init; }

    /// <summary>A PEM file of the CAs that the server may be certified by; null for the system's trust.</summary>
    public string? CaFile { get; init; }

    /// <summary>The longest silence before the client pings: 30 to 1200 s on AWS IoT.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the way to the server may take (name, TCP, proxy, TLS), CONNECT after that, and SUBSCRIBE after that. Where a
    /// second port can stand in for the first, TCP, proxy and the server's first word of TLS have half of it each on the first.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a reply to a request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the server keeps the session when the connection is lost (MQTT 5). AWS IoT keeps it 7 days at most.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether the first connection discards what the server kept of an earlier session.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>
    /// Whether who waits for an acknowledgement, a reply or a notification goes on in the thread that receives it, instead of being
    /// handed over to the thread pool. Only for callers that never block: while one runs, nothing is received.
    /// </summary>
    public bool ContinueInline { get; init; }

    /// <summary>Is told how connecting comes on; null for nobody.</summary>
    public IConnectObserver? Observer { get; init; }

    /// <summary>The server as the operator named it: HOST, or HOST:PORT.</summary>
    public string Server => Port is null ? Host : $"{Host}:{Port}";

    /// <summary>The first of the two ports.</summary>
    internal int TlsPort { get; init; } = MqttPorts.Tls;

    /// <summary>The second of the two ports.</summary>
    internal int HttpsPort { get; init; } = MqttPorts.Https;

    /// <summary>Resolves host names instead of the system.</summary>
    internal Func<string, CancellationToken, Task<System.Net.IPAddress[]>>? Resolver { get; init; }
}
