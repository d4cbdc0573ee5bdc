using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

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
        Job = new ActiveJob(journal)
        {
            Plan = plan,
            OutcomeMayBeKnown = journal.Outcome is not null,
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
        TransitionBuilder builder = new();
        builder.Begin(state);
        Next(builder, happened);
        return new Transition(builder.State, builder.Commands);
    }

    /// <summary>Says what an event leads to, in a turn that has just begun: one can be used for one event after the other.</summary>
    public static void Next(TransitionBuilder builder, JobEvent happened)
    {
        JobState state = builder.State;
        if (state.HasExited)
        {
            return;
        }

        switch (happened)
        {
            case JobEvent.Connected:
                OnConnected(builder);
                break;
            case JobEvent.Disconnected:
                OnDisconnected(builder);
                break;
            case JobEvent.PendingListed listed when IsAwaited(listed.RequestId, state.AskId):
                JobClaim.OnListed(builder, listed.Answer);
                break;
            case JobEvent.ExecutionAnswered answered when IsAwaited(answered.RequestId, state.AskId):
                JobClaim.OnAnswered(builder, answered.Answer, answered.Offer);
                break;
            case JobEvent.ExecutionAnswered answered when IsAwaited(answered.RequestId, state.Job?.VerifyId):
                StatusReporting.OnVerified(builder, answered.Answer, answered.Offer);
                break;
            case JobEvent.UpdateAnswered answered when IsAwaited(answered.RequestId, state.AskId):
                JobClaim.OnClaimed(builder, answered.Answer);
                break;
            case JobEvent.UpdateAnswered answered when IsAwaited(answered.RequestId, state.Job?.UpdateId):
                StatusReporting.OnAnswered(builder, answered.Answer, answered.ExecutionSnapshot);
                break;
            case JobEvent.Journaled journaled:
                NextJournaled(builder, journaled.WriteId, journaled.Fault);
                break;
            case JobEvent.HeadChanged changed:
                OnHeadChanged(builder, changed.Head);
                break;
            case JobEvent.StepProgressed progressed when IsAwaited(progressed.RunId, state.Job?.RunId):
                StepProgression.OnStepProgressed(builder, progressed.Progress);
                break;
            case JobEvent.StepCompleted completed when IsAwaited(completed.RunId, state.Job?.RunId):
                StepProgression.OnStepCompleted(builder, completed.Result);
                break;
            case JobEvent.TimerElapsed { TimerId: not 0 } elapsed:
                OnTimerElapsed(builder, elapsed.TimerId);
                break;
            case JobEvent.StopRequested:
                Shutdown.OnStopRequested(builder);
                break;
        }

    }

    /// <summary>The same for <see cref="JobEvent.Journaled"/>, which comes too often to be made an object of.</summary>
    public static void NextJournaled(TransitionBuilder builder, long writeId, string? fault)
    {
        if (builder.State.HasExited)
        {
            return;
        }

        if (IsAwaited(writeId, builder.State.AskId))
        {
            JobClaim.OnReserved(builder, fault);
        }
        else if (IsAwaited(writeId, builder.State.Job?.WriteId))
        {
            JournalRecording.OnJournaled(builder, fault);
        }
    }

    /// <summary>Ids are 0 where nothing is awaited.</summary>
    private static bool IsAwaited(long id, long? awaited) => id != 0 && id == awaited;

    private static void OnConnected(TransitionBuilder builder)
    {
        builder.State = builder.State with { IsConnected = true, AskId = 0, RetryTimer = 0, Attempt = 0 };
        JobClaim.SchedulePoll(builder);
        if (builder.State.Job is not { } job)
        {
            JobClaim.Ask(builder);
            return;
        }

        // Notifications sent meanwhile are lost. Whether the execution is still there, and still the same one, is asked before anything is reported.
        bool verify = job.LostBecause is null;
        builder.Job = job with { UpdateId = 0, VerifyId = 0, RetryTimer = 0, Attempt = 0, VerifyIsDue = verify, ProgressIsDue = verify, IsKnownEnded = false };
        StatusReporting.Send(builder);
    }

    private static void OnDisconnected(TransitionBuilder builder)
    {
        builder.State = builder.State with { IsConnected = false, AskId = 0, RetryTimer = 0, PollTimer = 0 };
        if (builder.State.Job is { } job)
        {
            bool unanswered = job is { UpdateIsOutcome: true, UpdateId: not 0 };
            builder.Job = job with { UpdateId = 0, VerifyId = 0, RetryTimer = 0, OutcomeMayBeKnown = job.OutcomeMayBeKnown || unanswered };
        }

        if (builder.State.IsStopping)
        {
            Shutdown.ExitWhenNothingRuns(builder);
        }
    }

    private static void OnHeadChanged(TransitionBuilder builder, ExecutionOffer? head)
    {
        if (builder.State.Job is not { } job)
        {
            // What the notification shows may be out of date already; it is a reason to ask, not more.
            if (head is not null && builder.State.Mode != RunMode.SingleJob)
            {
                builder.State = builder.State with { AskAgain = true };
                JobClaim.AskIfIdle(builder);
            }

            return;
        }

        if (head is not null && Identity.FindDifference(job, head) is null)
        {
            if (!head.Status.IsPending())
            {
                StepProgression.Lose(builder, $"the service has set it to {head.Status.ToWireString()}");
            }
        }
        else if (head is null || !Identity.IsFromBeforeStart(job, head))
        {
            Verify(builder, job);
        }
    }

    /// <summary>The execution may have ended, or have been replaced, or what made it seem so is out of date: the service is asked.</summary>
    private static void Verify(TransitionBuilder builder, in ActiveJob job)
    {
        if (job.LostBecause is null)
        {
            builder.Job = job with { VerifyIsDue = true };
            StatusReporting.Send(builder);
        }
    }

    private static void OnTimerElapsed(TransitionBuilder builder, long id)
    {
        JobState state = builder.State;
        if (id == state.RetryTimer)
        {
            builder.State = state with { RetryTimer = 0 };
            JobClaim.AskIfIdle(builder, always: true);
        }
        else if (id == state.PollTimer)
        {
            JobClaim.SchedulePoll(builder);
            if (state.Job is { } quiet)
            {
                Verify(builder, quiet);
            }
            else
            {
                JobClaim.AskIfIdle(builder, always: true);
            }
        }
        else if (id == state.StopTimer)
        {
            builder.State = state with { StopTimer = 0 };
            Shutdown.OnGraceOver(builder);
        }
        else if (state.Job is { } job && (id == job.RetryTimer || id == job.ThrottleTimer))
        {
            builder.Job = id == job.RetryTimer ? job with { RetryTimer = 0 } : job with { ThrottleTimer = 0 };
            StatusReporting.Send(builder);
        }
        else if (state.Job is { LostBecause: null } active)
        {
            if (id == active.DelayTimer)
            {
                builder.Job = active with { DelayTimer = 0 };
                StepProgression.BeginAgain(builder);
            }
            else if (id == active.WriteTimer && active.Writing is { } entry)
            {
                builder.Write(entry);
            }
            else if (id == active.HeartbeatTimer)
            {
                // A retry that waits longer than this would come after the service's timer.
                builder.Job = active with { HeartbeatTimer = 0, ProgressIsDue = true, RetryTimer = 0 };
                StatusReporting.Send(builder);
            }
        }
    }
}
