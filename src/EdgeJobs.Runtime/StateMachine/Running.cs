using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>The part of <see cref="JobMachine"/> that has to do with steps.</summary>
internal static class Running
{
    private static readonly JobCommand.Journal Close = new(0, new JournalEntry.Closed());
    private static readonly JobCommand.Journal CloseForGood = new(0, new JournalEntry.Closed(MustLast: true));

    /// <summary>Begins the next step that is to run, or decides the outcome when there is none.</summary>
    public static void Advance(Turn turn)
    {
        JournalEntry next = Next(turn.Job, turn.Job.Results.AsSpan());
        if (turn.State.IsStopping && next is JournalEntry.Began)
        {
            Stopping.ExitWhenNothingRuns(turn);
        }
        else
        {
            turn.Write(next);
        }
    }

    /// <summary>An entry, and with it what follows from it at once: the next step that begins, or the outcome.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="results">The results of the steps when it is written.</param>
    public static JournalEntry WithNext(Turn turn, JournalEntry entry, ReadOnlySpan<StepResult?> results)
    {
        JournalEntry next = Next(turn.Job, results);
        return turn.State.IsStopping && next is JournalEntry.Began ? entry : new JournalEntry.Both(entry, next);
    }

    /// <summary>Begins one more attempt at a step: when the journal knows of it, it runs.</summary>
    public static void BeginAgain(Turn turn) => turn.Write(new JournalEntry.Began(turn.Job.Index, turn.Job.StepAttempt + 1));

    /// <summary>Runs the step that has begun.</summary>
    public static void Run(Turn turn)
    {
        long id = turn.NewId();
        ActiveJob job = turn.Job = turn.Job with { RunId = id, Progress = null, ProgressIsDue = true, IsCanceling = false, WithoutDetails = false };
        IReadOnlyList<StepPlan> steps = job.Plan!.Steps;
        turn.Do(new JobCommand.RunStep(id, job.Key, steps[job.Index], job.Index + 1, steps.Count, job.StepAttempt));
        Reporting.Send(turn);
    }

    /// <summary>Waits until the next attempt at the step.</summary>
    public static void Delay(Turn turn)
    {
        ActiveJob job = turn.Job;
        StepPlan step = job.Plan!.Steps[job.Index];
        turn.Tell(Notice.StepRetried, job.Key, $"step {job.Index + 1} '{step.Name}' failed {job.Failures} of {step.Attempts} times; next attempt in {StatusText.Seconds(step.RetryDelay)} s");
        if (turn.State.IsStopping)
        {
            Stopping.ExitWhenNothingRuns(turn);
        }
        else if (step.RetryDelay <= TimeSpan.Zero)
        {
            BeginAgain(turn);
        }
        else
        {
            long timer = turn.NewId();
            turn.Job = turn.Job with { DelayTimer = timer };
            turn.Do(new JobCommand.ScheduleTimer(timer, step.RetryDelay));
            Reporting.Send(turn);
        }
    }

    /// <summary>The step has said how far it has come.</summary>
    public static void OnStepProgressed(Turn turn, StepProgress progress)
    {
        if (turn.Job.LostBecause is null)
        {
            turn.Job = turn.Job with { Progress = progress.After(turn.Job.Progress), ProgressIsDue = true };
            Reporting.Send(turn);
        }
    }

    /// <summary>The step has ended.</summary>
    public static void OnStepCompleted(Turn turn, StepResult result)
    {
        ActiveJob job = turn.Job = turn.Job with { RunId = 0 };
        if (job.LostBecause is not null)
        {
            End(turn, succeeded: false);
            return;
        }

        // A service manager that stops the agent may signal its children itself. The journal has it as begun: interrupted.
        if (turn.State.IsStopping && (job.IsCanceling || result is { End: StepEnd.Signaled, Code: Libc.SigTerm or Libc.SigInt or Libc.SigHup }))
        {
            Stopping.ExitWhenNothingRuns(turn);
            return;
        }

        StepPlan step = job.Plan!.Steps[job.Index];
        turn.Write(!StatusReport.IsSuccess(step, result) && job.Failures + 1 < step.Attempts
            ? new JournalEntry.AttemptFailed(job.Index, job.Failures + 1)
            : WithNext(turn, new JournalEntry.Ended(job.Index, result, job.Note), JournalState.WithResult(job.Results, job.Index, result).AsSpan()));
    }

    /// <summary>The execution is no longer this agent's: its step has to end, and nothing is reported any more.</summary>
    public static void Lose(Turn turn, string reason)
    {
        if (turn.Job.LostBecause is not null)
        {
            return;
        }

        turn.Job = turn.Job with { LostBecause = reason, UpdateId = 0, VerifyId = 0, RetryTimer = 0, DelayTimer = 0, HeartbeatTimer = 0 };
        turn.Tell(Notice.JobLost, turn.Job.Key, reason);
        if (turn.Job.RunId == 0)
        {
            End(turn, succeeded: false);
        }
        else
        {
            Cancel(turn, reason);
        }
    }

    /// <summary>Asks the running step to end, once.</summary>
    public static void Cancel(Turn turn, string reason)
    {
        if (!turn.Job.IsCanceling)
        {
            turn.Job = turn.Job with { IsCanceling = true };
            turn.Do(new JobCommand.CancelStep(turn.Job.RunId, reason));
        }
    }

    /// <summary>The execution is over: on to the next.</summary>
    public static void End(Turn turn, bool succeeded)
    {
        ActiveJob job = turn.Job;
        turn.State = turn.State with { Job = null, AnyFailed = turn.State.AnyFailed || !succeeded, Attempt = 0 };
        if (job.IsJournaled)
        {
            turn.Do(job.LostBecause is null ? Close : CloseForGood);
        }

        // One of an earlier run may have been ended first.
        if (turn.State.Mode == RunMode.SingleJob && job.Key.JobId == turn.State.SingleJobId)
        {
            turn.Exit(succeeded ? ExitCode.Done : ExitCode.JobFailed);
        }
        else
        {
            Asking.Ask(turn);
        }
    }

    /// <summary>What follows when the steps so far are over: the first attempt at the next one that is to run, or the outcome when there is none.</summary>
    private static JournalEntry Next(in ActiveJob job, ReadOnlySpan<StepResult?> results)
    {
        JobPlan plan = job.Plan!;
        bool hasFailed = StatusReport.FindFailure(plan, results) >= 0;
        for (int i = results.Length; i < plan.Steps.Count; i++)
        {
            if (!hasFailed || plan.Steps[i].AlwaysRuns)
            {
                return new JournalEntry.Began(i, 1);
            }
        }

        return new JournalEntry.Decided(hasFailed ? StatusReport.Failed(plan, results, job.Note) : StatusReport.Succeeded(plan, results, job.Note));
    }
}
