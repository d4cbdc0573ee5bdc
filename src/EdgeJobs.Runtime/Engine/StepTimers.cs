
using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The service's step timer as a dead-man's switch: when a board falls silent in mid-step, the service sets the execution
/// TIMED_OUT. A step that lives sets it anew at a third of its time.
/// </summary>
internal static class StepTimers
{
    private const long MaxMinutes = 10_080;
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>What an IN_PROGRESS update is to say of it; the next time is scheduled.</summary>
    public static long? Set(TransitionBuilder builder)
    {
        ActiveJob job = builder.Job;
        long minutes = MinutesFor(job, builder.State.StepTimer);
        if (minutes == 0)
        {
            // The service's timer counts as stopped when the service has accepted this.
            builder.Job = job with { HeartbeatTimer = 0 };
            return job.HasStepTimer ? -1 : null;
        }

        // Each update restarts the service's timer, maybe with another time: a timer set for an earlier update does not count any more.
        long timer = builder.NewId();
        builder.Job = builder.Job with { HasStepTimer = true, HeartbeatTimer = timer };
        builder.Do(new JobCommand.ScheduleTimer(timer, TimeSpan.FromMinutes(minutes) / 3));
        return minutes;
    }

    /// <summary>How long the step may still take with all its attempts, in whole minutes, rounded up; 0 for no timer.</summary>
    private static long MinutesFor(ActiveJob job, int whenNone)
    {
        StepPlan step = job.Plan!.Steps[job.Journal.Index];
        if (step.Timeout is not { } timeout)
        {
            return whenNone;
        }

        int left = Math.Max(1, step.Attempts - job.Journal.Failures);
        double minutes = ((timeout + step.RetryDelay) * left + Margin).TotalMinutes;
        return (long)Math.Min(Math.Ceiling(minutes), MaxMinutes);
    }
}
