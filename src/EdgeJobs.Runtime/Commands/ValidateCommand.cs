using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Handlers;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Commands;

/// <summary><c>edgejobs validate</c>: says what a board would do with a job document.</summary>
internal static class ValidateCommand
{
    /// <summary>What the service takes at most.</summary>
    private const int MaxDocumentBytes = 32_768;

    /// <summary>Checks a document.</summary>
    /// <param name="words">The command line behind the command.</param>
    /// <param name="handlers">The job operations that the agent has handlers for.</param>
    /// <param name="output">Where the report goes.</param>
    /// <exception cref="UsageException">There is no such file, or not one.</exception>
    public static int Run(string[] words, JobHandlers handlers, TextWriter output)
    {
        if (words.Length != 1 || words[0].StartsWith("--", StringComparison.Ordinal))
        {
            throw new UsageException(words.Length == 0
                ? "which document? edgejobs validate DOCUMENT.json"
                : $"unexpected '{words[^1]}'; edgejobs validate takes one file");
        }

        string file = words[0];
        byte[] document = Read(file);
        DocumentResult result = new JobDocumentReader(handlers.Kinds).Read(document);
        if (!result.IsValid)
        {
            foreach (DocumentFault fault in result.Faults)
            {
                Line(output, $"{file}({fault.Line},{fault.Column}): {fault}");
            }

            Line(output, "A board would run nothing and report the job REJECTED.");
            return ExitCode.Usage;
        }

        Describe(result.Plan, output);
        if (document.Length > MaxDocumentBytes)
        {
            Line(output, $"But AWS IoT takes documents of at most {MaxDocumentBytes} bytes; this one has {document.Length}.");
            return ExitCode.Usage;
        }

        return ExitCode.Done;
    }

    private static void Describe(JobPlan plan, TextWriter output)
    {
        Line(output, plan.IsLegacy
            ? "A valid job document of the schema without version. A board would run:"
            : "A valid job document. A board would run:");
        for (int i = 0; i < plan.Steps.Count; i++)
        {
            StepPlan step = plan.Steps[i];
            Line(output, $"  {i + 1}. {StatusText.Head(step.Name)}{(step.IsFinal ? " (final step, when all before it have succeeded)" : "")}");
            Line(output, $"     {What(step)}");
            foreach (string detail in Details(step))
            {
                Line(output, $"     {detail}");
            }
        }

        foreach (Condition condition in plan.Conditions)
        {
            Line(output, $"Only a board of which {condition}; another reports the job REJECTED.");
        }

        Line(output, plan.IncludeStdOut ? "The end of stdout and of stderr is reported." : "The end of stderr is reported; stdout is not (includeStdOut).");
    }

    private static IEnumerable<string> Details(StepPlan step)
    {
        if (step.WorkingDirectory is not null)
        {
            yield return $"begins in {step.WorkingDirectory}";
        }

        if (step.Environment.Count > 0)
        {
            yield return $"with the variables {step.Environment.Join(v => v.Key)}";
        }

        if (step.Timeout is { } timeout)
        {
            yield return $"is ended and fails after {StatusText.Seconds(timeout)} s";
        }

        if (step.AllowStdErr is { } lines)
        {
            yield return $"fails when it writes more than {lines} lines to stderr";
        }

        if (step.SuccessExitCodes is not [0])
        {
            yield return $"succeeds with the exit codes {string.Join(", ", step.SuccessExitCodes)}";
        }

        if (step.Attempts > 1)
        {
            yield return $"is tried {step.Attempts} times, {StatusText.Seconds(step.RetryDelay)} s apart";
        }

        if (step.OnInterruption != InterruptedStep.Rerun)
        {
            yield return step.OnInterruption == InterruptedStep.Fail ? "fails when it is interrupted" : "counts as succeeded when it is interrupted";
        }

        if (step.AlwaysRuns)
        {
            yield return "runs also when a step before it has failed";
        }

        if (step.IgnoreFailure)
        {
            yield return "when it fails, the job goes on";
        }
    }

    // A document may come from anywhere.
    private static void Line(TextWriter output, string line) => output.WriteLine(SafeText.Of(line));

    private static string What(StepPlan step)
    {
        string user = step.RunAsUser is null ? "" : $" as user {step.RunAsUser}";
        return step.Action switch
        {
            StepAction.RunCommand command => $"command {Quote(command.Arguments)}{user}",
            StepAction.RunHandler handler => $"handler {handler.Handler} {Place(handler.Path)}, with {Quote(handler.PassesUser ? [step.RunAsUser ?? "", .. handler.Arguments] : handler.Arguments)}",
            _ => step.Action.Describe(),
        };
    }

    private static string Place(string? path) => path switch
    {
        null => "found in PATH",
        StepAction.RunHandler.DefaultPath => "in the handler directory",
        _ => $"in {path}",
    };

    private static string Quote(IReadOnlyList<string> words) =>
        words.Count == 0 ? "no arguments" : words.Join(word => $"'{StatusText.Head(word)}'", " ");

    private static byte[] Read(string file)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"{file}: there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{file}: can't be read: {e.Message}");
        }
    }
}
