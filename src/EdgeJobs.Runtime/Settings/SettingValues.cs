using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace EdgeJobs.Runtime.Settings;

/// <summary>The values of settings by name, with faults that name the place which a value came from.</summary>
/// <param name="configuration">All settings together.</param>
/// <param name="flags">Those of the command line.</param>
/// <param name="file">The configuration file, if there is one.</param>
internal sealed class SettingValues(IConfiguration configuration, Dictionary<string, string?> flags, string? file)
{
    /// <summary>A value that must be there.</summary>
    /// <exception cref="UsageException">It is missing.</exception>
    public string Required(string name)
    {
        Setting setting = CommandLine.Find(name, Setting.Run)!;
        return Optional(name) ?? throw new UsageException($"--{name} is missing ({setting.Help}); write --{name} {setting.Value}");
    }

    /// <summary>A value; null when it is absent or empty.</summary>
    public string? Optional(string name) => configuration[name] is { Length: > 0 } value ? value : null;

    /// <summary>A whole number in a range.</summary>
    /// <exception cref="UsageException">It is none, or out of the range.</exception>
    public int Number(string name, int absent, int minimum, int maximum)
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

    /// <summary>True or false.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public bool Switch(string name, bool absent = false) => Optional(name)?.ToUpperInvariant() switch
    {
        null => absent,
        "FALSE" => false,
        "TRUE" => true,
        _ => throw Fault(name, "takes true or false"),
    };

    /// <summary>A fault that names the place which the value came from.</summary>
    public UsageException Fault(string name, string what)
    {
        string place = flags.ContainsKey(name) ? "--" + name
            : Environment.GetEnvironmentVariable(Setting.EnvironmentPrefix + name.ToUpperInvariant()) is not null ? Setting.EnvironmentPrefix + name.ToUpperInvariant()
            : $"\"{name}\" in {file}";
        return new UsageException($"{place}: {what}");
    }
}
