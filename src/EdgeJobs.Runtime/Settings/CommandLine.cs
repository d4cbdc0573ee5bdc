namespace EdgeJobs.Runtime.Settings;

/// <summary>Reads the flags of a command: <c>--name value</c>, <c>--name=value</c> or <c>--switch</c>, in snake_case or kebab-case.</summary>
internal static class CommandLine
{
    /// <summary>Reads flags into settings by name.</summary>
    /// <param name="args">What follows the command.</param>
    /// <param name="settings">The flags that the command knows.</param>
    /// <param name="operands">What is no flag.</param>
    /// <exception cref="UsageException">A flag is unknown, stands twice, or has no value.</exception>
    public static Dictionary<string, string?> Parse(ReadOnlySpan<string> args, IReadOnlyList<Setting> settings, out List<string> operands)
    {
        Dictionary<string, string?> values = new(StringComparer.OrdinalIgnoreCase);
        operands = [];
        for (int i = 0; i < args.Length; i++)
        {
            string arg = args[i];
            if (!arg.StartsWith("--", StringComparison.Ordinal) || arg.Length == 2)
            {
                operands.Add(arg);
                continue;
            }

            int equals = arg.IndexOf('=', StringComparison.Ordinal);
            string flag = equals < 0 ? arg : arg[..equals];
            string name = flag[2..].Replace('-', '_');
            Setting setting = Find(name, settings)
                ?? throw new UsageException($"{flag}: there is no such flag{Suggest(name, settings)}; --help lists them");
            string? value = equals < 0 ? null : arg[(equals + 1)..];
            if (setting.Value is null)
            {
                value ??= "true";
                if (value is not ("true" or "false"))
                {
                    throw new UsageException($"{flag}: is a switch and takes no value but true or false");
                }
            }
            else if (value is null)
            {
                bool hasNext = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
                value = hasNext ? args[++i] : throw new UsageException($"{flag}: has no value; write {flag} {setting.Value}");
            }

            if (!values.TryAdd(name, value))
            {
                throw new UsageException($"{flag}: stands twice; leave one out");
            }
        }

        return values;
    }

    /// <summary>The setting of a name; null when there is none.</summary>
    public static Setting? Find(string name, IReadOnlyList<Setting> settings)
    {
        foreach (Setting setting in settings)
        {
            if (setting.Name == name)
            {
                return setting;
            }
        }

        return null;
    }

    /// <summary>The known name that needs the fewest changes, when they are few.</summary>
    internal static Setting? Nearest(string name, IReadOnlyList<Setting> settings)
    {
        Setting? nearest = null;
        int least = 3;
        foreach (Setting setting in settings)
        {
            int distance = Distance(name, setting.Name);
            if (distance < least)
            {
                (nearest, least) = (setting, distance);
            }
        }

        return nearest;
    }

    private static string Suggest(string name, IReadOnlyList<Setting> settings) =>
        Nearest(name, settings) is { } nearest ? $", did you mean --{nearest.Name}?" : "";

    private static int Distance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
