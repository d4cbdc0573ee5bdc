
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Engine;

/// <summary>The part of <see cref="JobMachine"/> that has to do with steps.</summary>
internal static class StepProgression
{
    private static readonly JobCommand.Journal Close = new(0, new JournalEntry.Closed());
    private static readonly JobCommand.Journal CloseForGood = new(0, new JournalEntry.Closed(MustLast: true));

    /// <summary>Begins the next step that is to run, or decides the outcome when there is none.</summary>
    public static void Advance(TransitionBuilder builder)
    {
        JournalEntry next = Next(builder.Job.Plan!, builder.Job.Journal);
        if (builder.State.IsStopping && next is JournalEntry.Began)
        {
            Shutdown.ExitWhenNothingRuns(builder);
        }
        else
        {
            builder.Write(next);
        }
    }

    /// <summary>An entry, and with it what follows from it at once: the next step that begins, or the outcome.</summary>
    public static JournalEntry WithNext(TransitionBuilder builder, JournalEntry entry)
    {
        JournalEntry next = Next(builder.Job.Plan!, JournalState.After(builder.Job.Journal, entry)!.Value);
        return builder.State.IsStopping && next is JournalEntry.Began ? entry : new JournalEntry.Both(entry, next);
    }

    /// <summary>Begins one more attempt at a step: when the journal knows of it, it runs.</summary>
    public static void BeginAgain(TransitionBuilder builder) => builder.Write(new JournalEntry.Began(builder.Job.Journal.Index, builder.Job.Journal.Attempt + 1));

    /// <summary>Runs the step that has begun.</summary>
    public static void Run(TransitionBuilder builder)
    {
        long id = builder.NewId();
        ActiveJob job = builder.Job = builder.Job with { RunId = id, Progress = null, ProgressIsDue = true, IsCanceling = false, WithoutDetails = false };
        IReadOnlyList<StepPlan> steps = job.Plan!.Steps;
        builder.Do(new JobCommand.RunStep(id, job.Key, steps[job.Journal.Index], job.Journal.Index + 1, steps.Count, job.Journal.Attempt));
        StatusReporting.Send(builder);
    }

    /// <summary>Waits until the next attempt at the step.</summary>
    public static void Delay(TransitionBuilder builder)
    {
        ActiveJob job = builder.Job;
        StepPlan step = job.Plan!.Steps[job.Journal.Index];
        builder.Log(Notice.StepRetried, job.Key, $"step {job.Journal.Index + 1} '{step.Name}' failed {job.Journal.Failures} of {step.Attempts} times; next attempt in {StatusText.Seconds(step.RetryDelay)} s");
        if (builder.State.IsStopping)
        {
            Shutdown.ExitWhenNothingRuns(builder);
        }
        else if (step.RetryDelay <= TimeSpan.Zero)
        {
            BeginAgain(builder);
        }
        else
        {
            long timer = builder.NewId();
            builder.Job = builder.Job with { DelayTimer = timer };
            builder.Do(new JobCommand.ScheduleTimer(timer, step.RetryDelay));
            StatusReporting.Send(builder);
        }
    }

    /// <summary>The step has said how far it has come.</summary>
    public static void OnStepProgressed(TransitionBuilder builder, StepProgress progress)
    {
        if (builder.Job.LostBecause is null)
        {
            builder.Job = builder.Job with { Progress = progress.After(builder.Job.Progress), ProgressIsDue = true };
            StatusReporting.Send(builder);
        }
    }

    /// <summary>The step has ended.</summary>
    public static void OnStepCompleted(TransitionBuilder builder, StepResult result)
    {
        ActiveJob job = builder.Job = builder.Job with { RunId = 0 };
        if (job.LostBecause is not null)
        {
            End(builder, succeeded: false);
            return;
        }

        // A service manager that stops the agent may signal its children itself. The journal has it as begun: interrupted.
        if (builder.State.IsStopping && (job.IsCanceling || result is { End: StepEnd.Signaled, Code: Libc.SigTerm or Libc.SigInt or Libc.SigHup }))
        {
            Shutdown.ExitWhenNothingRuns(builder);
            return;
        }

        StepPlan step = job.Plan!.Steps[job.Journal.Index];
        builder.Write(!StatusReport.IsSuccess(step, result) && job.Journal.Failures + 1 < step.Attempts
            ? new JournalEntry.AttemptFailed(job.Journal.Index, job.Journal.Failures + 1)
            : WithNext(builder, Ended(builder, result)));
    }

    /// <summary>The entry for the end of the current step, with how it was interrupted.</summary>
    public static JournalEntry.Ended Ended(TransitionBuilder builder, StepResult result)
    {
        ActiveJob job = builder.Job;
        builder.Job = job with { Interruption = null };
        string earlier = job.Journal.Note;
        string note = job.Interruption is not { } own ? earlier : earlier.Length == 0 ? own : StatusText.Head($"{earlier}; {own}");
        return new JournalEntry.Ended(job.Journal.Index, result, note);
    }

    /// <summary>The execution is no longer this agent's: its step has to end, and nothing is reported any more.</summary>
    public static void Lose(TransitionBuilder builder, string reason)
    {
        if (builder.Job.LostBecause is not null)
        {
            return;
        }

        builder.Job = builder.Job with { LostBecause = reason, UpdateId = 0, VerifyId = 0, RetryTimer = 0, DelayTimer = 0, HeartbeatTimer = 0 };
        builder.Log(Notice.JobLost, builder.Job.Key, reason);
        if (builder.Job.RunId == 0)
        {
            End(builder, succeeded: false);
        }
        else
        {
            Cancel(builder, reason);
        }
    }

    /// <summary>Asks the running step to end, once.</summary>
    public static void Cancel(TransitionBuilder builder, string reason)
    {
        if (!builder.Job.IsCanceling)
        {
            builder.Job = builder.Job with { IsCanceling = true };
            builder.Do(new JobCommand.CancelStep(builder.Job.RunId, reason));
        }
    }

    /// <summary>The execution is over: on to the next.</summary>
    public static void End(TransitionBuilder builder, bool succeeded)
    {
        ActiveJob job = builder.Job;
        builder.State = builder.State with { Job = null, AnyFailed = builder.State.AnyFailed || !succeeded, Attempt = 0 };
        if (job.IsJournaled)
        {
            builder.Do(job.LostBecause is null ? Close : CloseForGood);
        }

        // One of an earlier run may have been ended first.
        if (builder.State.Mode == RunMode.SingleJob && job.Key.JobId == builder.State.SingleJobId)
        {
            builder.Exit(succeeded ? ExitCode.Done : ExitCode.JobFailed);
        }
        else
        {
            JobClaim.Ask(builder);
        }
    }

    /// <summary>What follows when the steps so far are over: the first attempt at the next one that is to run, or the outcome when there is none.</summary>
    private static JournalEntry Next(JobPlan plan, in JournalState journal)
    {
        ReadOnlySpan<StepResult?> results = journal.Results.AsSpan();
        bool hasFailed = StatusReport.FindFailure(plan, results) >= 0;
        for (int i = results.Length; i < plan.Steps.Count; i++)
        {
            if (!hasFailed || plan.Steps[i].AlwaysRuns)
            {
                return new JournalEntry.Began(i, 1);
            }
        }

        return new JournalEntry.Decided(hasFailed ? StatusReport.Failed(plan, results, journal.Note) : StatusReport.Succeeded(plan, results, journal.Note));
    }
}
