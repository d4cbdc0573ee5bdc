using EdgeJobs.Runtime.Configuration;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>
/// The part of <see cref="JobMachine"/> that ends the agent: no new step begins, the one that runs has a while to end by
/// itself, and an outcome has a while to be reported. What is not reported stays IN_PROGRESS for the next start.
/// </summary>
internal static class Stopping
{
    /// <summary>The agent is asked to stop.</summary>
    public static void OnStopRequested(Turn turn)
    {
        bool again = turn.State.IsStopping;
        turn.State = turn.State with { IsStopping = true };
        if (turn.State.Job is not { RunId: not 0 } job)
        {
            if (again || turn.State is not { Job.Outcome: not null, IsConnected: true })
            {
                ExitWhenNothingRuns(turn);
            }
            else
            {
                OnOutcome(turn);
            }
        }
        else if (again)
        {
            Running.Cancel(turn, "the agent was asked to stop once more");
        }
        else if (!job.IsCanceling)
        {
            StartTimer(turn);
            turn.Tell(Notice.Stopping, job.Key, $"its step has {turn.State.StopGrace.TotalSeconds:0.#} s to end");
        }
    }

    /// <summary>The time to end or to report is over.</summary>
    public static void OnGraceOver(Turn turn)
    {
        if (turn.State.Job is { RunId: not 0 })
        {
            Running.Cancel(turn, "the agent stops");
        }
        else
        {
            ExitWhenNothingRuns(turn);
        }
    }

    /// <summary>There is an outcome to be reported before the end.</summary>
    public static void OnOutcome(Turn turn)
    {
        if (turn.State.IsConnected)
        {
            StartTimer(turn);
        }
        else
        {
            ExitWhenNothingRuns(turn);
        }
    }

    /// <summary>Ends the agent, unless a step runs: its end comes back here.</summary>
    public static void ExitWhenNothingRuns(Turn turn)
    {
        if (turn.State.Job is { RunId: not 0 })
        {
            return;
        }

        if (turn.State.Job is { LostBecause: null } job)
        {
            turn.Tell(Notice.JobInterrupted, job.Key, job.Outcome is null ? "it goes on at the next start" : "its outcome is reported at the next start");
        }

        // Stopped before its end: what --once and --job_id were to do is not done.
        turn.Exit(turn.State.Mode == RunMode.Forever ? ExitCode.Done : ExitCode.JobFailed);
    }

    private static void StartTimer(Turn turn)
    {
        long timer = turn.NewId();
        turn.State = turn.State with { StopTimer = timer };
        turn.Do(new JobCommand.ScheduleTimer(timer, turn.State.StopGrace));
    }
}
