using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Mqtt;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>The options of <c>serve</c> that connect the Jobs service to an external broker, such as Mosquitto.</summary>
internal static class BrokerFlags
{
    private const int MqttPort = 1883;

    public static IReadOnlyList<Flag> All { get; } =
    [
        new(
            "broker", "URL",
            "serve the devices of an external broker, mqtt://HOST[:PORT] or mqtts://HOST[:PORT]; the built-in broker then runs only if "
            + "one of its ports is given"),
        new("broker_ca", "FILE", "the certificate authority of the broker, PEM (default: the system's trust store)"),
        new("broker_cert", "FILE", "the client certificate for the broker, PEM"),
        new("broker_key", "FILE", "the private key of the client certificate, PEM"),
    ];

    /// <summary>Reads the options; null if none is set.</summary>
    public static JobsBridgeOptions? Read(ParsedCommand command)
    {
        if (command.Value("broker") is not { } url)
        {
            foreach (Flag flag in All)
            {
                if (command.Has(flag.Name))
                {
                    throw command.Error($"--{flag.Name} requires --broker");
                }
            }

            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address)
            || address.Scheme is not ("mqtt" or "mqtts")
            || address.Host.Length == 0)
        {
            throw command.Error($"--broker {url}: expected an address such as mqtts://broker.example:8883");
        }

        bool tls = address.Scheme == "mqtts";
        if (!tls && (command.Has("broker_ca") || command.Has("broker_cert")))
        {
            throw command.Error($"--broker {url}: --broker_ca and --broker_cert require TLS; use mqtts://");
        }

        return new JobsBridgeOptions
        {
            Host = address.DnsSafeHost,
            Port = address.Port > 0 ? address.Port : tls ? CloudOptions.DefaultMqttsPort : MqttPort,
            UseTls = tls,
            Authorities = Authorities(command),
            ClientCertificate = Certificate(command),
        };
    }

    private static X509Certificate2Collection Authorities(ParsedCommand command)
    {
        X509Certificate2Collection authorities = [];
        if (command.Value("broker_ca") is { } file)
        {
            try
            {
                authorities.ImportFromPemFile(file);
            }
            catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
            {
                throw command.Error($"can't use --broker_ca {file}: {e.Message}");
            }

            if (authorities.Count == 0)
            {
                throw command.Error($"--broker_ca {file} contains no certificate");
            }
        }

        return authorities;
    }

    private static X509Certificate2? Certificate(ParsedCommand command)
    {
        string? certificate = command.Value("broker_cert");
        string? key = command.Value("broker_key");
        if ((certificate is null) != (key is null))
        {
            throw command.Error("--broker_cert and --broker_key must be given together");
        }

        if (certificate is null)
        {
            return null;
        }

        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw command.Error($"can't use --broker_cert {certificate} with --broker_key {key}: {e.Message}");
        }
    }
}
