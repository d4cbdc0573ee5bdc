namespace EdgeJobs.Runtime.Settings;

/// <summary>
/// Parses the flags of a command: <c>--name value</c>, <c>--name=value</c> or <c>--switch</c>, in snake_case or kebab-case.
/// </summary>
internal static class CommandLine
{
    /// <summary>Parses flags into values by name.</summary>
    /// <param name="args">The arguments after the command.</param>
    /// <param name="settings">The flags of the command.</param>
    /// <param name="operands">The arguments that are not flags.</param>
    /// <exception cref="UsageException">A flag is unknown, occurs twice, or has no value.</exception>
    public static Dictionary<string, string?> Parse(ReadOnlySpan<string> args, Setting[] settings, out List<string> operands)
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
            Setting setting = SettingNames.Find(name, settings, StringComparison.Ordinal)
                ?? throw new UsageException(
                    $"{flag}: unknown flag{SettingNames.DidYouMean(name, settings, s => "--" + s.Name)}; --help lists all flags");
            string? value = equals < 0 ? null : arg[(equals + 1)..];
            if (setting.Value is null)
            {
                value ??= "true";
                if (value is not ("true" or "false"))
                {
                    throw new UsageException($"{flag}: '{value}' is not valid; use true or false, or no value");
                }
            }
            else if (value is null)
            {
                bool hasNext = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
                value = hasNext ? args[++i] : throw new UsageException($"{flag}: the value is missing; write {flag} {setting.Value}");
            }

            if (!values.TryAdd(name, value))
            {
                throw new UsageException($"{flag}: given twice; remove one");
            }
        }

        return values;
    }
}
