using System.Text;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Commands;

/// <summary>What <c>--help</c> prints.</summary>
/// <param name="program">The name of the program.</param>
internal sealed class HelpText(string program)
{
    private const int Indent = 32;

    /// <summary>The commands.</summary>
    public string Overview => $"""
        {program}: an agent for AWS IoT Jobs

        usage:
          {program} run --endpoint HOST[:PORT] --cert FILE --key FILE --thing_name NAME [...]
                                             fetch, run and report the thing's jobs
          {program} validate DOCUMENT.json    check a job document and say what a board would do with it
          {program} policy --region REGION --account ACCOUNT --thing_name NAME [--client_id ID]
                                             print the least AWS IoT policy that the thing needs
          {program} doctor [the flags of run] [--json]
                                             what stands between the board and its jobs, and how to mend it
          {program} status [--data_dir DIR] [--config FILE] [--json]
                                             what the agent does and did, from its data directory
          {program} COMMAND --help            all about one command
          {program} --version

        {ExitCodes}
        """;

    /// <summary>About <c>validate</c>.</summary>
    public string Validate => $"""
        usage: {program} validate DOCUMENT.json

        Checks a job document and says what a board would do with it. Faults are told with line, column and JSON path.
        Exit codes: 0 a board would run it, 2 a board would report it REJECTED, or the file can't be read.
        """;

    /// <summary>About <c>status</c>.</summary>
    public string Status => $"""
        usage: {program} status [--data_dir DIR] [--config FILE] [--json]

        Says what the agent does, from its journal, and how the last jobs and their steps ended, with the place of their output.
        Nothing is asked of the agent or the service. Exit codes: 0, or 2 when the directory does not exist or can't be read.
        """;

    /// <summary>About <c>doctor</c>.</summary>
    public string Doctor => $"""
        usage: {program} doctor [the flags of {program} run] [--json]

        Looks at all that a board needs to get its jobs, in the order in which the agent needs it: settings, files and their
        modes, clock, certificates, DNS, TCP, proxy, TLS, CONNECT, each subscription, each request. One line for each: ok, warn,
        FAIL or skip, with the mend. Run it as the agent's user. No job is started or changed. Where an agent is connected under
        the same client id, its connection is left alone.
        Exit codes: 0 nothing is wrong; otherwise what run would end with: 2 files and settings, 3 can't connect, 4 refused.
        """;

    /// <summary>About <c>policy</c>.</summary>
    public string Policy => $"""
        usage: {program} policy --region REGION --account ACCOUNT --thing_name NAME [--client_id ID]
               {program} policy --region REGION --account ACCOUNT --provisioning_template NAME [--provisioning_key board|service] [--client_id ID]

        Prints the AWS IoT policy that allows the thing just what the agent needs, as JSON for aws iot create-policy; or that of
        the claim certificate with which boards get their own.
        """;

    private const string ExitCodes = """
        exit codes:
          0   done, or stopped as asked
          1   a job did not succeed (--once, --job_id)
          2   bad usage or configuration: a flag, a file, a certificate
          3   can't connect
          4   refused by the server: a policy, a provisioning template
          70  a fault in the program
        """;

    /// <summary>About <c>run</c>.</summary>
    public string Run()
    {
        StringBuilder text = new();
        text.Append($"usage: {program} run --endpoint HOST[:PORT] --cert FILE --key FILE --thing_name NAME [...]\n\n");
        text.Append("Fetches, runs and reports the thing's jobs, for ever unless --once or --job_id is given. SIGTERM stops it.\n\n");
        foreach ((string topic, Setting[] settings) in RunSettings.Topics)
        {
            text.Append($"{topic}:\n");
            foreach (Setting setting in settings)
            {
                AppendFlag(text, setting);
            }

            text.Append('\n');
        }

        text.Append("Each flag may also be written in kebab-case, set in the environment (EDGEJOBS__THING_NAME) or put into the\n");
        text.Append("--config file. The command line counts over the environment, and that over the file.\n\n");
        return text.Append(ExitCodes).ToString();
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
