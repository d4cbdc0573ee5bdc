using EdgeJobs.Runtime.Jobs;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The service's step timer as a dead man's switch: if a board goes silent during a step, the service sets the execution to TIMED_OUT. A
/// running step restarts the timer after a third of its time.
/// </summary>
internal static class StepTimers
{
    private const long MaxMinutes = 10_080;
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>The step timer for an IN_PROGRESS update, in minutes; schedules the next restart of the timer.</summary>
    public static long? Set(TransitionBuilder builder)
    {
        ActiveJob job = builder.Job;
        long minutes = MinutesFor(job, builder.State.StepTimer);
        if (minutes == 0)
        {
            // The service's timer counts as stopped once the service has accepted the update.
            builder.Job = job with { HeartbeatTimer = 0 };
            return job.HasStepTimer ? -1 : null;
        }

        // Each update restarts the service's timer, perhaps with another time: the timer of an earlier update is obsolete.
        long timer = builder.NewId();
        builder.Job = builder.Job with { HasStepTimer = true, HeartbeatTimer = timer };
        builder.Do(new JobCommand.ScheduleTimer(timer, TimeSpan.FromMinutes(minutes) / 3));
        return minutes;
    }

    /// <summary>How long the step may still take with all its attempts, in whole minutes, rounded up; 0 for no timer.</summary>
    private static long MinutesFor(in ActiveJob job, int withoutTimeout)
    {
        StepPlan step = job.Plan!.Steps[job.Journal.Index];
        if (step.Timeout is not { } timeout)
        {
            return withoutTimeout;
        }

        int left = Math.Max(1, step.Attempts - job.Journal.Failures);
        double minutes = ((timeout + step.RetryDelay) * left + Margin).TotalMinutes;
        return (long)Math.Min(Math.Ceiling(minutes), MaxMinutes);
    }
}
