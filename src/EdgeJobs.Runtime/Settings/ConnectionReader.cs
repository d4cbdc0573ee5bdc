using System.Globalization;
using System.Text;
using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Settings;

/// <summary>Reads the settings of the connection.</summary>
internal static class ConnectionReader
{
    /// <summary>What AWS IoT takes.</summary>
    private const int MaxClientIdBytes = 128;

    /// <summary>Reads them.</summary>
    /// <param name="values">All settings.</param>
    /// <param name="endpoint">The setting of that name.</param>
    /// <param name="thing">The thing, whose name is the client id unless another is set.</param>
    /// <param name="isProvisioned">Whether the thing's certificate comes by fleet provisioning, not from settings.</param>
    /// <exception cref="UsageException">One is missing or can't be used.</exception>
    public static MqttConnectionOptions Read(SettingValues values, string endpoint, string thing, bool isProvisioned)
    {
        (string host, int? port) = Endpoint(values, endpoint);
        (HttpProxy? proxy, string? noProxy) = ProxyReader.Read(values, host);
        return new MqttConnectionOptions
        {
            Host = host,
            Port = port,
            Proxy = proxy,
            NoProxy = noProxy,
            ClientId = ClientId(values) ?? thing,
            Version = Version(values, values.Optional("mqtt_version") ?? "5"),
            CertificateFile = isProvisioned ? null : values.Required("cert"),
            KeyFile = isProvisioned ? null : values.Required("key"),
            KeyPassphraseFile = values.Optional("key_passphrase_file") ?? Credential("key_passphrase"),
            CaFile = values.Optional("ca_file"),
            KeepAlive = TimeSpan.FromSeconds(values.Number("keep_alive", 60, 30, 1_200)),
            SessionExpiry = TimeSpan.FromSeconds(values.Number("session_expiry", 3_600, 0, 604_800)),
            CleanStart = values.Switch("clean_start", absent: true),
        };
    }

    /// <summary>The file of a credential that systemd gives the service (LoadCredential= and the like); null when there is none.</summary>
    private static string? Credential(string name) =>
        Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } directory && Path.Combine(directory, name) is { } file && File.Exists(file)
            ? file
            : null;

    private static string? ClientId(SettingValues values) =>
        values.Optional("client_id") is { } id && Encoding.UTF8.GetByteCount(id) is > MaxClientIdBytes and int bytes
            ? throw values.Fault("client_id", $"has {bytes} bytes in UTF-8; {MaxClientIdBytes} at most")
            : values.Optional("client_id");

    private static (string Host, int? Port) Endpoint(SettingValues values, string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            throw values.Fault("endpoint", $"'{text}' is a URL; give the host name alone, or HOST:PORT");
        }

        int colon = text.LastIndexOf(':');
        bool isIpV6 = text.StartsWith('[') || (colon > 0 && text.IndexOf(':', StringComparison.Ordinal) != colon);
        string host = text;
        string? port = null;
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || (close + 1 < text.Length && text[close + 1] != ':'))
            {
                throw values.Fault("endpoint", $"'{text}' is no address; write [IPV6]:PORT");
            }

            host = text[1..close];
            port = close + 1 < text.Length ? text[(close + 2)..] : null;
        }
        else if (!isIpV6 && colon >= 0)
        {
            host = text[..colon];
            port = text[(colon + 1)..];
        }

        if (host.Length == 0 || host.AsSpan().ContainsAny(" /@"))
        {
            throw values.Fault("endpoint", $"'{text}' names no host; write HOST or HOST:PORT");
        }

        return port is null ? (host, null)
            : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and < 65_536 ? (host, number)
            : throw values.Fault("endpoint", $"'{port}' is no port; 1 to 65535");
    }

    private static MqttVersion Version(SettingValues values, string text) => text switch
    {
        "5" => MqttVersion.V5,
        "3" or "3.1.1" => MqttVersion.V311,
        _ => throw values.Fault("mqtt_version", $"'{text}' is no version of MQTT that the agent speaks; 5, or 3 for 3.1.1"),
    };
}
