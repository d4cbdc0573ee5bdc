using System.Globalization;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Builds the statusDetails, at most 10 pairs: <c>reason</c>; <c>step</c> (2/3), <c>stepName</c>, <c>exitCode</c> or <c>signal</c>, and
/// <c>duration</c> of the step that ended the job; <c>stdout</c> (if the document requests it) and <c>stderr</c> of all steps together;
/// <c>ignored</c> (failures that the document ignores); <c>rollback</c> (whether it worked); <c>agent</c> (the version that reports).
/// </summary>
internal static class StatusReport
{
    // The service accepts 10 pairs; the last one is the version of the agent.
    private const int MaxDetails = 9;

    // The outcome of most jobs: one step without details. Shared, so that it allocates nothing.
    private static readonly Outcome PlainSuccess = Make(JobExecutionUpdateStatus.Succeeded, "the step succeeded", []);

    /// <summary>The details while a step runs.</summary>
    /// <param name="plan">The job.</param>
    /// <param name="index">The step, from 0.</param>
    /// <param name="progress">What the step has reported; null if nothing.</param>
    public static ValueMap<string> Progress(JobPlan plan, int index, StepProgress? progress = null)
    {
        if (progress is null)
        {
            KeyValuePair<string, string> step = new("step", Position(plan, index));
            string name = StatusText.Head(plan.Steps[index].Name);
            return ValueMap<string>.Wrap(name.Length == 0 ? [step] : [step, new("stepName", name)]);
        }

        List<KeyValuePair<string, string>> details = [];
        AddStep(details, plan, index);
        AddProgress(details, progress);
        return ValueMap<string>.Wrap([.. details]);
    }

    /// <summary>
    /// The details with the version of the agent that sends them. An outcome in the journal has none: after an update, another version
    /// reports it.
    /// </summary>
    public static ValueMap<string> AddBuild(ValueMap<string> details, string build) =>
        build.Length == 0 || details.Count > MaxDetails ? details : ValueMap<string>.Wrap([.. details, new("agent", build)]);

    public static Outcome Rejected(string reason) => Make(JobExecutionUpdateStatus.Rejected, reason, []);

    /// <summary>Every step has succeeded, or the document ignores its failure.</summary>
    public static Outcome Succeeded(JobPlan plan, ReadOnlySpan<StepResult?> results, string note = "")
    {
        string reason = plan.Count == 1 ? "the step succeeded" : $"all {plan.Count} steps succeeded";
        string ignored = Ignored(plan, results);
        if (ignored.Length > 0)
        {
            reason = "finished; the document ignores the failures of some steps";
        }

        reason = WithNote(reason, note);
        List<KeyValuePair<string, string>> details = [];
        AddOwn(details, results);
        AddOutput(details, plan, results);
        Add(details, "ignored", StatusText.Head(ignored));
        return details.Count == 0 && reason == PlainSuccess.Reason
            ? PlainSuccess
            : Make(JobExecutionUpdateStatus.Succeeded, reason, details);
    }

    /// <summary>The job can't continue after a restart.</summary>
    public static Outcome CannotResume(string reason) =>
        Make(JobExecutionUpdateStatus.Failed, $"the job was interrupted and can't continue: {reason}", []);

    /// <summary>The step whose failure decides the outcome: the first failure that is not ignored; -1 if there is none.</summary>
    public static int FindFailure(JobPlan plan, ReadOnlySpan<StepResult?> results)
    {
        for (int i = 0; i < results.Length && i < plan.Steps.Count; i++)
        {
            if (HasFailed(plan, results, i))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>A step has failed, and the steps with alwaysRun have run.</summary>
    public static Outcome Failed(JobPlan plan, ReadOnlySpan<StepResult?> results, string note = "")
    {
        int index = FindFailure(plan, results);
        StepPlan step = plan.Steps[index];
        StepResult result = results[index]!;
        List<KeyValuePair<string, string>> details = [];
        AddStep(details, plan, index);
        if (result.End is StepEnd.Exited or StepEnd.Signaled)
        {
            string key = result.End == StepEnd.Exited ? "exitCode" : "signal";
            details.Add(new(key, result.End == StepEnd.Exited ? Text(result.Code) : SignalName.Of(result.Code)));
            if (result.Duration > TimeSpan.Zero)
            {
                details.Add(new("duration", $"{StatusText.Seconds(result.Duration)} s"));
            }
        }

        AddOwn(details, results);
        AddOutput(details, plan, results);
        Add(details, "ignored", StatusText.Head(Ignored(plan, results)));
        string reason = $"step {index + 1} of {plan.Count} '{step.Name}' failed: {Fault(step, result)}";
        for (int i = index + 1; i < results.Length; i++)
        {
            if (plan.Steps[i].Action is not StepAction.Rollback && HasFailed(plan, results, i))
            {
                reason += $"; then step {i + 1} '{plan.Steps[i].Name}' failed too: {Fault(plan.Steps[i], results[i]!)}";
            }
        }

        (string undone, string worked) = Rollbacks(plan, results);
        reason += undone;
        Add(details, "rollback", worked);
        return Make(JobExecutionUpdateStatus.Failed, WithNote(reason, note), details);
    }

    /// <summary>What the rollbacks have done, and whether all of them worked; empty if there was nothing to undo.</summary>
    private static (string Text, string Worked) Rollbacks(JobPlan plan, ReadOnlySpan<StepResult?> results)
    {
        string text = "";
        string worked = "";
        for (int i = plan.Count; i < results.Length; i++)
        {
            if (results[i] is not { } result)
            {
                continue;
            }

            if (HasFailed(plan, results, i))
            {
                text += $"; the rollback of step {plan.NumberOf(i)} failed: {Fault(plan.Steps[i], result)}";
                worked = "failed";
            }
            else if (result.Fault.Length > 0)
            {
                text += $"; rolled back: {result.Fault}";
                worked = worked.Length == 0 ? "done" : worked;
            }
        }

        return (text, worked);
    }

    public static bool IsSuccess(StepPlan step, StepResult result) =>
        EndedWell(step, result) && !HasTooMuchStdErr(step, result);

    private static bool EndedWell(StepPlan step, StepResult result) => result is { TimedOutAfter: null, End: StepEnd.Exited }
        ? step.SuccessExitCodes.Contains(result.Code)
        : result is { TimedOutAfter: null, End: StepEnd.Returned, Code: 0 };

    private static bool HasFailed(JobPlan plan, ReadOnlySpan<StepResult?> results, int index) =>
        results[index] is { } result && !plan.Steps[index].IgnoreFailure && !IsSuccess(plan.Steps[index], result);

    private static string WithNote(string reason, string note) => note.Length == 0 ? reason : $"{reason} ({note})";

    private static bool HasTooMuchStdErr(StepPlan step, StepResult result) => result.StdErrLines > (step.AllowStdErr ?? long.MaxValue);

    /// <summary>Why a step has failed, in words.</summary>
    public static string Fault(StepPlan step, StepResult result) => EndedWell(step, result) && HasTooMuchStdErr(step, result)
        ? $"{result.StdErrLines} lines on stderr; allowed: {step.AllowStdErr}"
        : result.Describe();

    private static string Ignored(JobPlan plan, ReadOnlySpan<StepResult?> results)
    {
        string ignored = string.Empty;
        for (int i = 0; i < results.Length; i++)
        {
            StepPlan step = plan.Steps[i];
            if (step.IgnoreFailure && results[i] is { } result && !IsSuccess(step, result))
            {
                string one = $"step {i + 1} '{step.Name}': {Fault(step, result)}";
                ignored = ignored.Length == 0 ? one : $"{ignored}; {one}";
            }
        }

        return ignored;
    }

    private static Outcome Make(JobExecutionUpdateStatus status, string reason, List<KeyValuePair<string, string>> details)
    {
        string line = StatusText.Head(reason);
        return new Outcome(status, line, ValueMap<string>.Wrap([new("reason", line), .. details]));
    }

    private static void AddStep(List<KeyValuePair<string, string>> details, JobPlan plan, int index)
    {
        details.Add(new("step", Position(plan, index)));
        Add(details, "stepName", StatusText.Head(plan.Steps[index].Name));
    }

    private static string Position(JobPlan plan, int index) => plan.Count == 1 ? "1/1" : $"{plan.NumberOf(index)}/{plan.Count}";

    private static void AddProgress(List<KeyValuePair<string, string>> details, StepProgress progress)
    {
        if (progress.Percent is { } percent)
        {
            details.Add(new("percent", Text(percent)));
        }

        Add(details, "message", StatusText.Head(progress.Message ?? string.Empty));
        AddOwn(details, progress.Values, MaxDetails);
    }

    /// <summary>The details of handlers inside the agent. Such a job has one step and no output, so that there is room for them.</summary>
    private static void AddOwn(List<KeyValuePair<string, string>> details, ReadOnlySpan<StepResult?> results)
    {
        foreach (StepResult? result in results)
        {
            if (result is not null)
            {
                // One pair is for the reason, which comes first.
                AddOwn(details, result.Details, MaxDetails - 1);
            }
        }
    }

    private static void AddOwn(List<KeyValuePair<string, string>> details, ValueMap<string> own, int most)
    {
        foreach ((string name, string value) in own)
        {
            // The agent's own pairs win. The service rejects all details if there are more pairs or an invalid name.
            if (details.Count < most && name != "reason" && StatusText.IsName(name) && !details.Exists(d => d.Key == name))
            {
                Add(details, name, StatusText.Head(value));
            }
        }
    }

    private static void AddOutput(List<KeyValuePair<string, string>> details, JobPlan plan, ReadOnlySpan<StepResult?> results)
    {
        string stdOut = string.Empty;
        string stdErr = string.Empty;
        for (int i = 0; i < results.Length; i++)
        {
            stdOut = StatusText.Join(stdOut, results[i]?.StdOut ?? string.Empty);
            stdErr = StatusText.Join(stdErr, results[i]?.StdErr ?? string.Empty);
        }

        if (plan.IncludeStdOut)
        {
            Add(details, "stdout", stdOut);
        }

        Add(details, "stderr", stdErr);
    }

    private static void Add(List<KeyValuePair<string, string>> details, string name, string value)
    {
        // The service rejects empty values.
        if (value.Length > 0)
        {
            details.Add(new(name, value));
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
