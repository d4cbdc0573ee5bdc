using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace EdgeJobs.Runtime.Settings;

/// <summary>Reads the <c>policy</c> section of the configuration.</summary>
internal static class PolicyReader
{
    /// <summary>The name of the section.</summary>
    public const string Section = "policy";

    private static readonly string[] Lists = ["commands", "handlers", "handlerDirectories", "users", "operations", "environment"];
    private const string Strict = "strict";

    /// <summary>Reads the section.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <returns>The policy; null when there is no such section.</returns>
    /// <exception cref="UsageException">A member is unknown or can't be used.</exception>
    public static ExecutionPolicy? Read(IConfiguration configuration)
    {
        if (!Has(configuration, Section))
        {
            return null;
        }

        IConfigurationSection section = configuration.GetSection(Section);
        if (section.Value is { Length: > 0 })
        {
            throw new UsageException("policy: must be an object in the configuration file, such as { \"users\": [\"pi\"] }");
        }

        foreach (IConfigurationSection member in section.GetChildren())
        {
            if (!SettingsReader.Same(member.Key, Strict) && !Array.Exists(Lists, name => SettingsReader.Same(member.Key, name)))
            {
                throw new UsageException($"policy: there is no member \"{member.Key}\"; the members are {string.Join(", ", Lists)} and {Strict}");
            }
        }

        return new ExecutionPolicy
        {
            Commands = Paths(section, "commands"),
            Handlers = List(section, "handlers"),
            HandlerDirectories = Paths(section, "handlerDirectories"),
            Users = List(section, "users"),
            Operations = List(section, "operations"),
            Environment = List(section, "environment"),
            IsStrict = Switch(section[Strict]),
        };
    }

    private static bool Switch(string? text) => text?.ToUpperInvariant() switch
    {
        null or "FALSE" => false,
        "TRUE" => true,
        _ => throw new UsageException($"policy: {Strict} takes true or false"),
    };

    private static string[]? Paths(IConfigurationSection section, string name)
    {
        string[]? paths = List(section, name);
        for (int i = 0; i < paths?.Length; i++)
        {
            if (!paths[i].StartsWith('/'))
            {
                throw new UsageException($"policy: \"{paths[i]}\" in {name} is no full path; begin it with /");
            }

            paths[i] = paths[i].Length > 1 ? paths[i].TrimEnd('/') : paths[i];
        }

        return paths;
    }

    private static string[]? List(IConfigurationSection section, string name)
    {
        if (!Has(section, name))
        {
            return null;
        }

        IConfigurationSection list = section.GetSection(name);
        bool isArray = list.Value is not { Length: > 0 };
        List<string> texts = [];
        foreach (IConfigurationSection element in list.GetChildren())
        {
            isArray &= element.Value is { Length: > 0 } && int.TryParse(element.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            texts.Add(element.Value ?? string.Empty);
        }

        return isArray ? [.. texts] : throw new UsageException($"policy: {name} must be an array of strings, none of them empty");
    }

    private static bool Has(IConfiguration configuration, string name)
    {
        foreach (IConfigurationSection member in configuration.GetChildren())
        {
            if (SettingsReader.Same(member.Key, name))
            {
                return true;
            }
        }

        return false;
    }
}
