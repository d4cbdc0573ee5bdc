using System.Globalization;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Provisioning;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Configuration;

/// <summary>
/// Brings the settings together: the command line wins over the environment, the environment over the file. Each value is
/// checked, and a fault names the place that the value came from.
/// </summary>
public sealed class SettingsReader
{
    private const long BytesPerMegabyte = 1024 * 1024;
    private readonly IConfigurationRoot _configuration;
    private readonly Dictionary<string, string?> _flags;
    private readonly string? _file;

    private SettingsReader(IConfigurationRoot configuration, Dictionary<string, string?> flags, string? file)
    {
        _configuration = configuration;
        _flags = flags;
        _file = file;
    }

    /// <summary>The help of <c>edgejobs run</c>'s flags, a line each.</summary>
    public static IEnumerable<string> RunHelp => Setting.Run.Select(s => $"  --{s.Name}{(s.Value is null ? "" : " " + s.Value)}".PadRight(28) + s.Help);

    /// <summary>Reads the settings of <c>edgejobs run</c>.</summary>
    /// <param name="args">What follows <c>run</c>.</param>
    /// <returns>The settings, checked.</returns>
    /// <exception cref="UsageException">A setting is unknown, missing or can't be used.</exception>
    public static AgentSettings ReadRun(ReadOnlySpan<string> args)
    {
        Dictionary<string, string?> flags = CommandLine.Parse(args, Setting.Run, out List<string> operands);
        if (operands.Count > 0)
        {
            throw new UsageException($"{operands[0]}: is no flag; edgejobs run takes flags only, --help lists them");
        }

        ConfigurationBuilder environment = new();
        environment.AddEnvironmentVariables(Setting.EnvironmentPrefix);
        string? file = flags.GetValueOrDefault("config") ?? environment.Build()["config"];
        ConfigurationBuilder builder = new();
        if (file is not null)
        {
            AddFile(builder, file);
        }

        builder.AddEnvironmentVariables(Setting.EnvironmentPrefix).AddInMemoryCollection(flags);
        return new SettingsReader(builder.Build(), flags, file).Check();
    }

    private static void AddFile(ConfigurationBuilder builder, string file)
    {
        string path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw new UsageException($"{file}: there is no such configuration file; check --config");
        }

        try
        {
            builder.AddJsonFile(path, optional: false, reloadOnChange: false);
            IConfigurationRoot root = new ConfigurationBuilder().AddJsonFile(path).Build();
            string? unknown = root.GetChildren().Select(c => c.Key).FirstOrDefault(k => !Same(PolicyReader.Section, k) && !Setting.Run.Any(s => Same(s.Name, k)));
            if (unknown is not null)
            {
                throw new UsageException($"{file}: there is no setting \"{unknown}\"; the settings are named as the flags of edgejobs run --help");
            }
        }
        catch (Exception e) when (e is InvalidDataException or FormatException)
        {
            throw new UsageException($"{file}: the configuration file is no JSON object: {Innermost(e)}");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new UsageException($"{file}: can't read the configuration file: {e.Message}");
        }
    }

    private AgentSettings Check()
    {
        (string host, int port) = Endpoint(Required("endpoint"));
        ProvisioningSettings? provisioning = ProvisioningReader.Read(Optional, Fault);
        string thing = provisioning is null ? Required("thing_name") : Optional("thing_name") ?? string.Empty;
        if (thing.Length > 0 && !JobsTopics.IsThingName(thing))
        {
            throw Fault("thing_name", $"'{thing}' can't be a thing name; 1 to 128 characters of [a-zA-Z0-9:_-]");
        }

        string? job = Optional("job_id");
        if (job is not null && (!JobsTopics.IsJobIdOfUpdateJobExecution(job) || Switch("once")))
        {
            throw Switch("once")
                ? Fault("once", "does not go with --job_id, which ends after its job anyway; leave one out")
                : Fault("job_id", $"'{job}' can't be a job id; 1 to 64 characters of [a-zA-Z0-9_-]");
        }

        return new AgentSettings
        {
            ThingName = thing,
            JobId = job,
            Mode = job is not null ? RunMode.SingleJob : Switch("once") ? RunMode.Once : RunMode.Forever,
            DataDirectory = Optional("data_dir") ?? AgentSettings.DefaultDataDirectory,
            HandlerDirectory = Optional("handler_dir") ?? AgentSettings.DefaultHandlerDirectory,
            StopGrace = TimeSpan.FromSeconds(Number("stop_grace", 10, 0, 3_600)),
            KeepJobs = Number("keep_jobs", 10, 0, 1_000),
            MaxOutputBytes = Number("limit_output_mb", 1, 1, 1_024) * BytesPerMegabyte,
            Limits = new StepLimits
            {
                MemoryBytes = Number("limit_memory_mb", 0, 1, 1_048_576) * BytesPerMegabyte,
                CpuSeconds = Number("limit_cpu_seconds", 0, 1, 31_536_000),
                OpenFiles = Number("limit_open_files", 0, 8, 1_048_576),
            },
            Policy = PolicyReader.Read(_configuration),
            StepTimer = Optional("step_timer") is null ? 0 : Number("step_timer", 0, 1, 10_080),
            LogLevel = Level(Optional("log_level") ?? "info"),
            Provisioning = provisioning,
            Connection = new MqttConnectionOptions
            {
                Host = host,
                Port = port,
                ClientId = Optional("client_id") ?? thing,
                Version = Version(Optional("mqtt_version") ?? "5"),
                CertificateFile = provisioning is null ? Required("cert") : null,
                KeyFile = provisioning is null ? Required("key") : null,
                CaFile = Optional("ca_file"),
                KeepAlive = TimeSpan.FromSeconds(Number("keep_alive", 60, 30, 1_200)),
            },
        };
    }

    private (string Host, int Port) Endpoint(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            throw Fault("endpoint", $"'{text}' is a URL; give the host name alone, or HOST:PORT");
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
                throw Fault("endpoint", $"'{text}' is no address; write [IPV6]:PORT");
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
            throw Fault("endpoint", $"'{text}' names no host; write HOST or HOST:PORT");
        }

        int number = 8883;
        return port is null || (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and < 65_536)
            ? (host, number)
            : throw Fault("endpoint", $"'{port}' is no port; 1 to 65535");
    }

    private MqttVersion Version(string text) => text switch
    {
        "5" => MqttVersion.V5,
        "3" or "3.1.1" => MqttVersion.V311,
        _ => throw Fault("mqtt_version", $"'{text}' is no version of MQTT that the agent speaks; 5, or 3 for 3.1.1"),
    };

    private LogLevel Level(string text) => text switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => throw Fault("log_level", $"'{text}' is no log level; debug, info, warning or error"),
    };

    private int Number(string name, int absent, int minimum, int maximum)
    {
        string? text = Optional(name);
        if (text is null)
        {
            return absent;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= minimum && number <= maximum
            ? number
            : throw Fault(name, $"'{text}' is out of range; {minimum} to {maximum}");
    }

    private bool Switch(string name) => Optional(name)?.ToUpperInvariant() switch
    {
        null or "FALSE" => false,
        "TRUE" => true,
        _ => throw Fault(name, "takes true or false"),
    };

    private string Required(string name)
    {
        Setting setting = Setting.Run.First(s => s.Name == name);
        return Optional(name) ?? throw new UsageException($"--{name} is missing ({setting.Help}); write --{name} {setting.Value}");
    }

    private string? Optional(string name) => _configuration[name] is { Length: > 0 } value ? value : null;

    /// <summary>A fault that names the place which the value came from.</summary>
    private UsageException Fault(string name, string what)
    {
        string place = _flags.ContainsKey(name) ? "--" + name
            : Environment.GetEnvironmentVariable(Setting.EnvironmentPrefix + name.ToUpperInvariant()) is not null ? Setting.EnvironmentPrefix + name.ToUpperInvariant()
            : $"\"{name}\" in {_file}";
        return new UsageException($"{place}: {what}");
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static string Innermost(Exception e)
    {
        while (e.InnerException is not null)
        {
            e = e.InnerException;
        }

        return e.Message.ReplaceLineEndings(" ");
    }
}
