using EdgeJobs.Runtime.Commands;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Tests.Settings;
using EdgeJobs.Testing;

namespace EdgeJobs.Runtime.Tests.Commands;

/// <summary>Writes edgejobs(1) and edgejobs.json(5) from the tables of commands and settings.</summary>
internal static class ManPages
{
    // The date of the last change of the texts that are written here.
    private const string Date = "2026-11-30";
    private const string Program = "edgejobs";

    private static readonly string Source = "EdgeJobs " + EdgeJobsAgent.Version;
    private static readonly HelpText Help = new(Program);

    public static string CommandPath { get; } = Repository.PathOf("packaging", "man", "edgejobs.1");

    public static string FilePath { get; } = Repository.PathOf("packaging", "man", "edgejobs.json.5");

    public static string WriteCommand()
    {
        Roff page = new("EDGEJOBS", "1", Date, Source, "EdgeJobs");
        page.Section("NAME").Paragraphs($"{Program} - {HelpText.Purpose}");
        page.Section("SYNOPSIS");
        foreach (AgentCommand command in AgentCommand.All)
        {
            page.Macro($"B {Program} {command.Name}").Paragraphs(command.Arguments).Macro("br");
        }

        page.Macro($"B {Program} \\-\\-version");
        page.Section("DESCRIPTION").Paragraphs(
            """
            edgejobs connects a board to AWS IoT Core, runs the jobs of its thing one after the other, and reports their results. A
            journal on the board records each step before it starts, so that a job continues after a power cut, a reboot or an
            upgrade of the agent.
            """);
        page.Section("COMMANDS");
        foreach (AgentCommand command in AgentCommand.All)
        {
            page.Subsection($"{Program} {command.Name} {command.Arguments}").Paragraphs(Text(command));
            foreach (Setting setting in command.Flags.Except(RunSettings.All))
            {
                page.Item("--" + setting.Name, setting.Value ?? "", Sentence(setting));
            }
        }

        page.Section("OPTIONS OF RUN").Paragraphs(
            """
            Options can also be written with hyphens, set in the environment, or set in the file that --config names. The command line
            overrides the environment, and the environment overrides the file.
            """);
        AddSettings(page, setting => "--" + setting.Name, RunSettings.All);
        page.Section("EXIT STATUS");
        foreach (string line in HelpText.ExitCodes.Split('\n')[1..])
        {
            string[] cells = line.Trim().Split("  ", 2, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            page.Item(cells[0], "", cells[1]);
        }

        page.Section("ENVIRONMENT");
        page.Item("EDGEJOBS__NAME", "", "The setting NAME, in upper case: EDGEJOBS__THING_NAME.");
        page.Item("https_proxy, all_proxy, no_proxy", "", "The proxy, unless the setting proxy is set.");
        page.Item("NOTIFY_SOCKET, WATCHDOG_USEC", "", "The service manager that the agent informs: sd_notify(3).");
        page.Section("SIGNALS");
        page.Item("SIGTERM, SIGINT", "", "The agent ends the running step and exits; the job continues at the next start.");
        page.Item("SIGHUP", "", "Reads the configuration again and uses a renewed certificate.");
        page.Section("FILES");
        page.Item("/etc/edgejobs/edgejobs.json", "", "The configuration of the packaged service: edgejobs.json(5).");
        page.Item("/etc/edgejobs/handlers", "", "The handlers of jobs.");
        page.Item("/var/lib/edgejobs", "", "Journal, kept output of jobs, and the working directory of steps.");
        page.Section("SEE ALSO").Pages(("edgejobs.json", 5), ("systemctl", 1), ("journalctl", 1));
        return page.ToString();
    }

    public static string WriteFile()
    {
        Roff page = new("EDGEJOBS.JSON", "5", Date, Source, "EdgeJobs");
        page.Section("NAME").Paragraphs("edgejobs.json - configuration of the EdgeJobs agent");
        page.Section("SYNOPSIS").Macro("I /etc/edgejobs/edgejobs.json");
        page.Section("DESCRIPTION").Paragraphs(
            """
            One JSON object in UTF-8, at most 1 MiB. Its members are the settings of edgejobs(1) run; an unknown member is an error.
            Comments (// and /* */) and commas after the last member are allowed. Numbers and switches may also be strings.

            /usr/share/edgejobs/edgejobs.schema.json is the JSON Schema of the file. The member "$schema" names it for editors; the
            agent ignores this member.

            systemctl reload edgejobs reads the file again: the log level changes at once, and the log names the other settings that have
            changed, which apply from the next start.
            """);
        page.Section("SETTINGS");
        AddSettings(page, setting => setting.Name, [.. RunSettings.All.Where(s => s != RunSettings.Configuration)]);
        page.Subsection("policy").Paragraphs(
            """
            An object: what jobs may do on the board. Each list allows only its entries. With this section, root is denied unless users
            lists it. Without it, jobs may do what the user of the agent may do.
            """);
        foreach ((string name, string meaning) in SettingsSchema.Meanings())
        {
            bool isSwitch = PolicyReader.Switches.Any(s => s.Name == name);
            page.Item(name, isSwitch ? "(true, false)" : "(array of strings)", isSwitch ? Capital(meaning) : "The allowed " + meaning);
        }

        page.Section("EXAMPLES").Example(
            """
            {
              "$schema": "file:///usr/share/edgejobs/edgejobs.schema.json",
              "endpoint": "PREFIX-ats.iot.REGION.amazonaws.com",
              "thing_name": "my-board",
              "cert": "/etc/edgejobs/thing.pem",
              "key": "/etc/edgejobs/thing.key",
              "policy": { "commands": ["/usr/bin/uptime"] }
            }
            """);
        page.Section("SEE ALSO").Pages(("edgejobs", 1));
        return page.ToString();
    }

    private static void AddSettings(Roff page, Func<Setting, string> name, Setting[] settings)
    {
        foreach ((string topic, Setting[] all) in RunSettings.Topics)
        {
            page.Subsection(Capital(topic));
            foreach (Setting setting in all.Intersect(settings))
            {
                page.Item(name(setting), Type(setting), Sentence(setting));
            }
        }
    }

    private static string Type(Setting setting) => setting.Value is null ? ""
        : setting.Maximum > 0 ? $"{setting.Minimum} to {setting.Maximum}" : setting.Value;

    private static string Sentence(Setting setting)
    {
        string none = setting.IsRequired ? $" {Capital(setting.WithoutValue!)}." : DefaultOf(setting) is { } value ? $" Default: {value}."
            : "";
        return $"{Capital(setting.Meaning)}.{none}";
    }

    private static string? DefaultOf(Setting setting) => setting.Default ?? setting.Absent;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    // The help without its usage.
    private static string Text(AgentCommand command)
    {
        string help = command.Name switch
        {
            "validate" => Help.Validate,
            "policy" => Help.Policy,
            "doctor" => Help.Doctor,
            "status" => Help.Status,
            "migrate" => Help.Migrate,
            _ => "\n\nFetches, runs and reports the thing's jobs until SIGTERM, or as --once or --job_id say.",
        };
        return help[(help.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
    }
}
