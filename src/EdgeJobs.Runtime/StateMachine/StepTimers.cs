using EdgeJobs.Runtime.Documents;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>
/// The service's step timer as a dead-man's switch: when a board falls silent in mid-step, the service sets the execution
/// TIMED_OUT. A step that lives sets it anew at a third of its time.
/// </summary>
internal static class StepTimers
{
    private const long MaxMinutes = 10_080;
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>What an IN_PROGRESS update is to say of it; the next time is scheduled.</summary>
    public static long? Set(Turn turn)
    {
        ActiveJob job = turn.Job;
        long minutes = MinutesFor(job, turn.State.StepTimer);
        if (minutes == 0)
        {
            turn.Job = job with { HasStepTimer = false };
            return job.HasStepTimer ? -1 : null;
        }

        turn.Job = job with { HasStepTimer = true };
        if (job.HeartbeatTimer == 0)
        {
            long timer = turn.NewId();
            turn.Job = turn.Job with { HeartbeatTimer = timer };
            turn.Do(new JobCommand.ScheduleTimer(timer, TimeSpan.FromMinutes(minutes) / 3));
        }

        return minutes;
    }

    /// <summary>How long the step may still take with all its attempts, in whole minutes, rounded up; 0 for no timer.</summary>
    private static long MinutesFor(ActiveJob job, int whenNone)
    {
        StepPlan step = job.Plan!.Steps[job.Index];
        if (step.Timeout is not { } timeout)
        {
            return whenNone;
        }

        int left = Math.Max(1, step.Attempts - job.Failures);
        double minutes = ((timeout + step.RetryDelay) * left + Margin).TotalMinutes;
        return (long)Math.Min(Math.Ceiling(minutes), MaxMinutes);
    }
}
