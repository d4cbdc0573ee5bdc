using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>
/// What the agent does, as one pure function of its state and of what happens: no clock, no randomness, no I/O. One execution
/// at a time, one update of it at a time, and each id is answered once, so that late, doubled and foreign events change nothing.
/// </summary>
internal static class JobMachine
{
    /// <summary>The state before anything has happened.</summary>
    public static JobState Start(RunMode mode, string? singleJobId = null, TimeSpan? stopGrace = null, int stepTimer = 0, TimeSpan pollInterval = default)
    {
        JobState state = new() { Mode = mode, SingleJobId = singleJobId, StepTimer = stepTimer, PollInterval = pollInterval };
        return stopGrace is { } grace ? state with { StopGrace = grace } : state;
    }

    /// <summary>The state before anything has happened, with an execution that an earlier run of the agent has left.</summary>
    /// <param name="state">The state without it.</param>
    /// <param name="journal">What the journal says of it.</param>
    /// <param name="plan">What its document asks for; null when that can't be told.</param>
    /// <param name="broken">Why it can't go on; null when it can.</param>
    public static JobState Resume(JobState state, JournalState journal, JobPlan? plan, string? broken = null) => state with
    {
        Job = new ActiveJob
        {
            Key = journal.Taken.Key,
            Version = journal.Taken.Version,
            QueuedAt = journal.Taken.QueuedAt,
            StartedAt = journal.Taken.StartedAt,
            Plan = plan,
            Results = journal.Results,
            Index = journal.Index,
            StepAttempt = journal.Attempt,
            Failures = journal.Failures,
            Note = journal.Note,
            Outcome = journal.Outcome,
            OutcomeMayBeKnown = journal.Outcome is not null,
            WasInterrupted = journal.IsRunning,
            Broken = broken ?? (plan is null ? "its document can't be read any more" : null),
            IsJournaled = true,
            IsResumed = true,

            // What an earlier run has set, nobody else would stop.
            HasStepTimer = true,
        },
    };

    /// <summary>Says what an event leads to.</summary>
    public static Transition Next(JobState state, JobEvent happened)
    {
        Turn turn = new();
        turn.Begin(state);
        Next(turn, happened);
        return new Transition(turn.State, turn.Commands);
    }

    /// <summary>Says what an event leads to, in a turn that has just begun: one can be used for one event after the other.</summary>
    public static void Next(Turn turn, JobEvent happened)
    {
        JobState state = turn.State;
        if (state.HasExited)
        {
            return;
        }

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
            case JobEvent.UpdateAnswered answered when IsAwaited(answered.RequestId, state.AskId):
                Asking.OnClaimed(turn, answered.Answer);
                break;
            case JobEvent.UpdateAnswered answered when IsAwaited(answered.RequestId, state.Job?.UpdateId):
                Reporting.OnAnswered(turn, answered.Answer, answered.Standing);
                break;
            case JobEvent.Journaled journaled:
                NextJournaled(turn, journaled.WriteId, journaled.Fault);
                break;
            case JobEvent.HeadChanged changed:
                OnHeadChanged(turn, changed.Head);
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

    }

    /// <summary>The same for <see cref="JobEvent.Journaled"/>, which comes too often to be made an object of.</summary>
    public static void NextJournaled(Turn turn, long writeId, string? fault)
    {
        if (turn.State.HasExited)
        {
            return;
        }

        if (IsAwaited(writeId, turn.State.AskId))
        {
            Asking.OnReserved(turn, fault);
        }
        else if (IsAwaited(writeId, turn.State.Job?.WriteId))
        {
            Recording.OnJournaled(turn, fault);
        }
    }

    /// <summary>Ids are 0 where nothing is awaited.</summary>
    private static bool IsAwaited(long id, long? awaited) => id != 0 && id == awaited;

    private static void OnConnected(Turn turn)
    {
        turn.State = turn.State with { IsConnected = true, AskId = 0, RetryTimer = 0, Attempt = 0 };
        Asking.SchedulePoll(turn);
        if (turn.State.Job is not { } job)
        {
            Asking.Ask(turn);
            return;
        }

        // Notifications sent meanwhile are lost. Whether the execution is still there, and still the same one, is asked before anything is reported.
        bool verify = job.LostBecause is null;
        turn.Job = job with { UpdateId = 0, VerifyId = 0, RetryTimer = 0, Attempt = 0, VerifyIsDue = verify, ProgressIsDue = verify, IsKnownEnded = false };
        Reporting.Send(turn);
    }

    private static void OnDisconnected(Turn turn)
    {
        turn.State = turn.State with { IsConnected = false, AskId = 0, RetryTimer = 0, PollTimer = 0 };
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

    private static void OnHeadChanged(Turn turn, ExecutionOffer? head)
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

        if (head is not null && Identity.FindDifference(job, head) is null)
        {
            if (!head.Status.IsPending())
            {
                Running.Lose(turn, $"the service has set it to {head.Status.ToWireString()}");
            }
        }
        else if (head is null || !Identity.IsFromBeforeStart(job, head))
        {
            Verify(turn, job);
        }
    }

    /// <summary>The execution may have ended, or have been replaced, or what made it seem so is out of date: the service is asked.</summary>
    private static void Verify(Turn turn, in ActiveJob job)
    {
        if (job.LostBecause is null)
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
        else if (id == state.PollTimer)
        {
            Asking.SchedulePoll(turn);
            if (state.Job is { } quiet)
            {
                Verify(turn, quiet);
            }
            else
            {
                Asking.AskIfIdle(turn, always: true);
            }
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
        else if (state.Job is { LostBecause: null } active)
        {
            if (id == active.DelayTimer)
            {
                turn.Job = active with { DelayTimer = 0 };
                Running.BeginAgain(turn);
            }
            else if (id == active.WriteTimer && active.Writing is { } entry)
            {
                turn.Write(entry);
            }
            else if (id == active.HeartbeatTimer)
            {
                // A retry that waits longer than this would come after the service's timer.
                turn.Job = active with { HeartbeatTimer = 0, ProgressIsDue = true, RetryTimer = 0 };
                Reporting.Send(turn);
            }
        }
    }
}
