using System.Collections;

namespace EdgeJobs.Runtime.Settings;

/// <summary>
/// The values of the file, the environment and the command line by name, as they were written. The members of the policy section
/// have names such as <c>policy:users:0</c>.
/// </summary>
internal sealed class SettingValues
{
    private const string EnvironmentPrefix = "EDGEJOBS__";
    private const string Separator = "__";
    private readonly Dictionary<string, SettingValue> _values = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyDictionary<string, SettingValue> All => _values;

    /// <summary>Rejects variables that begin like settings but are none: otherwise a typo would go unnoticed.</summary>
    /// <exception cref="UsageException">There is such a variable.</exception>
    public static void CheckEnvironment()
    {
        string? unknown = null;
        foreach ((string name, SettingValue value) in ReadEnvironment())
        {
            bool isKnown = SettingNames.Find(name, RunSettings.All) is not null
                || name.StartsWith(PolicyReader.Section + ":", StringComparison.OrdinalIgnoreCase);

            // The first in order: the order of the environment is random.
            if (!isKnown && (unknown is null || string.CompareOrdinal(value.Place, unknown) < 0))
            {
                unknown = value.Place;
            }
        }

        if (unknown is not null)
        {
            string hint = SettingNames.DidYouMean(
                unknown[EnvironmentPrefix.Length..].ToLowerInvariant().Replace('-', '_'),
                RunSettings.All,
                s => EnvironmentPrefix + s.Name.ToUpperInvariant());
            throw new UsageException($"{unknown}: unknown setting{hint}; edgejobs run --help lists all settings");
        }
    }

    /// <summary>Reads all sources: the command line overrides the environment, and the environment overrides the file.</summary>
    /// <param name="flags">The flags by name.</param>
    /// <exception cref="UsageException">The file cannot be used.</exception>
    public static SettingValues Read(Dictionary<string, string?> flags)
    {
        SettingValues values = new();
        Dictionary<string, SettingValue> environment = ReadEnvironment();
        string? file = flags.TryGetValue("config", out string? flag) ? flag : environment.GetValueOrDefault("config")?.Text;
        if (!string.IsNullOrEmpty(file))
        {
            SettingsFile.Read(file, values);
        }

        foreach ((string name, SettingValue value) in environment)
        {
            values._values[name] = value;
        }

        foreach ((string name, string? text) in flags)
        {
            values._values[name] = new SettingValue(text, "--" + name);
        }

        return values;
    }

    /// <summary>Adds a value of the file.</summary>
    public void Add(string name, SettingValue value) => _values.Add(name, value);

    /// <summary>A value; null if there is none or it is empty.</summary>
    public SettingValue? Find(string name) => _values.GetValueOrDefault(name) is { Text.Length: > 0 } value ? value : null;

    /// <summary>The names of the settings that differ and that a reload does not apply, without values: some are secret.</summary>
    public List<string> Differences(SettingValues other)
    {
        List<string> names = [];
        foreach (Setting setting in RunSettings.All)
        {
            if (!setting.AppliesOnReload && Find(setting.Name)?.Text != other.Find(setting.Name)?.Text)
            {
                names.Add(setting.Name);
            }
        }

        if (HasOtherPolicy(other) || other.HasOtherPolicy(this))
        {
            names.Add(PolicyReader.Section);
        }

        return names;
    }

    private static Dictionary<string, SettingValue> ReadEnvironment()
    {
        Dictionary<string, SettingValue> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase))
            {
                string path = name[EnvironmentPrefix.Length..].Replace(Separator, ":", StringComparison.Ordinal);
                values[path] = new SettingValue((string?)variable.Value, name);
            }
        }

        return values;
    }

    private bool HasOtherPolicy(SettingValues other)
    {
        foreach ((string name, SettingValue value) in _values)
        {
            // An absent section and an empty one differ: the empty one denies root.
            if (PolicyReader.IsOfPolicy(name) && (!other._values.TryGetValue(name, out SettingValue? same) || same.Text != value.Text))
            {
                return true;
            }
        }

        return false;
    }
}
