using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>The part of <see cref="JobMachine"/> that gets the next execution.</summary>
internal static class JobClaim
{
    /// <summary>How often an execution is set to IN_PROGRESS without a delay while the service keeps describing it as QUEUED.</summary>
    private const int MaxPromptClaims = 3;

    private static readonly JournalEntry.Reserve Reserve = new();

    /// <summary>Requests the pending executions first, for the log, then the next execution or the one that --job_id names.</summary>
    /// <param name="builder">The transition being built.</param>
    /// <param name="isReserved">Whether the journal has reserved space for an execution; without it none is started.</param>
    public static void RequestWork(TransitionBuilder builder, bool isReserved = false)
    {
        if (builder.State.IsStopping)
        {
            Shutdown.ExitWhenNothingRuns(builder);
            return;
        }

        if (!builder.State.IsConnected)
        {
            return;
        }

        long id = builder.NewId();
        builder.State = builder.State with { ClaimId = id, QueueHasChanged = false, RetryTimer = 0 };
        if (!builder.State.HasListed)
        {
            builder.Do(new JobCommand.ListPending(id));
        }
        else if (!isReserved)
        {
            builder.Do(new JobCommand.Journal(id, Reserve));
        }
        else if (builder.State.Mode == RunMode.SingleJob)
        {
            builder.Do(new JobCommand.Describe(id, builder.State.SingleJobId!, null, WithDocument: true));
        }
        else
        {
            builder.Do(new JobCommand.StartNext(id));
        }
    }

    /// <summary>Requests work unless a job is active or a request is in flight.</summary>
    /// <param name="builder">The transition being built.</param>
    /// <param name="always">False to do so only if the queue has changed.</param>
    public static void RequestWorkIfIdle(TransitionBuilder builder, bool always = false)
    {
        if (builder.State is { Job: null, ClaimId: 0, RetryTimer: 0, IsConnected: true } state && (always || state.QueueHasChanged))
        {
            RequestWork(builder);
        }
    }

    public static void OnReserved(TransitionBuilder builder, string? fault)
    {
        builder.State = builder.State with { ClaimId = 0 };
        if (fault is null)
        {
            RequestWork(builder, isReserved: true);
        }
        else
        {
            OnJournalFault(builder, $"no job is started: {fault}");
        }
    }

    /// <summary>An execution can't be started because the journal can't be written.</summary>
    public static void OnJournalFault(TransitionBuilder builder, string reason)
    {
        if (builder.State.Mode != RunMode.Forever)
        {
            builder.Exit(ExitCode.JobFailed, reason);
            return;
        }

        builder.Log(Notice.JournalFault, default, reason);
        Retry(builder, reason);
    }

    public static void OnListed(TransitionBuilder builder, RequestResult result)
    {
        builder.State = builder.State with { ClaimId = 0 };
        switch (result.Kind)
        {
            case RequestResultKind.NotConnected:
                Retry(builder, result.Reason);
                return;
            case RequestResultKind.Refused when !builder.State.HasBeenAccepted:
                builder.Exit(ExitCode.Refused, result.Reason);
                return;
            default:
                // The list is only for the log; the agent continues without it.
                bool isAccepted = result.Kind == RequestResultKind.Accepted;
                builder.State = builder.State with { HasListed = true, HasBeenAccepted = builder.State.HasBeenAccepted || isAccepted };
                RequestWork(builder);
                return;
        }
    }

    /// <summary>The request for the next execution, or for the one that --job_id names, has ended.</summary>
    public static void OnFetched(TransitionBuilder builder, RequestResult result, ExecutionOffer? offer)
    {
        builder.State = builder.State with { ClaimId = 0 };
        switch (result.Kind)
        {
            case RequestResultKind.Accepted:
                builder.State = builder.State with { HasBeenAccepted = true };
                if (offer is { Status: JobExecutionStatus.Queued })
                {
                    Claim(builder, offer);
                    return;
                }

                builder.State = builder.State with { Attempt = 0 };
                if (offer is null)
                {
                    OnQueueEmpty(builder);
                }
                else
                {
                    TakeOn(builder, offer);
                }

                return;

            default:
                OnNotAccepted(builder, result);
                return;
        }
    }

    /// <summary>
    /// The request to set an execution to IN_PROGRESS has ended. The agent describes it only now, so that document and times are those of
    /// the execution that was started, even if the job was replaced in the meantime.
    /// </summary>
    public static void OnClaimed(TransitionBuilder builder, RequestResult result)
    {
        builder.State = builder.State with { ClaimId = 0 };
        if (result.Kind is not (RequestResultKind.Accepted or RequestResultKind.Conflict))
        {
            OnNotAccepted(builder, result);
        }
        else if (builder.State.Attempt < MaxPromptClaims)
        {
            builder.State = builder.State with { Attempt = builder.State.Attempt + 1 };
            RequestWork(builder, isReserved: true);
        }
        else
        {
            Retry(builder, "the service keeps describing the execution as QUEUED");
        }
    }

    /// <summary>Sets the timer for the next poll of the service.</summary>
    public static void SchedulePoll(TransitionBuilder builder)
    {
        if (builder.State.PollInterval > TimeSpan.Zero)
        {
            long timer = builder.NewId();
            builder.State = builder.State with { PollTimer = timer };
            builder.Do(new JobCommand.SchedulePoll(timer, builder.State.PollInterval));
        }
    }

    /// <summary>Requests work again after a delay, or earlier on a new connection.</summary>
    public static void Retry(TransitionBuilder builder, string reason)
    {
        if (!builder.State.IsConnected)
        {
            return;
        }

        long timer = builder.NewId();
        builder.State = builder.State with { RetryTimer = timer, Attempt = builder.State.Attempt + 1 };
        builder.Do(new JobCommand.ScheduleRetry(timer, builder.State.Attempt, reason));
    }

    private static void OnQueueEmpty(TransitionBuilder builder)
    {
        if (builder.State.Mode == RunMode.SingleJob)
        {
            builder.Exit(ExitCode.JobFailed, $"job '{builder.State.SingleJobId}' is not pending for this thing");
        }
        else if (builder.State.QueueHasChanged)
        {
            RequestWork(builder);
        }
        else if (builder.State.Mode == RunMode.Once)
        {
            builder.Exit(builder.State.AnyFailed ? ExitCode.JobFailed : ExitCode.Done);
        }
        else
        {
            builder.Log(Notice.Idle, default, string.Empty);
        }
    }

    private static void OnNotAccepted(TransitionBuilder builder, RequestResult result)
    {
        if (result.Kind == RequestResultKind.Refused && !builder.State.HasBeenAccepted)
        {
            builder.Exit(ExitCode.Refused, result.Reason);
        }
        else if (builder.State.Mode != RunMode.Forever
            && result.Kind is RequestResultKind.Conflict or RequestResultKind.Ended or RequestResultKind.Invalid)
        {
            builder.Exit(ExitCode.JobFailed, Explain(builder.State, result));
        }
        else
        {
            Retry(builder, result.Reason);
        }
    }

    /// <summary>Sets the described execution to IN_PROGRESS.</summary>
    private static void Claim(TransitionBuilder builder, ExecutionOffer offer)
    {
        long id = builder.NewId();
        builder.State = builder.State with { ClaimId = id };
        builder.Do(new JobCommand.Update(id, offer.Key, new UpdateJobExecutionRequest
        {
            Status = JobExecutionUpdateStatus.InProgress,
            ExpectedVersion = offer.Version,
            ExecutionNumber = offer.Key.ExecutionNumber > 0 ? offer.Key.ExecutionNumber : null,
        }));
    }

    private static void TakeOn(TransitionBuilder builder, ExecutionOffer offer)
    {
        JournalEntry.Claimed claim = new(offer.Key, offer.Version, offer.QueuedAt, builder.State.ThingName, offer.Json)
        {
            StartedAt = offer.StartedAt,
        };
        ActiveJob job = new(claim)
        {
            // A start makes it version 2. A later update may have set a step timer.
            HasStepTimer = offer.Version > 2,
        };
        if (!offer.Status.IsPending())
        {
            builder.Exit(ExitCode.JobFailed, $"job '{offer.Key.JobId}' has already ended on this thing: {offer.Status.ToText()}");
        }
        else if (offer.Document is not { Plan: { } plan })
        {
            Outcome outcome = StatusReport.Rejected(offer.Document?.Reason ?? "the job has no document");
            builder.Job = job with { Journal = JournalState.After(job.Journal, new JournalEntry.OutcomeDecided(outcome))!.Value };
            StatusReporting.Send(builder);
        }
        else
        {
            builder.Job = job with { Plan = plan };
            builder.Write(StepProgression.WithNext(builder, claim));
        }
    }

    private static string Explain(JobState state, RequestResult result) => (state.Mode, result.Code) switch
    {
        (RunMode.SingleJob, RejectionCode.ResourceNotFound) =>
            $"job '{state.SingleJobId}' is not known for this thing; check --job_id and --thing_name",
        (RunMode.SingleJob, RejectionCode.TerminalStateReached) =>
            $"job '{state.SingleJobId}' has already ended on this thing; create a new job to run it again",
        _ when result.Status == ReplyStatus.Rejected => $"the service rejects the request for work: {result.Reason}",
        _ => result.Reason,
    };
}
