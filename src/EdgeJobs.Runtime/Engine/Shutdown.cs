using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The part of <see cref="JobMachine"/> that stops the agent: no new step starts, the running one gets a grace period to end, and so does
/// the report of an outcome. An execution without a reported outcome stays IN_PROGRESS and continues at the next start.
/// </summary>
internal static class Shutdown
{
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
        else if (again || job.Plan!.Steps[job.Journal.Index].Action is StepAction.Reboot or StepAction.UpdateAgent)
        {
            // A step that waits for the end of the board must not delay it.
            StepProgression.Cancel(builder, again ? "the agent received a second stop request" : "the agent is stopping");
        }
        else if (!job.IsCanceling)
        {
            StartTimer(builder);
            builder.Log(Notice.Stopping, job.Key, $"its step has {builder.State.StopGrace.TotalSeconds:0.#} s to end");
        }
    }

    public static void OnGraceElapsed(TransitionBuilder builder)
    {
        if (builder.State.Job is { RunId: not 0 })
        {
            StepProgression.Cancel(builder, "the agent is stopping");
        }
        else
        {
            ExitWhenNothingRuns(builder);
        }
    }

    /// <summary>Gives the report of an outcome the grace period.</summary>
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

    /// <summary>Ends the agent, unless a step runs; the end of the step leads back here.</summary>
    public static void ExitWhenNothingRuns(TransitionBuilder builder)
    {
        if (builder.State.Job is { RunId: not 0 })
        {
            return;
        }

        if (builder.State.Job is { LostReason: null } job)
        {
            string next = job.Journal.Outcome is null ? "it continues at the next start" : "its outcome is reported at the next start";
            builder.Log(Notice.JobInterrupted, job.Key, next);
        }

        // --once and --job_id have not finished their work.
        builder.Exit(builder.State.Mode == RunMode.Forever ? ExitCode.Done : ExitCode.JobFailed);
    }

    private static void StartTimer(TransitionBuilder builder)
    {
        long timer = builder.NewId();
        builder.State = builder.State with { StopTimer = timer };
        builder.Do(new JobCommand.ScheduleTimer(timer, builder.State.StopGrace));
    }
}
