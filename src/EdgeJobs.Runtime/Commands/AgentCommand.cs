using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Commands;

/// <summary>One command of the agent: in <c>--help</c>, edgejobs(1) and the completions of shells.</summary>
/// <param name="name">The first word.</param>
/// <param name="arguments">What follows it.</param>
/// <param name="meaning">What it does.</param>
/// <param name="flags">Its flags.</param>
internal sealed class AgentCommand(string name, string arguments, string meaning, Setting[] flags)
{
    public static readonly AgentCommand[] All =
    [
        new(
            "run",
            "--endpoint HOST[:PORT] --cert FILE --key FILE --thing_name NAME [...]",
            "fetch, run and report the thing's jobs",
            RunSettings.All),
        new("validate", "DOCUMENT.json", "check a job document and print what a board would do", []),
        new(
            "policy",
            "--region REGION --account ACCOUNT --thing_name NAME [--client_id ID]",
            "print the least-privilege AWS IoT policy of the thing",
            IotPolicyArguments.Settings),
        new(
            "doctor",
            "[the flags of run] [--json]",
            "check everything between the board and its jobs",
            [.. RunSettings.All, StatusCommand.Json]),
        new(
            "status",
            "[--data_dir DIR] [--config FILE] [--json]",
            "show current and past jobs, from the data directory",
            StatusCommand.Settings),
        new(
            "migrate",
            "DEVICE-CLIENT-CONFIG.json [...] [--output FILE]",
            "write the settings of an AWS IoT Device Client as settings of this agent",
            MigrateCommand.Settings),
    ];

    public string Name { get; } = name;

    public string Arguments { get; } = arguments;

    public string Meaning { get; } = meaning;

    public Setting[] Flags { get; } = flags;
}
