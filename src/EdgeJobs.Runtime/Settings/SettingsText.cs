using Microsoft.Extensions.Configuration;

namespace EdgeJobs.Runtime.Settings;

/// <summary>The settings as they were written, by name: what a reload compares. Every setting of <see cref="Setting.Run"/> and the whole policy section are in it.</summary>
internal sealed class SettingsText
{
    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Takes what the command line, the environment and the file say together.</summary>
    public SettingsText(IConfigurationRoot configuration)
    {
        foreach ((string name, string? value) in configuration.AsEnumerable())
        {
            _values[name] = value ?? string.Empty;
        }
    }

    /// <summary>The names of the settings that differ, in the order of the help. Values are not shown: some of them are secret.</summary>
    /// <param name="other">The settings to compare with.</param>
    public List<string> Differences(SettingsText other)
    {
        List<string> names = [];
        foreach (Setting setting in Setting.Run)
        {
            if (_values.GetValueOrDefault(setting.Name, string.Empty) != other._values.GetValueOrDefault(setting.Name, string.Empty))
            {
                names.Add(setting.Name);
            }
        }

        if (HasOtherPolicy(this, other) || HasOtherPolicy(other, this))
        {
            names.Add(PolicyReader.Section);
        }

        return names;
    }

    private static bool HasOtherPolicy(SettingsText one, SettingsText other)
    {
        foreach ((string name, string value) in one._values)
        {
            bool isOfPolicy = SettingsReader.Same(name, PolicyReader.Section) || name.StartsWith(PolicyReader.Section + ":", StringComparison.OrdinalIgnoreCase);

            // No section and an empty one are not the same: the empty one denies root.
            if (isOfPolicy && (!other._values.TryGetValue(name, out string? same) || same != value))
            {
                return true;
            }
        }

        return false;
    }
}
