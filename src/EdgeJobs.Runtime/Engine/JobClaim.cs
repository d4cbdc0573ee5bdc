using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>The part of <see cref="JobMachine"/> without an execution: finding one.</summary>
internal static class JobClaim
{
    /// <summary>How often an execution is set IN_PROGRESS without a wait, when the service keeps describing it as QUEUED.</summary>
    private const int MaxPromptClaims = 3;

    private static readonly JournalEntry.Reserve Reserve = new();

    /// <summary>Asks for work: what is pending first, for the log, and then for the next execution or the one that is named.</summary>
    /// <param name="builder">The transition being built.</param>
    /// <param name="isReserved">The journal has room for an execution: without that none is taken on.</param>
    public static void Ask(TransitionBuilder builder, bool isReserved = false)
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
        builder.State = builder.State with { AskId = id, AskAgain = false, RetryTimer = 0 };
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

    /// <summary>Asks when nothing else is under way.</summary>
    /// <param name="builder">The transition being built.</param>
    /// <param name="always">False to ask only when the queue has changed.</param>
    public static void AskIfIdle(TransitionBuilder builder, bool always = false)
    {
        if (builder.State is { Job: null, AskId: 0, RetryTimer: 0, IsConnected: true } state && (always || state.AskAgain))
        {
            Ask(builder);
        }
    }

    /// <summary>The journal has made room for an execution, or has not.</summary>
    public static void OnReserved(TransitionBuilder builder, string? fault)
    {
        builder.State = builder.State with { AskId = 0 };
        if (fault is null)
        {
            Ask(builder, isReserved: true);
        }
        else
        {
            OnNoJournal(builder, $"no job is taken on: {fault}");
        }
    }

    /// <summary>An execution can't be taken on, as the journal can't be written.</summary>
    public static void OnNoJournal(TransitionBuilder builder, string reason)
    {
        if (builder.State.Mode != RunMode.Forever)
        {
            builder.Exit(ExitCode.JobFailed, reason);
            return;
        }

        builder.Log(Notice.JournalFault, default, reason);
        Retry(builder, reason);
    }

    /// <summary>What is pending was listed.</summary>
    public static void OnListed(TransitionBuilder builder, Answer answer)
    {
        builder.State = builder.State with { AskId = 0 };
        switch (answer.Class)
        {
            case AnswerClass.NotConnected:
                Retry(builder, answer.Reason);
                return;
            case AnswerClass.Refused when !builder.State.HasBeenAccepted:
                builder.Exit(ExitCode.Refused, answer.Reason);
                return;
            default:
                // The list is only for the log; the work goes on without it.
                builder.State = builder.State with { HasListed = true, HasBeenAccepted = builder.State.HasBeenAccepted || answer.Class == AnswerClass.Accepted };
                Ask(builder);
                return;
        }
    }

    /// <summary>The next execution, or the one that is named, was asked for.</summary>
    public static void OnAnswered(TransitionBuilder builder, Answer answer, ExecutionOffer? offer)
    {
        builder.State = builder.State with { AskId = 0 };
        switch (answer.Class)
        {
            case AnswerClass.Accepted:
                builder.State = builder.State with { HasBeenAccepted = true };
                if (offer is { Status: JobExecutionStatus.Queued })
                {
                    Claim(builder, offer);
                    return;
                }

                builder.State = builder.State with { Attempt = 0 };
                if (offer is null)
                {
                    OnNothing(builder);
                }
                else
                {
                    OnOffer(builder, offer);
                }

                return;

            default:
                OnNotAccepted(builder, answer);
                return;
        }
    }

    /// <summary>
    /// An execution was set IN_PROGRESS, or not. Only now it is described: its document and its times are those of what was started, even if the job
    /// was replaced meanwhile.
    /// </summary>
    public static void OnClaimed(TransitionBuilder builder, Answer answer)
    {
        builder.State = builder.State with { AskId = 0 };
        if (answer.Class is not (AnswerClass.Accepted or AnswerClass.Changed))
        {
            OnNotAccepted(builder, answer);
        }
        else if (builder.State.Attempt < MaxPromptClaims)
        {
            builder.State = builder.State with { Attempt = builder.State.Attempt + 1 };
            Ask(builder, isReserved: true);
        }
        else
        {
            Retry(builder, "the service describes an execution as QUEUED again and again");
        }
    }

    /// <summary>Sets the timer after which the service is asked again even if nothing happens.</summary>
    public static void SchedulePoll(TransitionBuilder builder)
    {
        if (builder.State.PollInterval > TimeSpan.Zero)
        {
            long timer = builder.NewId();
            builder.State = builder.State with { PollTimer = timer };
            builder.Do(new JobCommand.SchedulePoll(timer, builder.State.PollInterval));
        }
    }

    /// <summary>Asks again after a while, if no new connection comes first.</summary>
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

    private static void OnNothing(TransitionBuilder builder)
    {
        if (builder.State.Mode == RunMode.SingleJob)
        {
            builder.Exit(ExitCode.JobFailed, $"job '{builder.State.SingleJobId}' is not pending for this thing");
        }
        else if (builder.State.AskAgain)
        {
            Ask(builder);
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

    private static void OnNotAccepted(TransitionBuilder builder, Answer answer)
    {
        if (answer.Class == AnswerClass.Refused && !builder.State.HasBeenAccepted)
        {
            builder.Exit(ExitCode.Refused, answer.Reason);
        }
        else if (answer.Class is AnswerClass.Changed or AnswerClass.Ended or AnswerClass.NeverAccepted && builder.State.Mode != RunMode.Forever)
        {
            builder.Exit(ExitCode.JobFailed, Explain(builder.State, answer));
        }
        else
        {
            Retry(builder, answer.Reason);
        }
    }

    /// <summary>Sets an execution that was described IN_PROGRESS.</summary>
    private static void Claim(TransitionBuilder builder, ExecutionOffer offer)
    {
        long id = builder.NewId();
        builder.State = builder.State with { AskId = id };
        builder.Do(new JobCommand.Update(id, offer.Key, new UpdateJobExecutionRequest
        {
            Status = JobExecutionUpdateStatus.InProgress,
            ExpectedVersion = offer.Version,
            ExecutionNumber = offer.Key.ExecutionNumber > 0 ? offer.Key.ExecutionNumber : null,
        }));
    }

    private static void OnOffer(TransitionBuilder builder, ExecutionOffer offer)
    {
        JournalEntry.Taken taken = new(offer.Key, offer.Version, offer.QueuedAt, builder.State.ThingName, offer.Json) { StartedAt = offer.StartedAt };
        ActiveJob job = new(taken)
        {
            // A start makes it version 2. A later update may have set a step timer.
            HasStepTimer = offer.Version > 2,
        };
        if (!offer.Status.IsPending())
        {
            builder.Exit(ExitCode.JobFailed, $"job '{offer.Key.JobId}' has already ended on this thing: {offer.Status.ToWireString()}");
        }
        else if (offer.Document is not { Plan: { } plan })
        {
            Outcome outcome = StatusReport.Rejected(offer.Document?.Reason ?? "the job has no document");
            builder.Job = job with { Journal = JournalState.After(job.Journal, new JournalEntry.Decided(outcome))!.Value };
            StatusReporting.Send(builder);
        }
        else
        {
            builder.Job = job with { Plan = plan };
            builder.Write(StepProgression.WithNext(builder, taken));
        }
    }

    private static string Explain(JobState state, Answer answer) => (state.Mode, answer.Code) switch
    {
        (RunMode.SingleJob, RejectionCode.ResourceNotFound) =>
            $"job '{state.SingleJobId}' is not known for this thing; check --job_id and --thing_name",
        (RunMode.SingleJob, RejectionCode.TerminalStateReached) =>
            $"job '{state.SingleJobId}' has already ended on this thing; create a new job to run it again",
        _ when answer.Status == ReplyStatus.Rejected => $"the service refuses to hand out work: {answer.Reason}",
        _ => answer.Reason,
    };
}
