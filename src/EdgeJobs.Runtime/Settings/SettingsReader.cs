using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Settings;

/// <summary>
/// Brings the settings together: the command line wins over the environment, the environment over the file. Each value is
/// checked, and a fault names the place that the value came from.
/// </summary>
internal sealed class SettingsReader
{
    private const long BytesPerMegabyte = 1024 * 1024;
    private readonly IConfigurationRoot _configuration;
    private readonly SettingValues _values;

    private SettingsReader(IConfigurationRoot configuration, Dictionary<string, string?> flags, string? file)
    {
        _configuration = configuration;
        _values = new SettingValues(configuration, flags, file);
    }

    /// <summary>The help of <c>edgejobs run</c>'s flags, a line each.</summary>
    public static string RunHelp => Setting.Run.Join(s => $"  --{s.Name}{(s.Value is null ? "" : " " + s.Value)}".PadRight(28) + s.Help, "\n");

    /// <summary>Reads the settings of <c>edgejobs run</c>.</summary>
    /// <param name="args">What follows <c>run</c>.</param>
    /// <returns>The settings, checked.</returns>
    /// <exception cref="UsageException">A setting is unknown, missing or can't be used.</exception>
    public static AgentSettings ReadRun(ReadOnlySpan<string> args) => ReadRun(args, out _);

    /// <summary>The same, with the settings as they were written.</summary>
    internal static AgentSettings ReadRun(ReadOnlySpan<string> args, out SettingsText text)
    {
        Dictionary<string, string?> flags = CommandLine.Parse(args, Setting.Run, out List<string> operands);
        if (operands.Count > 0)
        {
            throw new UsageException($"{operands[0]}: is no flag; edgejobs run takes flags only, --help lists them");
        }

        EnvironmentNames.Check(Setting.Run);
        IConfigurationRoot configuration = Join(flags, out string? file);
        text = new SettingsText(configuration);
        return new SettingsReader(configuration, flags, file).Check();
    }

    /// <summary>The agent's own directory alone, for commands that need no other setting.</summary>
    /// <param name="flags">The flags of the command, of which those that are settings count.</param>
    /// <exception cref="UsageException">The configuration file can't be used.</exception>
    internal static string ReadDataDirectory(Dictionary<string, string?> flags) =>
        Join(flags, out _)["data_dir"] is { Length: > 0 } directory ? directory : AgentSettings.DefaultDataDirectory;

    /// <summary>The command line, the environment and the file together.</summary>
    private static IConfigurationRoot Join(Dictionary<string, string?> flags, out string? file)
    {
        ConfigurationBuilder environment = new();
        environment.AddEnvironmentVariables(Setting.EnvironmentPrefix);
        file = flags.GetValueOrDefault("config") ?? environment.Build()["config"];
        ConfigurationBuilder builder = new();
        if (!string.IsNullOrEmpty(file))
        {
            // Not AddJsonFile: it brings what watches files for changes along, 90 KB of it.
            builder.AddJsonStream(new MemoryStream(SettingsFile.Read(file)));
        }

        return builder.AddEnvironmentVariables(Setting.EnvironmentPrefix).AddInMemoryCollection(flags).Build();
    }

    private AgentSettings Check()
    {
        // First, as --help has it first.
        string endpoint = _values.Required("endpoint");
        ProvisioningSettings? provisioning = ProvisioningReader.Read(_values.Optional, _values.Fault);
        string thing = provisioning is null ? _values.Required("thing_name") : _values.Optional("thing_name") ?? string.Empty;
        if (thing.Length > 0 && !JobsTopics.IsThingName(thing))
        {
            throw _values.Fault("thing_name", $"'{thing}' can't be a thing name; 1 to 128 characters of [a-zA-Z0-9:_-]");
        }

        string? job = _values.Optional("job_id");
        if (job is not null && (!JobsTopics.IsJobIdOfUpdateJobExecution(job) || _values.Switch("once")))
        {
            throw _values.Switch("once")
                ? _values.Fault("once", "does not go with --job_id, which ends after its job anyway; leave one out")
                : _values.Fault("job_id", $"'{job}' can't be a job id; 1 to 64 characters of [a-zA-Z0-9_-]");
        }

        return new AgentSettings
        {
            ThingName = thing,
            JobId = job,
            Mode = job is not null ? RunMode.SingleJob : _values.Switch("once") ? RunMode.Once : RunMode.Forever,
            DataDirectory = _values.Optional("data_dir") ?? AgentSettings.DefaultDataDirectory,
            HandlerDirectory = _values.Optional("handler_dir") ?? AgentSettings.DefaultHandlerDirectory,
            StopGrace = TimeSpan.FromSeconds(_values.Number("stop_grace", 10, 0, 3_600)),
            KeepJobs = _values.Number("keep_jobs", 10, 0, 1_000),
            MaxOutputBytes = _values.Number("limit_output_mb", 1, 1, 1_024) * BytesPerMegabyte,
            Limits = new StepLimits
            {
                MemoryBytes = _values.Number("limit_memory_mb", 0, 1, 1_048_576) * BytesPerMegabyte,
                CpuSeconds = _values.Number("limit_cpu_seconds", 0, 1, 31_536_000),
                OpenFiles = _values.Number("limit_open_files", 0, 8, 1_048_576),
            },
            Policy = PolicyReader.Read(_configuration),
            PollInterval = TimeSpan.FromMinutes(_values.Number("poll_interval", 60, 0, 10_080)),
            StepTimer = _values.Optional("step_timer") is null ? 0 : _values.Number("step_timer", 0, 1, 10_080),
            LogLevel = Level(_values.Optional("log_level") ?? "info"),
            Provisioning = provisioning,
            Connection = ConnectionReader.Read(_values, endpoint, thing, isProvisioned: provisioning is not null),
            WaitForServer = _values.Switch("wait_for_server"),
        };
    }

    private LogLevel Level(string text) => text switch
    {
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warning" => LogLevel.Warning,
        "error" => LogLevel.Error,
        _ => throw _values.Fault("log_level", $"'{text}' is no log level; debug, info, warning or error"),
    };

    /// <summary>Whether two keys of the configuration are the same: there, case does not count.</summary>
    internal static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
