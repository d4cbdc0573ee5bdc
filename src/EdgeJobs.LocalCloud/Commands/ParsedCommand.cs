using System.Globalization;
using System.Net;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>A parsed command line: positional arguments and option values.</summary>
internal sealed class ParsedCommand
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);
    private readonly List<string> _arguments = [];

    private ParsedCommand(CommandSpec spec) => Spec = spec;

    public CommandSpec Spec { get; }

    /// <summary>Whether <c>--help</c> was given; nothing else is checked then.</summary>
    public bool WantsHelp { get; private set; }

    public IReadOnlyList<string> Arguments => _arguments;

    public static ParsedCommand Parse(CommandSpec spec, ReadOnlySpan<string> words)
    {
        ParsedCommand parsed = new(spec);
        foreach (string word in words)
        {
            if (word is "--help" or "-h")
            {
                parsed.WantsHelp = true;
                return parsed;
            }
        }

        int next = 0;
        while (next < words.Length)
        {
            string word = words[next++];
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                parsed.ReadFlag(word, words, ref next);
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                throw parsed.Error($"unknown option {word}");
            }
            else
            {
                parsed._arguments.Add(word);
            }
        }

        parsed.CheckComplete();
        return parsed;
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Value(string name) => _values.TryGetValue(name, out List<string>? values) ? values[^1] : null;

    public IReadOnlyList<string> Values(string name) => _values.TryGetValue(name, out List<string>? values) ? values : [];

    /// <summary>A port number, 0 (any free port) to 65535.</summary>
    public int Port(string name, int defaultValue)
    {
        string? text = Value(name);
        if (text is null)
        {
            return defaultValue;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= IPEndPoint.MaxPort
            ? port
            : throw Error($"--{name} {text}: a port is a number from 0 (any free port) to 65535");
    }

    public UsageException Error(string what) => new($"{what}; see {CommandSpec.Program} {Spec.Name} --help");

    private void ReadFlag(string word, ReadOnlySpan<string> words, ref int next)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word[2..] : word[2..equals];
        Flag flag = Spec.Find(name) ?? throw Error($"unknown option --{name}");
        if (!_values.TryGetValue(flag.Name, out List<string>? values))
        {
            _values.Add(flag.Name, values = []);
        }
        else if (!flag.IsRepeatable)
        {
            throw Error($"--{flag.Name} is given twice");
        }

        if (flag.Value is null)
        {
            if (equals >= 0)
            {
                throw Error($"--{flag.Name} takes no value");
            }

            values.Add(string.Empty);
            return;
        }

        if (equals >= 0)
        {
            values.Add(word[(equals + 1)..]);
        }
        else
        {
            int first = next;
            while (next < words.Length && !words[next].StartsWith("--", StringComparison.Ordinal) && (flag.IsRepeatable || next == first))
            {
                values.Add(words[next++]);
            }
        }

        if (values.Count == 0 || values[^1].Length == 0)
        {
            throw Error($"--{flag.Name} requires a value: --{flag.Name} {flag.Value}");
        }
    }

    private void CheckComplete()
    {
        if (_arguments.Count > Spec.Arguments.Count)
        {
            throw Error($"unexpected argument '{_arguments[Spec.Arguments.Count]}'");
        }

        if (_arguments.Count < Spec.Arguments.Count)
        {
            throw Error($"{Spec.Arguments[_arguments.Count]} is missing");
        }

        foreach (Flag flag in Spec.Flags)
        {
            if (flag.Required && !Has(flag.Name))
            {
                throw Error($"--{flag.Name} {flag.Value} is missing");
            }
        }
    }
}
