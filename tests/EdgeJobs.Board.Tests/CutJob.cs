using System.Globalization;
using System.Text.Json.Nodes;
using EdgeJobs.EndToEnd.Tests;
using EdgeJobs.Testing;

namespace EdgeJobs.Board.Tests;

/// <summary>A job of five steps, and what must be true of it after any number of power cuts.</summary>
/// <remarks>
/// Each step but the one that reboots writes a line "JOB STEP start" and a line "JOB STEP end" to a file of the board, and waits after each
/// of them until the disk has it.
/// </remarks>
internal sealed class CutJob(int number)
{
    private static readonly StepKind[][] Plans =
    [
        [StepKind.Plain, StepKind.Ignored, StepKind.Retried, StepKind.Plain, StepKind.Plain],
        [StepKind.Plain, StepKind.Retried, StepKind.Failing, StepKind.Unreached, StepKind.Always],
        [StepKind.Plain, StepKind.Skipped, StepKind.Failed, StepKind.Plain, StepKind.Skipped],
        [StepKind.Plain, StepKind.Plain, StepKind.Rebooting, StepKind.Retried, StepKind.Plain],
    ];

    private readonly StepKind[] _steps = Plans[number % Plans.Length];

    private enum StepKind
    {
        /// <summary>Succeeds; runs again if it was interrupted, as all steps of which nothing else is said.</summary>
        Plain,

        /// <summary>Runs also after a failure.</summary>
        Always,

        /// <summary>Fails, which the document ignores.</summary>
        Ignored,

        /// <summary>Fails at the first attempt.</summary>
        Retried,

        /// <summary>Fails.</summary>
        Failing,

        /// <summary>Comes after a failure.</summary>
        Unreached,

        /// <summary>Counts as succeeded if it was interrupted.</summary>
        Skipped,

        /// <summary>Counts as failed if it was interrupted, which the document ignores.</summary>
        Failed,

        /// <summary>Reboots the board.</summary>
        Rebooting,
    }

    /// <summary>The program that the steps run: step JOB STEP (0 | 3 | retried).</summary>
    public static string Program =>
        $"""
        #!/bin/sh
        note() (echo "$1" >> {Lines} && sync {Lines})
        note "$1 $2 start"
        sleep 0.3
        note "$1 $2 end"
        if [ "$3" != retried ]; then exit "$3"; fi
        [ "$(grep --count "^$1 $2 end$" {Lines})" -gt 1 ] || exit 3
        """;

    /// <summary>The file with the lines.</summary>
    public static string Lines => "/var/lib/edgejobs/lines";

    public string Id { get; } = string.Create(CultureInfo.InvariantCulture, $"cut-{number}");

    public bool Reboots => _steps.Contains(StepKind.Rebooting);

    public string Status => _steps.Contains(StepKind.Failing) ? "FAILED" : "SUCCEEDED";

    public string Document => Documents.Steps([.. _steps.Select(Step)]);

    /// <summary>Compares what the service knows and what the board's file has with the document.</summary>
    /// <param name="end">The execution.</param>
    /// <param name="lines">The lines of this job.</param>
    /// <param name="again">How many attempts were made again because they were interrupted.</param>
    /// <returns>What is wrong; empty if nothing.</returns>
    public List<string> Check(ExecutionStatus end, IReadOnlyList<string> lines, out int again)
    {
        List<string> faults = [];
        again = 0;
        if (end.Status != Status)
        {
            faults.Add($"it should be {Status}");
        }

        int[] order = [.. lines.Select(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];
        if (!order.SequenceEqual(order.Order()))
        {
            faults.Add("a step ran again after a later one had started");
        }

        for (int i = 0; i < _steps.Length; i++)
        {
            int starts = lines.Count(line => line == $"{Id} {i + 1} start");
            int ends = lines.Count(line => line == $"{Id} {i + 1} end");
            string name = $"step {i + 1} of 5 '{Name(i)}'";
            bool wasInterrupted = end.Detail("reason").Contains($"{name} was interrupted", StringComparison.Ordinal)
                || end.Detail("ignored").Contains($"step {i + 1} '{Name(i)}': it was interrupted", StringComparison.Ordinal);
            int expected = _steps[i] switch
            {
                StepKind.Unreached or StepKind.Rebooting => 0,
                StepKind.Retried => 2,
                _ => 1,
            };
            bool mayRunAgain = _steps[i] is not (StepKind.Skipped or StepKind.Failed);
            bool isRight = wasInterrupted
                ? mayRunAgain ? starts >= expected && ends >= Math.Min(expected, 1) : starts <= 1
                : starts == expected && ends == expected;
            if (!isRight)
            {
                faults.Add($"{name} started {starts} times and ended {ends} times, interrupted: {wasInterrupted}");
            }

            again += Math.Max(0, starts - expected);
        }

        return faults;
    }

    private string Name(int index) => _steps[index].ToString();

    private JsonObject Step(StepKind kind, int index)
    {
        string result = kind switch
        {
            StepKind.Ignored or StepKind.Failing => "3",
            StepKind.Retried => "retried",
            _ => "0",
        };
        JsonObject step = kind == StepKind.Rebooting
            ? Documents.HandlerStep(Name(index), "default", "reboot.sh")
            : Documents.CommandStep(Name(index), "/usr/local/bin/step", Id, (index + 1).ToString(CultureInfo.InvariantCulture), result);
        switch (kind)
        {
            case StepKind.Always:
                step["alwaysRun"] = true;
                break;
            case StepKind.Ignored:
                step["ignoreStepFailure"] = true;
                break;
            case StepKind.Retried:
                step["retry"] = new JsonObject { ["attempts"] = 5 };
                break;
            case StepKind.Skipped:
                step["onInterruption"] = "skip";
                break;
            case StepKind.Failed:
                step["onInterruption"] = "fail";
                step["ignoreStepFailure"] = true;
                break;
            default:
                break;
        }

        return step;
    }
}
