using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The part of <see cref="JobMachine"/> that ends the agent: no new step begins, the one that runs has a while to end by
/// itself, and an outcome has a while to be reported. What is not reported stays IN_PROGRESS for the next start.
/// </summary>
internal static class Shutdown
{
    /// <summary>The agent is asked to stop.</summary>
    public static void OnStopRequested(TransitionBuilder builder)
    {
        bool again = builder.State.IsStopping;
        builder.State = builder.State with { IsStopping = true };
        if (builder.State.Job is not { RunId: not 0 } job)
        {
            if (again || builder.State is not { Job.Journal.Outcome: not null, IsConnected: true })
            {
                ExitWhenNothingRuns(builder);
            }
            else
            {
                OnOutcome(builder);
            }
        }
        else if (again)
        {
            StepProgression.Cancel(builder, "the agent was asked to stop once more");
        }
        else if (!job.IsCanceling)
        {
            StartTimer(builder);
            builder.Log(Notice.Stopping, job.Key, $"its step has {builder.State.StopGrace.TotalSeconds:0.#} s to end");
        }
    }

    /// <summary>The time to end or to report is over.</summary>
    public static void OnGraceOver(TransitionBuilder builder)
    {
        if (builder.State.Job is { RunId: not 0 })
        {
            StepProgression.Cancel(builder, "the agent stops");
        }
        else
        {
            ExitWhenNothingRuns(builder);
        }
    }

    /// <summary>There is an outcome to be reported before the end.</summary>
    public static void OnOutcome(TransitionBuilder builder)
    {
        if (builder.State.IsConnected)
        {
            StartTimer(builder);
        }
        else
        {
            ExitWhenNothingRuns(builder);
        }
    }

    /// <summary>Ends the agent, unless a step runs: its end comes back here.</summary>
    public static void ExitWhenNothingRuns(TransitionBuilder builder)
    {
        if (builder.State.Job is { RunId: not 0 })
        {
            return;
        }

        if (builder.State.Job is { LostBecause: null } job)
        {
            builder.Log(Notice.JobInterrupted, job.Key, job.Journal.Outcome is null ? "it goes on at the next start" : "its outcome is reported at the next start");
        }

        // Stopped before its end: what --once and --job_id were to do is not done.
        builder.Exit(builder.State.Mode == RunMode.Forever ? ExitCode.Done : ExitCode.JobFailed);
    }

    private static void StartTimer(TransitionBuilder builder)
    {
        long timer = builder.NewId();
        builder.State = builder.State with { StopTimer = timer };
        builder.Do(new JobCommand.ScheduleTimer(timer, builder.State.StopGrace));
    }
}
