using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Configuration;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>
/// What the agent does, as one pure function of its state and of what happens: no clock, no randomness, no I/O. One execution
/// at a time, one update of it at a time, and each id is answered once, so that late, doubled and foreign events change nothing.
/// </summary>
internal static class JobMachine
{
    /// <summary>The state before anything has happened.</summary>
    public static JobState Start(RunMode mode, string? singleJobId = null, TimeSpan? stopGrace = null)
    {
        JobState state = new() { Mode = mode, SingleJobId = singleJobId };
        return stopGrace is { } grace ? state with { StopGrace = grace } : state;
    }

    /// <summary>Says what an event leads to.</summary>
    public static Transition Next(JobState state, JobEvent happened)
    {
        if (state.HasExited)
        {
            return new Transition(state, []);
        }

        Turn turn = new(state);
        switch (happened)
        {
            case JobEvent.Connected:
                OnConnected(turn);
                break;
            case JobEvent.Disconnected:
                OnDisconnected(turn);
                break;
            case JobEvent.PendingListed listed when IsAwaited(listed.RequestId, state.AskId):
                Asking.OnListed(turn, listed.Answer);
                break;
            case JobEvent.ExecutionAnswered answered when IsAwaited(answered.RequestId, state.AskId):
                Asking.OnAnswered(turn, answered.Answer, answered.Offer);
                break;
            case JobEvent.ExecutionAnswered answered when IsAwaited(answered.RequestId, state.Job?.VerifyId):
                Reporting.OnVerified(turn, answered.Answer, answered.Offer);
                break;
            case JobEvent.UpdateAnswered answered when IsAwaited(answered.RequestId, state.Job?.UpdateId):
                Reporting.OnAnswered(turn, answered.Answer, answered.Standing);
                break;
            case JobEvent.HeadChanged changed:
                OnHeadChanged(turn, changed.Head, changed.Status);
                break;
            case JobEvent.StepProgressed progressed when IsAwaited(progressed.RunId, state.Job?.RunId):
                Running.OnStepProgressed(turn, progressed.Progress);
                break;
            case JobEvent.StepCompleted completed when IsAwaited(completed.RunId, state.Job?.RunId):
                Running.OnStepCompleted(turn, completed.Result);
                break;
            case JobEvent.TimerElapsed { TimerId: not 0 } elapsed:
                OnTimerElapsed(turn, elapsed.TimerId);
                break;
            case JobEvent.StopRequested:
                Stopping.OnStopRequested(turn);
                break;
        }

        return new Transition(turn.State, turn.Commands);
    }

    /// <summary>Ids are 0 where nothing is awaited.</summary>
    private static bool IsAwaited(long id, long? awaited) => id != 0 && id == awaited;

    private static void OnConnected(Turn turn)
    {
        turn.State = turn.State with { IsConnected = true, AskId = 0, RetryTimer = 0, Attempt = 0 };
        if (turn.State.Job is not { } job)
        {
            Asking.Ask(turn);
            return;
        }

        // Notifications sent meanwhile are lost: whether the execution is still ours has to be asked. A report tells by itself.
        bool verify = job is { Outcome: null, AwaitsClaim: false, LostBecause: null };
        turn.Job = job with { UpdateId = 0, VerifyId = 0, RetryTimer = 0, Attempt = 0, VerifyIsDue = verify, ProgressIsDue = verify };
        Reporting.Send(turn);
    }

    private static void OnDisconnected(Turn turn)
    {
        turn.State = turn.State with { IsConnected = false, AskId = 0, RetryTimer = 0 };
        if (turn.State.Job is { } job)
        {
            bool unanswered = job is { UpdateIsOutcome: true, UpdateId: not 0 };
            turn.Job = job with { UpdateId = 0, VerifyId = 0, RetryTimer = 0, OutcomeMayBeKnown = job.OutcomeMayBeKnown || unanswered };
        }

        if (turn.State.IsStopping)
        {
            Stopping.ExitWhenNothingRuns(turn);
        }
    }

    private static void OnHeadChanged(Turn turn, JobKey? head, JobExecutionStatus status)
    {
        if (turn.State.Job is not { } job)
        {
            // What the notification shows may be out of date already; it is a reason to ask, not more.
            if (head is not null && turn.State.Mode != RunMode.SingleJob)
            {
                turn.State = turn.State with { AskAgain = true };
                Asking.AskIfIdle(turn);
            }

            return;
        }

        if (head == job.Key)
        {
            if (!status.IsPending())
            {
                Running.Lose(turn, $"the service has set it to {status.ToWireString()}");
            }

            return;
        }

        // Another head, or none: our execution has ended, or the notification is older than it. The service knows.
        if (job is { Outcome: null, AwaitsClaim: false, LostBecause: null })
        {
            turn.Job = job with { VerifyIsDue = true };
            Reporting.Send(turn);
        }
    }

    private static void OnTimerElapsed(Turn turn, long id)
    {
        JobState state = turn.State;
        if (id == state.RetryTimer)
        {
            turn.State = state with { RetryTimer = 0 };
            Asking.AskIfIdle(turn, always: true);
        }
        else if (id == state.StopTimer)
        {
            turn.State = state with { StopTimer = 0 };
            Stopping.OnGraceOver(turn);
        }
        else if (state.Job is { } job && (id == job.RetryTimer || id == job.ThrottleTimer))
        {
            turn.Job = id == job.RetryTimer ? job with { RetryTimer = 0 } : job with { ThrottleTimer = 0 };
            Reporting.Send(turn);
        }
    }
}
