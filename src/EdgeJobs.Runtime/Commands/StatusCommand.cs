
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Status;

namespace EdgeJobs.Runtime.Commands;

/// <summary>
/// <c>edgejobs status</c>: shows current and past jobs from the data directory, without contacting the agent or the service.
/// </summary>
internal static class StatusCommand
{
    public static readonly Setting Json = new("json", null, "print JSON");

    public static readonly Setting[] Settings =
    [
        RunSettings.DataDirectory,
        RunSettings.Configuration,
        Json,
    ];

    /// <param name="words">The arguments after the command.</param>
    /// <param name="output">The output.</param>
    /// <param name="build">The version and the commit of this program.</param>
    /// <exception cref="UsageException">The directory does not exist or cannot be read.</exception>
    public static int Run(string[] words, TextWriter output, string build)
    {
        Dictionary<string, string?> flags = CommandLine.Parse(words, Settings, out List<string> operands);
        if (operands.Count > 0)
        {
            throw new UsageException($"{operands[0]}: not a flag; edgejobs status takes --data_dir, --config and --json");
        }

        bool isJson = flags.Remove("json", out string? json) && json == "true";
        string directory = DataDirectory.PathFor(SettingsReader.ReadDataDirectory(flags));
        if (!Directory.Exists(directory))
        {
            throw new UsageException($"{directory}: the data directory does not exist; check --data_dir, or start an agent first");
        }

        try
        {
            AgentStatus status = StatusReader.Read(directory) with { Build = build };
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            output.WriteLine(isJson ? StatusWriter.ToJson(status, now) : StatusWriter.ToText(status, now));
            return ExitCode.Done;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"{directory}: cannot be read: {e.Message.ReplaceLineEndings(" ")}; run edgejobs status as the agent's user or as root");
        }
    }
}
