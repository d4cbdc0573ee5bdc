using System.Collections;

namespace EdgeJobs.Runtime.Settings;

/// <summary>Looks for settings in the environment that nobody reads: a slip of the pen would otherwise go unnoticed.</summary>
internal static class EnvironmentNames
{
    /// <summary>Looks at every variable that begins as settings do.</summary>
    /// <param name="settings">The settings that there are.</param>
    /// <exception cref="UsageException">One of them is no setting.</exception>
    public static void Check(IReadOnlyList<Setting> settings)
    {
        List<string> unknown = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith(Setting.EnvironmentPrefix, StringComparison.OrdinalIgnoreCase) && !IsKnown(name[Setting.EnvironmentPrefix.Length..], settings))
            {
                unknown.Add(name);
            }
        }

        if (unknown.Count > 0)
        {
            // In an order of their own, so that the same fault has the same text.
            unknown.Sort(StringComparer.Ordinal);
            string setting = unknown[0][Setting.EnvironmentPrefix.Length..].ToLowerInvariant().Replace('-', '_');
            string suggestion = CommandLine.Nearest(setting, settings) is { } nearest ? $", did you mean {Setting.EnvironmentPrefix}{nearest.Name.ToUpperInvariant()}?" : "";
            throw new UsageException($"{unknown[0]}: there is no such setting{suggestion}; the variables are named as the flags of edgejobs run --help, in capitals");
        }
    }

    private static bool IsKnown(string name, IReadOnlyList<Setting> settings)
    {
        foreach (Setting setting in settings)
        {
            if (string.Equals(setting.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        // The members of the policy section stand below it: EDGEJOBS__POLICY__USERS__0.
        return name.StartsWith(PolicyReader.Section + "__", StringComparison.OrdinalIgnoreCase);
    }
}
