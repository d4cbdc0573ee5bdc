using EdgeJobs.Runtime.Processes;
using Microsoft.Extensions.Configuration;

namespace EdgeJobs.Runtime.Configuration;

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
    public static HandlerPolicy? Read(IConfiguration configuration)
    {
        if (!configuration.GetChildren().Any(c => string.Equals(c.Key, Section, StringComparison.OrdinalIgnoreCase)))
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
            if (!Lists.Append(Strict).Contains(member.Key, StringComparer.OrdinalIgnoreCase))
            {
                throw new UsageException($"policy: there is no member \"{member.Key}\"; the members are {string.Join(", ", Lists)} and {Strict}");
            }
        }

        return new HandlerPolicy
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
        if (!section.GetChildren().Any(c => string.Equals(c.Key, name, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        IConfigurationSection list = section.GetSection(name);
        if (list.Value is { Length: > 0 } || list.GetChildren().Any(c => string.IsNullOrEmpty(c.Value)))
        {
            throw new UsageException($"policy: {name} must be an array of strings, none of them empty");
        }

        return [.. list.GetChildren().Select(c => c.Value!)];
    }
}
