using System.Text;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Commands;

/// <summary>The output of <c>--help</c>.</summary>
internal sealed class HelpText(string program)
{
    public const string Purpose = "an agent for AWS IoT Jobs";
    private const int Indent = 32;
    private const int UsageIndent = 37;

    public string Validate => $"""
        usage: {program} validate DOCUMENT.json

        Checks a job document and prints what a board would do with it. Faults have line, column and JSON path.
        Exit codes: 0 a board would run it, 2 a board would report it REJECTED, or the file cannot be read.
        """;

    public string Status => $"""
        usage: {program} status [--data_dir DIR] [--config FILE] [--json]

        Shows the current job from the journal, and the results of the last jobs and their steps, with the directory of their output.
        It contacts neither the agent nor the service. Exit codes: 0, or 2 if the directory does not exist or cannot be read.
        """;

    public string Doctor => $"""
        usage: {program} doctor [the flags of {program} run] [--json]

        Checks everything that a board needs to get its jobs, in the order in which the agent needs it: settings, files and their
        modes, clock, certificates, DNS, TCP, proxy, TLS, CONNECT, each subscription, each request. Prints one line per check: ok,
        warn, FAIL or skip, with the fix. Run it as the agent's user. It starts and changes no job. If an agent is connected with
        the same client id, doctor does not connect.
        Exit codes: 0 no check failed; otherwise the code of run: 2 files and settings, 3 cannot connect, 4 refused.
        """;

    public string Policy => $"""
        usage: {program} policy --region REGION --account ACCOUNT --thing_name NAME [--client_id ID]
               {program} policy --region REGION --account ACCOUNT --provisioning_template NAME [--provisioning_key board|service] [--client_id ID]

        Prints the AWS IoT policy that allows only what the agent needs, as JSON for aws iot create-policy; or the policy of the
        claim certificate for fleet provisioning.
        """;

    public string Migrate => $"""
        usage: {program} migrate DEVICE-CLIENT-CONFIG.json [...] [--output FILE]

        Writes the configuration of an AWS IoT Device Client as settings, to a new file or to stdout. More files of it may follow,
        such as the one of its HTTP proxy. Reports what became of each member: set, off (not used), none (no counterpart), unknown
        or todo (with the fix); on stderr if the settings go to stdout. Secrets are not copied.
        Exit codes: 0 the agent accepts the settings, 2 there is a line todo, or a file cannot be read or written.
        """;

    public const string ExitCodes = """
        exit codes:
          0   done, or stopped by a signal
          1   a job did not succeed (--once, --job_id)
          2   bad usage or configuration: a flag, a file, a certificate
          3   cannot connect
          4   refused by the server: a policy, a provisioning template
          70  internal error
        """;

    public string Overview()
    {
        StringBuilder text = new();
        text.Append($"{program}: {Purpose}\n\nusage:\n");
        foreach (AgentCommand command in AgentCommand.All)
        {
            AppendUsage(text, $"{command.Name} {command.Arguments}", command.Meaning);
        }

        AppendUsage(text, "COMMAND --help", "help for one command");
        return text.Append($"  {program} --version\n\n{ExitCodes}").ToString();
    }

    public string Run()
    {
        StringBuilder text = new();
        text.Append($"usage: {program} run --endpoint HOST[:PORT] --cert FILE --key FILE --thing_name NAME [...]\n\n");
        text.Append("Fetches, runs and reports the thing's jobs until SIGTERM, or as --once or --job_id say.\n\n");
        foreach ((string topic, Setting[] settings) in RunSettings.Topics)
        {
            text.Append($"{topic}:\n");
            foreach (Setting setting in settings)
            {
                AppendFlag(text, setting);
            }

            text.Append('\n');
        }

        text.Append("Flags can also be written with hyphens, set in the environment (EDGEJOBS__THING_NAME), or set in the\n");
        text.Append("--config file. The command line overrides the environment, and the environment overrides the file.\n\n");
        return text.Append(ExitCodes).ToString();
    }

    private void AppendUsage(StringBuilder text, string usage, string meaning)
    {
        string line = $"  {program} {usage}";
        text.Append(line.Length < UsageIndent - 1 ? line.PadRight(UsageIndent) : $"{line}\n{new string(' ', UsageIndent)}");
        text.Append(meaning).Append('\n');
    }

    private static void AppendFlag(StringBuilder text, Setting setting)
    {
        string flag = $"  --{setting.Name} {setting.Value}";
        text.Append(flag.Length < Indent ? flag.PadRight(Indent) : $"{flag}\n{new string(' ', Indent)}").Append(setting.Meaning);
        string? range = setting.Maximum > 0 ? $"{setting.Minimum} to {setting.Maximum}" : null;
        string separator = range is not null && setting.WithoutValue is not null ? ", " : "";
        if (range is not null || setting.WithoutValue is not null)
        {
            text.Append($" ({range}{separator}{setting.WithoutValue})");
        }

        text.Append('\n');
    }
}
