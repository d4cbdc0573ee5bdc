
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Engine;

/// <summary>The part of <see cref="JobMachine"/> that runs the steps.</summary>
internal static class StepProgression
{
    private static readonly JobCommand.Journal Close = new(0, new JournalEntry.Closed());
    private static readonly JobCommand.Journal CloseDurably = new(0, new JournalEntry.Closed(MustLast: true));

    /// <summary>Starts the next step to run, or decides the outcome if there is none.</summary>
    public static void Advance(TransitionBuilder builder)
    {
        JournalEntry next = Next(builder.Job.Plan!, builder.Job.Journal);
        if (builder.State.IsStopping && next is JournalEntry.AttemptStarted)
        {
            Shutdown.ExitWhenNothingRuns(builder);
        }
        else
        {
            builder.Write(next);
        }
    }

    /// <summary>An entry together with the one that follows from it: the start of the next step, or the outcome.</summary>
    public static JournalEntry WithNext(TransitionBuilder builder, JournalEntry entry)
    {
        JournalEntry next = Next(builder.Job.Plan!, JournalState.After(builder.Job.Journal, entry)!.Value);
        return builder.State.IsStopping && next is JournalEntry.AttemptStarted ? entry : new JournalEntry.Pair(entry, next);
    }

    /// <summary>Starts another attempt at the current step; it runs once the journal has the entry.</summary>
    public static void BeginAttempt(TransitionBuilder builder) =>
        builder.Write(new JournalEntry.AttemptStarted(builder.Job.Journal.Index, builder.Job.Journal.Attempt + 1));

    public static void Run(TransitionBuilder builder)
    {
        long id = builder.NewId();
        ActiveJob job = builder.Job = builder.Job with
        {
            RunId = id,
            Progress = null,
            ProgressIsDue = true,
            IsCanceling = false,
            OmitDetails = false,
        };
        JobPlan plan = job.Plan!;
        int index = job.Journal.Index;
        builder.Do(new JobCommand.RunStep(id, job.Key, plan.Steps[index], plan.NumberOf(index), plan.Count, job.Journal.Attempt));
        StatusReporting.Send(builder);
    }

    public static void Delay(TransitionBuilder builder)
    {
        ActiveJob job = builder.Job;
        StepPlan step = job.Plan!.Steps[job.Journal.Index];
        int number = job.Plan.NumberOf(job.Journal.Index);
        string failures = $"step {number} '{step.Name}' failed {job.Journal.Failures} of {step.Attempts} times";
        builder.Log(Notice.StepRetried, job.Key, $"{failures}; next attempt in {StatusText.Seconds(step.RetryDelay)} s");
        if (builder.State.IsStopping)
        {
            Shutdown.ExitWhenNothingRuns(builder);
        }
        else if (step.RetryDelay <= TimeSpan.Zero)
        {
            BeginAttempt(builder);
        }
        else
        {
            long timer = builder.NewId();
            builder.Job = builder.Job with { DelayTimer = timer };
            builder.Do(new JobCommand.ScheduleTimer(timer, step.RetryDelay));
            StatusReporting.Send(builder);
        }
    }

    public static void OnStepProgressed(TransitionBuilder builder, StepProgress progress)
    {
        if (builder.Job.LostReason is null)
        {
            builder.Job = builder.Job with { Progress = progress.After(builder.Job.Progress), ProgressIsDue = true };
            StatusReporting.Send(builder);
        }
    }

    public static void OnStepCompleted(TransitionBuilder builder, StepResult result)
    {
        ActiveJob job = builder.Job = builder.Job with { RunId = 0 };
        if (job.LostReason is not null)
        {
            Finish(builder, succeeded: false);
            return;
        }

        // A service manager that stops the agent may signal its children too. The journal has the attempt as started: interrupted.
        // An installation or a rollback also fails because the board goes down: its programs and units are stopped.
        StepPlan step = job.Plan!.Steps[job.Journal.Index];
        bool wasStopped = result is { End: StepEnd.Signaled, Code: Libc.SigTerm or Libc.SigInt or Libc.SigHup }
            || (step.Action is StepAction.Install or StepAction.Rollback && !StatusReport.IsSuccess(step, result));
        if (builder.State.IsStopping && (job.IsCanceling || wasStopped))
        {
            Shutdown.ExitWhenNothingRuns(builder);
            return;
        }

        builder.Write(!StatusReport.IsSuccess(step, result) && job.Journal.Failures + 1 < step.Attempts
            ? new JournalEntry.AttemptFailed(job.Journal.Index, job.Journal.Failures + 1)
            : WithNext(builder, Ended(builder, result)));
    }

    /// <summary>The entry for the end of the current step, with how it was interrupted.</summary>
    public static JournalEntry.StepEnded Ended(TransitionBuilder builder, StepResult result)
    {
        ActiveJob job = builder.Job;
        builder.Job = job with { Interruption = null };
        string earlier = job.Journal.Note;
        string note = job.Interruption is not { } own ? earlier : earlier.Length == 0 ? own : StatusText.Head($"{earlier}; {own}");
        return new JournalEntry.StepEnded(job.Journal.Index, result, note);
    }

    /// <summary>The execution is no longer this agent's: end its step and report nothing more.</summary>
    public static void Abandon(TransitionBuilder builder, string reason)
    {
        if (builder.Job.LostReason is not null)
        {
            return;
        }

        builder.Job = builder.Job with
        {
            LostReason = reason,
            UpdateId = 0,
            VerifyId = 0,
            RetryTimer = 0,
            DelayTimer = 0,
            HeartbeatTimer = 0,
        };
        builder.Log(Notice.JobLost, builder.Job.Key, reason);
        if (builder.Job.RunId == 0)
        {
            Finish(builder, succeeded: false);
        }
        else
        {
            Cancel(builder, reason);
        }
    }

    /// <summary>Asks the running step to end; does nothing if it was asked before.</summary>
    public static void Cancel(TransitionBuilder builder, string reason)
    {
        if (!builder.Job.IsCanceling)
        {
            builder.Job = builder.Job with { IsCanceling = true };
            builder.Do(new JobCommand.CancelStep(builder.Job.RunId, reason));
        }
    }

    /// <summary>Closes the execution and requests the next one.</summary>
    public static void Finish(TransitionBuilder builder, bool succeeded)
    {
        ActiveJob job = builder.Job;
        builder.State = builder.State with { Job = null, AnyFailed = builder.State.AnyFailed || !succeeded, Attempt = 0 };
        if (job.IsJournaled)
        {
            builder.Do(job.LostReason is null ? Close : CloseDurably);
        }

        // An execution of an earlier run may have been finished first.
        if (builder.State.Mode == RunMode.SingleJob && job.Key.JobId == builder.State.SingleJobId)
        {
            builder.Exit(succeeded ? ExitCode.Done : ExitCode.JobFailed);
        }
        else
        {
            JobClaim.RequestWork(builder);
        }
    }

    /// <summary>What follows from the results so far: the first attempt at the next step to run, or the outcome if there is none.</summary>
    private static JournalEntry Next(JobPlan plan, in JournalState journal)
    {
        ReadOnlySpan<StepResult?> results = journal.Results.AsSpan();
        bool hasFailed = StatusReport.FindFailure(plan, results) >= 0;
        for (int i = results.Length; i < plan.Steps.Count; i++)
        {
            bool runs = plan.Steps[i].Action is StepAction.Rollback rollback
                ? hasFailed && rollback.Index < results.Length && results[rollback.Index] is not null
                : !hasFailed || plan.Steps[i].AlwaysRuns;
            if (runs)
            {
                return new JournalEntry.AttemptStarted(i, 1);
            }
        }

        Outcome outcome =
            hasFailed ? StatusReport.Failed(plan, results, journal.Note) : StatusReport.Succeeded(plan, results, journal.Note);
        return new JournalEntry.OutcomeDecided(outcome);
    }
}
