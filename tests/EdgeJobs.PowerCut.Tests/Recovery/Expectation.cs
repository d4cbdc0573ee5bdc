using EdgeJobs.PowerCut.Tests.Recording;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>
/// What a recovered board may do with an execution: which steps it starts, and how the execution ends. It follows from the entries that the
/// journal may have, by the rules of the documentation; not from the code that recovers.
/// </summary>
/// <param name="Steps">The steps that start, with their attempts, as one text.</param>
/// <param name="Status">The end.</param>
internal sealed record Expectation(string Steps, JobExecutionStatus Status)
{
    /// <summary>All that may happen: for each number of entries that the disk may have, from those whose effect others have seen.</summary>
    public static HashSet<Expectation> Of(Execution execution, int cut)
    {
        HashSet<Expectation> all = [];
        for (int count = execution.CountTold(cut); count <= execution.CountWritten(cut); count++)
        {
            all.Add(After(execution.Plan, execution.StateAfter(count)));
        }

        return all;
    }

    public static string Describe(IEnumerable<(int Index, int Attempt)> steps) =>
        string.Join(' ', steps.Select(s => $"{s.Index + 1}.{s.Attempt}"));

    private static Expectation After(JobPlan plan, JournalState? journal)
    {
        if (journal is { Outcome: { } outcome })
        {
            return new Expectation(string.Empty, ServiceStates.StatusOf(outcome));
        }

        List<(int, int)> steps = [];
        bool hasFailed = false;
        int next = 0;
        int attempt = 1;
        int failures = 0;
        if (journal is { } state)
        {
            for (int i = 0; i < state.Results.Length; i++)
            {
                hasFailed |= state.Results[i] is { } result
                    && !StatusReport.IsSuccess(plan.Steps[i], result)
                    && !plan.Steps[i].IgnoreFailure;
            }

            next = Math.Max(state.Results.Length, state.Index);
            (attempt, failures) = (state.Attempt + 1, state.Failures);
            if (state.IsRunning && plan.Steps[next].OnInterruption != InterruptedStep.Rerun)
            {
                hasFailed |= plan.Steps[next].OnInterruption == InterruptedStep.Fail && !plan.Steps[next].IgnoreFailure;
                (next, attempt, failures) = (next + 1, 1, 0);
            }
        }

        // A step in its second attempt runs, even if it runs after a failure only because it always does.
        for (; next < plan.Steps.Count; next++, attempt = 1, failures = 0)
        {
            StepPlan step = plan.Steps[next];
            if (attempt == 1 && hasFailed && !step.AlwaysRuns)
            {
                continue;
            }

            while (true)
            {
                steps.Add((next, attempt));
                bool succeeds = StepScript.ExitCode(step.Name, attempt) == 0;
                failures += succeeds ? 0 : 1;
                attempt++;
                if (succeeds || failures >= step.Attempts)
                {
                    hasFailed |= !succeeds && !step.IgnoreFailure;
                    break;
                }
            }
        }

        return new Expectation(Describe(steps), hasFailed ? JobExecutionStatus.Failed : JobExecutionStatus.Succeeded);
    }
}
