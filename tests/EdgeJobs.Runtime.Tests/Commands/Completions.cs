using System.Text;
using EdgeJobs.Runtime.Commands;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Commands;

/// <summary>Writes the completions of shells from the tables of commands and settings.</summary>
internal static class Completions
{
    private const string Origin = "# Generated from the tables of commands and settings: CONTRIBUTING.md, \"Files that tests compare\".\n";

    public static string BashPath { get; } = Repository.PathOf("packaging", "completions", "edgejobs.bash");

    public static string ZshPath { get; } = Repository.PathOf("packaging", "completions", "_edgejobs");

    public static string FishPath { get; } = Repository.PathOf("packaging", "completions", "edgejobs.fish");

    private static Setting[] AllFlags => [.. AgentCommand.All.SelectMany(c => c.Flags).DistinctBy(s => s.Name)];

    public static string WriteBash()
    {
        StringBuilder text = new($$"""
            # shellcheck shell=bash
            {{Origin}}
            _edgejobs() {
              local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
              COMPREPLY=()
              if (( COMP_CWORD == 1 )); then
                mapfile -t COMPREPLY < <(compgen -W '{{string.Join(' ', AgentCommand.All.Select(c => c.Name))}} --help --version' -- "$word")
                return
              fi
              if [[ $word != --* ]]; then
                case $before in

            """);
        foreach (Setting setting in AllFlags.Where(s => s.Value is not null))
        {
            text.Append($"      --{setting.Name}) {BashValue(setting)} ;;\n");
        }

        text.Append("    esac\n");
        text.Append("    [[ $command != validate && $command != migrate ]] || mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n    return\n  fi\n  case $command in\n");
        foreach (AgentCommand command in AgentCommand.All)
        {
            string flags = string.Join(' ', command.Flags.Select(s => "--" + s.Name).Append("--help"));
            text.Append($"    {command.Name}) mapfile -t COMPREPLY < <(compgen -W '{flags}' -- \"$word\") ;;\n");
        }

        return text.Append("  esac\n}\ncomplete -o filenames -F _edgejobs edgejobs\n").ToString();
    }

    public static string WriteZsh()
    {
        StringBuilder text = new($$"""
            #compdef edgejobs
            {{Origin}}
            local -a commands
            commands=(
            {{string.Join('\n', AgentCommand.All.Select(c => $"  {Quote($"{c.Name}:{c.Meaning}")}"))}}
            )
            if (( CURRENT == 2 )); then
              _describe command commands
              _arguments '--help[help]' '--version[version, commit and date]'
              return
            fi
            shift words
            (( CURRENT-- ))
            case $words[1] in

            """);
        foreach (AgentCommand command in AgentCommand.All)
        {
            IEnumerable<string> flags = command.Flags.Select(s => $"    {Quote($"--{s.Name}[{Bracket(s.Meaning)}]{ZshValue(s)}")}");
            string[] operand = command.Name switch
            {
                "validate" => ["    '1:job document:_files'"],
                "migrate" => ["    '*:configuration of the Device Client:_files'"],
                _ => [],
            };
            text.Append($"  {command.Name})\n    _arguments \\\n{string.Join(" \\\n", [.. flags, .. operand, "    '--help[help]'"])}\n    ;;\n");
        }

        return text.Append("esac\n").ToString();
    }

    public static string WriteFish()
    {
        StringBuilder text = new(Origin + "complete -c edgejobs -f\n");
        text.Append("complete -c edgejobs -n __fish_use_subcommand -l version -d 'version, commit and date'\n");
        foreach (AgentCommand command in AgentCommand.All)
        {
            text.Append($"complete -c edgejobs -n __fish_use_subcommand -a {command.Name} -d {Quote(command.Meaning)}\n");
            string seen = $"complete -c edgejobs -n '__fish_seen_subcommand_from {command.Name}'";
            foreach (Setting setting in command.Flags)
            {
                text.Append($"{seen} -l {setting.Name} -d {Quote(setting.Meaning)}{FishValue(setting)}\n");
            }

            text.Append(command.Name is "validate" or "migrate" ? $"{seen} -F\n" : "");
        }

        return text.ToString();
    }

    private static string[] Values(Setting setting) => setting.IsBoolean
        ? ["true", "false"]
        : setting.Choices ?? (HasBar(setting) ? setting.Value!.Split('|') : []);

    // Words in lower case, such as board|service; FILE|JSON is not a list of values.
    private static bool HasBar(Setting setting) =>
        setting.Value!.Contains('|', StringComparison.Ordinal) && !setting.Value.Any(char.IsAsciiLetterUpper);

    private static bool IsPath(Setting setting) => setting.Value!.Contains("FILE", StringComparison.Ordinal) || setting.Value == "DIR";

    private static string BashValue(Setting setting) =>
        Values(setting) is { Length: > 0 } values
        ? $"mapfile -t COMPREPLY < <(compgen -W '{string.Join(' ', values)}' -- \"$word\"); return"
        : IsPath(setting) ? $"mapfile -t COMPREPLY < <(compgen {(setting.Value == "DIR" ? "-d" : "-f")} -- \"$word\"); return"
        : "return";

    private static string ZshValue(Setting setting) =>
        setting.Value is null ? ""
        : Values(setting) is { Length: > 0 } values ? $":value:({string.Join(' ', values)})"
        : IsPath(setting) ? $":path:{(setting.Value == "DIR" ? "_files -/" : "_files")}"
        : $":{setting.Value.Replace(":", "\\:", StringComparison.Ordinal)}:";

    private static string FishValue(Setting setting) =>
        setting.Value is null ? ""
        : Values(setting) is { Length: > 0 } values ? $" -x -a {Quote(string.Join(' ', values))}"
        : IsPath(setting) ? " -r -F"
        : " -x";

    private static string Bracket(string text) =>
        text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
