using EdgeJobs.LocalCloud.Commands;

namespace EdgeJobs.LocalCloud.Demo;

/// <summary><c>demo</c>: runs a cloud, an agent and three jobs in one command.</summary>
internal static class DemoCommand
{
    public static CommandSpec Spec { get; } = new(
        "demo",
        [],
        "Runs a cloud, a thing with its own certificate, the agent as a separate process, and three jobs; then exits and deletes its "
        + "files.",
        [
            new Flag("agent", "PATH", "the edgejobs executable to run (default: the one built or installed with this program)"),
            new Flag("verbose", null, "show the agent's log"),
        ]);

    public static async Task<int> RunAsync(ParsedCommand command, TextWriter output, CancellationToken cancellationToken)
    {
        string? agent = command.Value("agent") ?? AgentLocator.Find();
        if (agent is null)
        {
            throw command.Error("can't find the agent: build EdgeJobs.sln, or set its path with --agent");
        }

        if (!File.Exists(agent))
        {
            throw command.Error($"--agent {agent}: no such file");
        }

        DirectoryInfo directory = Directory.CreateTempSubdirectory("edgejobs-demo-");
        try
        {
            Style style = Style.ForStandardOutput();
            DemoReport report = new(output, style, TimeProvider.System);
            DemoRun run = new(report, directory.FullName, Path.GetFullPath(agent), command.Has("verbose"));
            bool succeeded = await run.RunAsync(cancellationToken).ConfigureAwait(false);
            report.Summary(succeeded);
            if (succeeded)
            {
                report.NextSteps(ShortPath(Environment.ProcessPath ?? CommandSpec.Program), ShortPath(agent));
            }

            return succeeded ? ExitCode.Done : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            output.Write("\nInterrupted: the agent and the cloud have stopped, and all files are deleted.\n");
            throw;
        }
        finally
        {
            // Also after Ctrl-C: the agent and the cloud have ended by now and write no more.
            directory.Delete(recursive: true);
        }
    }

    // The shorter of the absolute path and the path relative to the working directory.
    private static string ShortPath(string path)
    {
        string full = Path.GetFullPath(path);
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, full);
        if (relative.Length >= full.Length)
        {
            return full;
        }

        return relative.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? relative : "./" + relative;
    }
}
