using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Settings;

/// <summary>
/// Checks the values of the settings and adds them up to <see cref="AgentSettings"/>. A fault names the place of the value.
/// </summary>
internal static class SettingsReader
{
    /// <summary>Reads the settings of <c>edgejobs run</c>.</summary>
    /// <param name="args">The arguments after <c>run</c>.</param>
    /// <exception cref="UsageException">A setting is unknown, missing or not valid.</exception>
    public static AgentSettings ReadRun(ReadOnlySpan<string> args) => ReadRun(args, out _);

    /// <inheritdoc cref="ReadRun(ReadOnlySpan{string})"/>
    /// <param name="args">The arguments after <c>run</c>.</param>
    /// <param name="values">The values as they were written.</param>
    public static AgentSettings ReadRun(ReadOnlySpan<string> args, out SettingValues values)
    {
        Dictionary<string, string?> flags = CommandLine.Parse(args, RunSettings.All, out List<string> operands);
        if (operands.Count > 0)
        {
            throw new UsageException($"{operands[0]}: not a flag; edgejobs run takes only flags, --help lists them");
        }

        SettingValues.CheckEnvironment();
        values = SettingValues.Read(flags);
        return Read(values);
    }

    /// <summary>Checks values.</summary>
    /// <exception cref="UsageException">A setting is missing or not valid.</exception>
    public static AgentSettings Read(SettingValues values)
    {
        AgentSettings settings = new()
        {
            ThingName = string.Empty,
            Connection = new MqttConnectionOptions
            {
                Host = string.Empty,
                ClientId = string.Empty,
                KeyPassphraseFile = SystemdCredential.Find("key_passphrase"),
            },
        };
        CheckCombinations(values);
        foreach (Setting setting in RunSettings.All)
        {
            settings = Apply(setting, values, settings);
        }

        (HttpProxy? proxy, string? noProxy) = ProxyReader.Read(values, settings.Connection.Host);
        return settings with
        {
            Policy = PolicyReader.Read(values),
            Connection = settings.Connection with { Proxy = proxy, NoProxy = noProxy },
        };
    }

    /// <summary>Reads only the data directory, for commands that need no other setting.</summary>
    /// <param name="flags">The flags of the command; those that are not settings are ignored.</param>
    /// <exception cref="UsageException">The configuration file cannot be used.</exception>
    public static string ReadDataDirectory(Dictionary<string, string?> flags) =>
        SettingValues.Read(flags).Find(RunSettings.DataDirectory.Name)?.Text ?? AgentSettings.DefaultDataDirectory;

    private static void CheckCombinations(SettingValues values)
    {
        foreach (Setting setting in RunSettings.All)
        {
            if (values.Find(setting.Name) is not { } value)
            {
                continue;
            }

            bool isOff = setting.IsBoolean && !value.IsOn;
            if (setting.Excludes is { } other && values.Find(other) is not null && !isOff)
            {
                throw value.Fault($"cannot be combined with --{other}; remove one of them");
            }

            if (setting.Needs is { } needed && values.Find(needed) is null)
            {
                throw value.Fault($"requires --{needed}; add it, or remove this setting");
            }
        }
    }

    private static AgentSettings Apply(Setting setting, SettingValues values, AgentSettings settings)
    {
        if (values.Find(setting.Name) is { } value)
        {
            return !setting.CanBe(value.Text!) ? throw value.Fault($"'{value.Text}' is not valid; use {setting.Expected}")
                : setting.Apply is null ? settings
                : setting.Apply(settings, value);
        }

        if (setting.IsRequired && (setting.Unless is null || values.Find(setting.Unless) is null))
        {
            throw new UsageException($"--{setting.Name} is missing ({setting.Meaning}); write --{setting.Name} {setting.Value}");
        }

        bool hasDefault = setting.Default is not null && (setting.Needs is null || values.Find(setting.Needs) is not null);
        return hasDefault && setting.Apply is not null
            ? setting.Apply(settings, new SettingValue(setting.Default, string.Empty))
            : settings;
    }
}
