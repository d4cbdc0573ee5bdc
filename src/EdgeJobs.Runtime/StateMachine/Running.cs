using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>The part of <see cref="JobMachine"/> that has to do with steps.</summary>
internal static class Running
{
    /// <summary>Starts the step after those that have ended.</summary>
    public static void StartStep(Turn turn)
    {
        if (turn.State.IsStopping)
        {
            Stopping.ExitWhenNothingRuns(turn);
            return;
        }

        long id = turn.NewId();
        ActiveJob job = turn.Job = turn.Job with { RunId = id, Progress = null, ProgressIsDue = true };
        IReadOnlyList<StepPlan> steps = job.Plan!.Steps;
        int index = job.Results.Length;
        turn.Do(new JobCommand.RunStep(id, job.Key, steps[index], index + 1, steps.Count));
        Reporting.Send(turn);
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
        ActiveJob job = turn.Job = turn.Job with { RunId = 0, Results = turn.Job.Results.Add(result) };
        if (job.LostBecause is not null)
        {
            End(turn, succeeded: false);
            return;
        }

        // A service manager that stops the agent may signal its children itself.
        if (turn.State.IsStopping && (job.IsCanceling || result is { End: StepEnd.Signaled, Code: Libc.SigTerm or Libc.SigInt or Libc.SigHup }))
        {
            Stopping.ExitWhenNothingRuns(turn);
            return;
        }

        JobPlan plan = job.Plan!;
        StepPlan step = plan.Steps[job.Results.Length - 1];
        if (!StatusReport.IsSuccess(step, result) && !step.IgnoreFailure)
        {
            turn.Job = job with { Outcome = StatusReport.Failed(plan, job.Results) };
        }
        else if (job.Results.Length == plan.Steps.Count)
        {
            turn.Job = job with { Outcome = StatusReport.Succeeded(plan, job.Results) };
        }
        else
        {
            StartStep(turn);
            return;
        }

        Reporting.Send(turn);
        if (turn.State.IsStopping)
        {
            Stopping.OnOutcome(turn);
        }
    }

    /// <summary>The execution is no longer this agent's: its step has to end, and nothing is reported any more.</summary>
    public static void Lose(Turn turn, string reason)
    {
        if (turn.Job.LostBecause is not null)
        {
            return;
        }

        turn.Job = turn.Job with { LostBecause = reason, UpdateId = 0, VerifyId = 0, VerifyIsDue = false, RetryTimer = 0 };
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
        turn.State = turn.State with { Job = null, AnyFailed = turn.State.AnyFailed || !succeeded, Attempt = 0 };
        if (turn.State.Mode == RunMode.SingleJob)
        {
            turn.Exit(succeeded ? ExitCode.Done : ExitCode.JobFailed);
        }
        else
        {
            Asking.Ask(turn);
        }
    }
}
