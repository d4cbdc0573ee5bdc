using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The agent's behaviour as one pure function of its state and an event: no clock, no randomness, no I/O. It works on one execution at a
/// time and has one update of it in flight. Each id is accepted once, so that late, duplicate and foreign events change nothing.
/// </summary>
internal static class JobMachine
{
    /// <summary>The initial state.</summary>
    public static JobState Start(
        RunMode mode, string? singleJobId = null, TimeSpan stopGrace = default, int stepTimer = 0, TimeSpan pollInterval = default) =>
        new() { Mode = mode, SingleJobId = singleJobId, StopGrace = stopGrace, StepTimer = stepTimer, PollInterval = pollInterval };

    /// <summary>The initial state with an execution that an earlier run of the agent left.</summary>
    /// <param name="state">The state without it.</param>
    /// <param name="journal">The execution.</param>
    /// <param name="plan">Its plan; null if the document can't be read.</param>
    /// <param name="fault">Why it can't continue; null if it can.</param>
    public static JobState Resume(JobState state, JournalState journal, JobPlan? plan, string? fault = null) => state with
    {
        Job = new ActiveJob(journal)
        {
            Plan = plan,
            OutcomeMayBeKnown = journal.Outcome is not null,
            ResumeFault = fault ?? (plan is null ? "its document can no longer be read" : null),
            IsJournaled = true,
            IsResumed = true,

            // The earlier run may have set one, and only this run can stop it.
            HasStepTimer = true,
        },
    };

    /// <summary>The result of an event.</summary>
    public static Transition Next(JobState state, JobEvent jobEvent)
    {
        TransitionBuilder builder = new();
        builder.Begin(state);
        Next(builder, jobEvent);
        return new Transition(builder.State, builder.Commands);
    }

    /// <summary>Adds the result of an event to a transition that has just begun. The builder can be reused.</summary>
    public static void Next(TransitionBuilder builder, JobEvent jobEvent)
    {
        JobState state = builder.State;
        if (state.HasExited)
        {
            return;
        }

        switch (jobEvent)
        {
            case JobEvent.Connected:
                OnConnected(builder);
                break;
            case JobEvent.Disconnected:
                OnDisconnected(builder);
                break;
            case JobEvent.PendingListed listed when IsAwaited(listed.RequestId, state.ClaimId):
                JobClaim.OnListed(builder, listed.Result);
                break;
            case JobEvent.ExecutionFetched fetched when IsAwaited(fetched.RequestId, state.ClaimId):
                JobClaim.OnFetched(builder, fetched.Result, fetched.Offer);
                break;
            case JobEvent.ExecutionFetched fetched when IsAwaited(fetched.RequestId, state.Job?.VerifyId):
                StatusReporting.OnVerified(builder, fetched.Result, fetched.Offer);
                break;
            case JobEvent.UpdateCompleted completed when IsAwaited(completed.RequestId, state.ClaimId):
                JobClaim.OnClaimed(builder, completed.Result);
                break;
            case JobEvent.UpdateCompleted completed when IsAwaited(completed.RequestId, state.Job?.UpdateId):
                StatusReporting.OnUpdateCompleted(builder, completed.Result, completed.Snapshot);
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

    /// <summary>The same for <see cref="JobEvent.Journaled"/>, without the event object: it is the most frequent event.</summary>
    public static void NextJournaled(TransitionBuilder builder, long writeId, string? fault)
    {
        if (builder.State.HasExited)
        {
            return;
        }

        if (IsAwaited(writeId, builder.State.ClaimId))
        {
            JobClaim.OnReserved(builder, fault);
        }
        else if (IsAwaited(writeId, builder.State.Job?.WriteId))
        {
            JournalRecording.OnJournaled(builder, fault);
        }
    }

    /// <summary>An id is 0 if nothing is awaited.</summary>
    private static bool IsAwaited(long id, long? awaited) => id != 0 && id == awaited;

    private static void OnConnected(TransitionBuilder builder)
    {
        builder.State = builder.State with { IsConnected = true, ClaimId = 0, RetryTimer = 0, Attempt = 0 };
        JobClaim.SchedulePoll(builder);
        if (builder.State.Job is not { } job)
        {
            JobClaim.RequestWork(builder);
            return;
        }

        // Notifications may have been lost. Before it reports anything, the agent asks whether the execution still exists and is the same
        // one.
        bool verify = job.LostReason is null;
        builder.Job = job with
        {
            UpdateId = 0,
            VerifyId = 0,
            RetryTimer = 0,
            Attempt = 0,
            VerifyIsDue = verify,
            ProgressIsDue = verify,
            IsKnownEnded = false,
        };
        StatusReporting.Send(builder);
    }

    private static void OnDisconnected(TransitionBuilder builder)
    {
        builder.State = builder.State with { IsConnected = false, ClaimId = 0, RetryTimer = 0, PollTimer = 0 };
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
            // The notification may be out of date: it only triggers a request.
            if (head is not null && builder.State.Mode != RunMode.SingleJob)
            {
                builder.State = builder.State with { QueueHasChanged = true };
                JobClaim.RequestWorkIfIdle(builder);
            }

            return;
        }

        if (head is not null && ExecutionIdentity.FindDifference(job, head) is null)
        {
            if (!head.Status.IsPending())
            {
                StepProgression.Abandon(builder, $"the service set it to {head.Status.ToText()}");
            }
        }
        else if (head is null || !ExecutionIdentity.IsFromBeforeStart(job, head))
        {
            Verify(builder, job);
        }
    }

    /// <summary>Asks the service: the execution may have ended or been replaced, or the event that suggests it is out of date.</summary>
    private static void Verify(TransitionBuilder builder, in ActiveJob job)
    {
        if (job.LostReason is null)
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
            JobClaim.RequestWorkIfIdle(builder, always: true);
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
                JobClaim.RequestWorkIfIdle(builder, always: true);
            }
        }
        else if (id == state.StopTimer)
        {
            builder.State = state with { StopTimer = 0 };
            Shutdown.OnGraceElapsed(builder);
        }
        else if (state.Job is { } job && (id == job.RetryTimer || id == job.ThrottleTimer))
        {
            builder.Job = id == job.RetryTimer ? job with { RetryTimer = 0 } : job with { ThrottleTimer = 0 };
            StatusReporting.Send(builder);
        }
        else if (state.Job is { LostReason: null } active)
        {
            if (id == active.DelayTimer)
            {
                builder.Job = active with { DelayTimer = 0 };
                StepProgression.BeginAttempt(builder);
            }
            else if (id == active.WriteTimer && active.Writing is { } entry)
            {
                builder.Write(entry);
            }
            else if (id == active.HeartbeatTimer)
            {
                // A retry may wait longer than the service's timer runs.
                builder.Job = active with { HeartbeatTimer = 0, ProgressIsDue = true, RetryTimer = 0 };
                StatusReporting.Send(builder);
            }
        }
    }
}
