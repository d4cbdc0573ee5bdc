using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Handlers;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Commands;

/// <summary><c>edgejobs validate</c>: checks a job document and prints what a board would do with it.</summary>
internal static class ValidateCommand
{
    /// <summary>The limit of AWS IoT.</summary>
    private const int MaxDocumentBytes = 32_768;

    /// <param name="words">The arguments after the command.</param>
    /// <param name="handlers">The handlers of job operations.</param>
    /// <param name="output">The output.</param>
    /// <exception cref="UsageException">There is not exactly one file, or it cannot be read.</exception>
    public static int Run(string[] words, JobHandlers handlers, TextWriter output)
    {
        if (words.Length != 1 || words[0].StartsWith("--", StringComparison.Ordinal))
        {
            throw new UsageException(words.Length == 0
                ? "the document is missing; write edgejobs validate DOCUMENT.json"
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

            Line(output, "A board would not run it, and would report the job REJECTED.");
            return ExitCode.Usage;
        }

        Describe(result.Plan, output);
        if (document.Length > MaxDocumentBytes)
        {
            Line(output, $"But AWS IoT rejects it: it has {document.Length} bytes, and at most {MaxDocumentBytes} are allowed.");
            return ExitCode.Usage;
        }

        return ExitCode.Done;
    }

    private static void Describe(JobPlan plan, TextWriter output)
    {
        Line(output, plan.IsLegacy
            ? "A valid job document in the schema without version. A board would run:"
            : "A valid job document. A board would run:");
        for (int i = 0; i < plan.Count; i++)
        {
            StepPlan step = plan.Steps[i];
            Line(output, $"  {i + 1}. {StatusText.Head(step.Name)}{(step.IsFinal ? " (final step, if all steps before it succeed)" : "")}");
            Line(output, $"     {What(step)}");
            foreach (string detail in Details(step))
            {
                Line(output, $"     {detail}");
            }
        }

        foreach (Condition condition in plan.Conditions)
        {
            Line(output, $"Only on a board of which {condition}; other boards report the job REJECTED.");
        }

        Line(
            output,
            plan.IncludeStdOut
                ? "The job reports the end of stdout and stderr."
                : "The job reports the end of stderr, not of stdout (includeStdOut).");
    }

    private static IEnumerable<string> Details(StepPlan step)
    {
        if (step.WorkingDirectory is not null)
        {
            yield return $"starts in {step.WorkingDirectory}";
        }

        if (step.Environment.Count > 0)
        {
            yield return $"with the variables {step.Environment.Join(v => v.Key)}";
        }

        if (step.Timeout is { } timeout)
        {
            yield return $"is terminated and fails after {StatusText.Seconds(timeout)} s";
        }

        if (step.AllowStdErr is { } lines)
        {
            yield return $"fails if it writes more than {lines} lines to stderr";
        }

        if (step.SuccessExitCodes is not [0])
        {
            yield return $"succeeds with the exit codes {string.Join(", ", step.SuccessExitCodes)}";
        }

        if (step.Attempts > 1)
        {
            yield return $"runs up to {step.Attempts} times, {StatusText.Seconds(step.RetryDelay)} s apart";
        }

        if (step.OnInterruption != InterruptedStep.Rerun)
        {
            yield return step.OnInterruption == InterruptedStep.Fail
                ? "fails if it is interrupted"
                : "counts as succeeded if it is interrupted";
        }

        if (step.AlwaysRuns)
        {
            yield return "also runs if a step before it has failed";
        }

        if (step.IgnoreFailure)
        {
            yield return "if it fails, the job continues";
        }
    }

    // The document is not trusted.
    private static void Line(TextWriter output, string line) => output.WriteLine(SafeText.Of(line));

    private static string What(StepPlan step)
    {
        string user = step.RunAsUser is null ? "" : $" as user {step.RunAsUser}";
        return step.Action switch
        {
            StepAction.RunCommand command => $"command {Quote(command.Arguments)}{user}",
            StepAction.RunHandler handler => $"handler {handler.Handler} {Place(handler.Path)}, with "
                + Quote(handler.PassesUser ? [step.RunAsUser ?? "", .. handler.Arguments] : handler.Arguments),
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
            throw new UsageException($"{file}: the file does not exist");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{file}: cannot be read: {e.Message}");
        }
    }
}
