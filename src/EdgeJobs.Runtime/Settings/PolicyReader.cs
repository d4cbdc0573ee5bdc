namespace EdgeJobs.Runtime.Settings;

/// <summary>Reads the <c>policy</c> section of the configuration.</summary>
internal static class PolicyReader
{
    public const string Section = "policy";
    public const string Strict = "strict";
    public const string AllowHttp = "allowHttp";

    public const string ForbidDowngrades = "forbidDowngrades";

    public const string RequireSignatures = "requireSignatures";

    /// <summary>The members that are switches.</summary>
    public static readonly (string Name, Func<ExecutionPolicy, bool, ExecutionPolicy> Apply)[] Switches =
    [
        (AllowHttp, (policy, isOn) => policy with { AllowsHttp = isOn }),
        (ForbidDowngrades, (policy, isOn) => policy with { ForbidsDowngrades = isOn }),
        (RequireSignatures, (policy, isOn) => policy with { RequiresSignatures = isOn }),
        (Strict, (policy, isOn) => policy with { IsStrict = isOn }),
    ];

    /// <summary>The members that are lists.</summary>
    public static readonly (string Name, bool HasPaths, Func<ExecutionPolicy, string[], ExecutionPolicy> Apply)[] Lists =
    [
        ("commands", true, (policy, list) => policy with { Commands = list }),
        ("handlers", false, (policy, list) => policy with { Handlers = list }),
        ("handlerDirectories", true, (policy, list) => policy with { HandlerDirectories = list }),
        ("users", false, (policy, list) => policy with { Users = list }),
        ("operations", false, (policy, list) => policy with { Operations = list }),
        ("environment", false, (policy, list) => policy with { Environment = list }),
        ("targetRoots", true, (policy, list) => policy with { TargetRoots = list }),
        ("urlHosts", false, (policy, list) => policy with { UrlHosts = list }),
        ("units", false, (policy, list) => policy with { Units = list }),
    ];

    /// <summary>Whether a value is the section or one of its members.</summary>
    public static bool IsOfPolicy(string name) =>
        SettingNames.Same(name, Section) || name.StartsWith(Section + ":", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the section.</summary>
    /// <returns>The policy; null if there is no such section.</returns>
    /// <exception cref="UsageException">A member is unknown or cannot be used.</exception>
    public static ExecutionPolicy? Read(SettingValues values)
    {
        ExecutionPolicy? policy = null;
        List<string>?[] lists = new List<string>?[Lists.Length];
        foreach ((string name, SettingValue value) in values.All)
        {
            if (IsOfPolicy(name))
            {
                policy = Read(name.Split(':'), value.Text, policy ?? new(), lists);
            }
        }

        for (int i = 0; i < lists.Length; i++)
        {
            policy = lists[i] is { } list ? Lists[i].Apply(policy!, [.. list]) : policy;
        }

        return policy;
    }

    private static ExecutionPolicy Read(string[] path, string? text, ExecutionPolicy policy, List<string>?[] lists)
    {
        bool isEmpty = string.IsNullOrEmpty(text);
        if (path.Length == 1)
        {
            return isEmpty
                ? policy
                : throw new UsageException("policy: must be an object in the configuration file, such as { \"users\": [\"pi\"] }");
        }

        foreach ((string flag, Func<ExecutionPolicy, bool, ExecutionPolicy> apply) in Switches)
        {
            if (SettingNames.Same(path[1], flag))
            {
                return apply(policy, IsOn(flag, text));
            }
        }

        int index = Array.FindIndex(Lists, list => SettingNames.Same(list.Name, path[1]));
        if (index < 0)
        {
            string known = string.Join(", ", Array.ConvertAll(Lists, l => l.Name));
            known += $", {AllowHttp}, {ForbidDowngrades}, {RequireSignatures} and {Strict}";
            throw new UsageException($"policy: unknown member \"{path[1]}\"; the members are {known}");
        }

        // The array has no value itself; its elements have an index for a name.
        string name = Lists[index].Name;
        bool isElement = path.Length == 3 && SettingValue.TryParse(path[2], out _) && !isEmpty;
        if (!isElement && !(path.Length == 2 && isEmpty))
        {
            throw new UsageException($"policy: {name} must be an array of strings, none of them empty");
        }

        List<string> elements = lists[index] ??= [];
        if (isElement)
        {
            elements.Add(Lists[index].HasPaths ? FullPath(name, text!) : text!);
        }

        return policy;
    }

    private static bool IsOn(string name, string? text) => text?.ToUpperInvariant() switch
    {
        null or "FALSE" => false,
        "TRUE" => true,
        _ => throw new UsageException($"policy: {name} must be true or false"),
    };

    private static string FullPath(string name, string path) =>
        !path.StartsWith('/') ? throw new UsageException($"policy: \"{path}\" in {name} is not an absolute path; start it with /")
        : path.Length > 1 ? path.TrimEnd('/') : path;
}
