
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Status;

namespace EdgeJobs.Runtime.Commands;

/// <summary><c>edgejobs status</c>: what the agent does and did, read from its data directory; nothing is asked of the agent or the service.</summary>
internal static class StatusCommand
{
    private static readonly Setting[] Settings =
    [
        RunSettings.DataDirectory,
        RunSettings.Configuration,
        new("json", null, "as JSON"),
    ];

    /// <summary>Prints the status.</summary>
    /// <param name="words">The command line behind the command.</param>
    /// <param name="output">Where the report goes.</param>
    /// <exception cref="UsageException">There is no such directory, or it can't be read.</exception>
    public static int Run(string[] words, TextWriter output)
    {
        Dictionary<string, string?> flags = CommandLine.Parse(words, Settings, out List<string> operands);
        if (operands.Count > 0)
        {
            throw new UsageException($"{operands[0]}: is no flag; status takes --data_dir, --config and --json");
        }

        bool isJson = flags.Remove("json", out string? json) && json == "true";
        string directory = DataDirectory.PathFor(SettingsReader.ReadDataDirectory(flags));
        if (!Directory.Exists(directory))
        {
            throw new UsageException($"{directory}: there is no such data directory; no agent has run with it, or give --data_dir");
        }

        try
        {
            AgentStatus status = StatusReader.Read(directory);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            output.WriteLine(isJson ? StatusWriter.ToJson(status, now) : StatusWriter.ToText(status, now));
            return ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{directory}: can't be read: {e.Message.ReplaceLineEndings(" ")}; run it as the agent's user or as root");
        }
    }
}
