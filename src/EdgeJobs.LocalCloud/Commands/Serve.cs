using System.Net;
using System.Security.Cryptography.X509Certificates;
using EdgeJobs.LocalCloud.Mqtt;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary><c>serve</c>: runs a cloud until a signal stops it.</summary>
internal static class Serve
{
    public static CommandSpec Spec { get; } = new(
        "serve",
        [],
        "Runs the local cloud until SIGINT or SIGTERM. Prints READY and its addresses in one line when all of them accept connections.",
        [
            new Flag("data", "DIR", $"the directory for things, jobs, certificates and keys (default {DataDirectory.Default})"),
            new Flag(
                "mqtt_port", "PORT",
                $"port of plain MQTT; 0 for any free port, also for the ports below (default {CloudOptions.DefaultMqttPort})"),
            new Flag("mqtts_port", "PORT", $"port of MQTT over TLS with client certificates (default {CloudOptions.DefaultMqttsPort})"),
            new Flag("http_port", "PORT", $"port of the AWS-compatible REST API (default {CloudAddress.DefaultHttpPort})"),
            new Flag(
                "bind", "ADDRESS",
                "the address to listen on; 0.0.0.0 opens plain MQTT and REST to the network without passwords (default 127.0.0.1)"),
            new Flag(
                "name", "NAME", "an additional DNS name of this machine for clients; may be repeated; presigned URLs have the first one",
                IsRepeatable: true),
            .. BucketFlags.All,
            .. BrokerFlags.All,
            new Flag("verbose", null, "log every request"),
        ],
        """
        Then, in another terminal:
          edgejobs-cloud thing create pump-7 --out certs
          aws --endpoint-url http://127.0.0.1:8080 iot list-jobs
        """);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        JobsBridgeOptions? broker = BrokerFlags.Read(command);
        using X509Certificate2? brokerCertificate = broker?.ClientCertificate;
        bool builtIn = broker is null || command.Has("mqtt_port") || command.Has("mqtts_port");
        CloudOptions options = new()
        {
            DataDirectory = command.Value("data") ?? DataDirectory.Default,
            Bind = Address(command),
            Names = Names(command),
            MqttPort = builtIn ? command.Port("mqtt_port", CloudOptions.DefaultMqttPort) : null,
            MqttsPort = builtIn ? command.Port("mqtts_port", CloudOptions.DefaultMqttsPort) : null,
            Broker = broker,
            Buckets = BucketFlags.Read(command),
            BucketPort = command.Port("bucket_port", CloudOptions.DefaultBucketPort),
            HttpPort = command.Port("http_port", CloudAddress.DefaultHttpPort),
        };
        using ILoggerFactory loggers = StderrFormatter.CreateLoggers(command.Has("verbose") ? LogLevel.Debug : LogLevel.Information);
        await using CloudHost cloud =
            await CloudHost.StartAsync(options, TimeProvider.System, loggers, observer: null, cancellationToken).ConfigureAwait(false);
        await output.WriteAsync(cloud.ReadyLine + "\n").ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
        TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellationToken.Register(ended.SetResult);
        await ended.Task.ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static IReadOnlyList<string> Names(ParsedCommand command)
    {
        foreach (string name in command.Values("name"))
        {
            if (Uri.CheckHostName(name) != UriHostNameType.Dns || name.Contains('_', StringComparison.Ordinal))
            {
                throw command.Error($"--name {name}: must be a DNS name of this machine, such as cloud.example");
            }
        }

        return command.Values("name");
    }

    private static IPAddress Address(ParsedCommand command)
    {
        string text = command.Value("bind") ?? "127.0.0.1";
        if (text == "localhost")
        {
            return IPAddress.Loopback;
        }

        return IPAddress.TryParse(text.Trim('[', ']'), out IPAddress? address)
            ? address
            : throw command.Error($"--bind {text}: must be an IP address of this machine, such as 127.0.0.1 or 0.0.0.0");
    }
}
