using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>The part of <see cref="JobMachine"/> without an execution: finding one.</summary>
internal static class Asking
{
    /// <summary>How often an execution is set IN_PROGRESS without a wait, when the service keeps describing it as QUEUED.</summary>
    private const int MaxPromptClaims = 3;

    private static readonly JournalEntry.Reserve Reserve = new();

    /// <summary>Asks for work: what is pending first, for the log, and then for the next execution or the one that is named.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="isReserved">The journal has room for an execution: without that none is taken on.</param>
    public static void Ask(Turn turn, bool isReserved = false)
    {
        if (turn.State.IsStopping)
        {
            Stopping.ExitWhenNothingRuns(turn);
            return;
        }

        if (!turn.State.IsConnected)
        {
            return;
        }

        long id = turn.NewId();
        turn.State = turn.State with { AskId = id, AskAgain = false, RetryTimer = 0 };
        if (!turn.State.HasListed)
        {
            turn.Do(new JobCommand.ListPending(id));
        }
        else if (!isReserved)
        {
            turn.Do(new JobCommand.Journal(id, Reserve));
        }
        else if (turn.State.Mode == RunMode.SingleJob)
        {
            turn.Do(new JobCommand.Describe(id, turn.State.SingleJobId!, null, WithDocument: true));
        }
        else
        {
            turn.Do(new JobCommand.StartNext(id));
        }
    }

    /// <summary>Asks when nothing else is under way.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="always">False to ask only when the queue has changed.</param>
    public static void AskIfIdle(Turn turn, bool always = false)
    {
        if (turn.State is { Job: null, AskId: 0, RetryTimer: 0, IsConnected: true } state && (always || state.AskAgain))
        {
            Ask(turn);
        }
    }

    /// <summary>The journal has made room for an execution, or has not.</summary>
    public static void OnReserved(Turn turn, string? fault)
    {
        turn.State = turn.State with { AskId = 0 };
        if (fault is null)
        {
            Ask(turn, isReserved: true);
        }
        else
        {
            OnNoJournal(turn, $"no job is taken on: {fault}");
        }
    }

    /// <summary>An execution can't be taken on, as the journal can't be written.</summary>
    public static void OnNoJournal(Turn turn, string reason)
    {
        if (turn.State.Mode != RunMode.Forever)
        {
            turn.Exit(ExitCode.JobFailed, reason);
            return;
        }

        turn.Tell(Notice.JournalFault, default, reason);
        Retry(turn, reason);
    }

    /// <summary>What is pending was listed.</summary>
    public static void OnListed(Turn turn, Answer answer)
    {
        turn.State = turn.State with { AskId = 0 };
        switch (answer.Class)
        {
            case AnswerClass.NotConnected:
                Retry(turn, answer.Reason);
                return;
            case AnswerClass.Refused when !turn.State.HasBeenAccepted:
                turn.Exit(ExitCode.Refused, answer.Reason);
                return;
            default:
                // The list is only for the log; the work goes on without it.
                turn.State = turn.State with { HasListed = true, HasBeenAccepted = turn.State.HasBeenAccepted || answer.Class == AnswerClass.Accepted };
                Ask(turn);
                return;
        }
    }

    /// <summary>The next execution, or the one that is named, was asked for.</summary>
    public static void OnAnswered(Turn turn, Answer answer, ExecutionOffer? offer)
    {
        turn.State = turn.State with { AskId = 0 };
        switch (answer.Class)
        {
            case AnswerClass.Accepted:
                turn.State = turn.State with { HasBeenAccepted = true };
                if (offer is { Status: JobExecutionStatus.Queued })
                {
                    Claim(turn, offer);
                    return;
                }

                turn.State = turn.State with { Attempt = 0 };
                if (offer is null)
                {
                    OnNothing(turn);
                }
                else
                {
                    OnOffer(turn, offer);
                }

                return;

            default:
                OnNotAccepted(turn, answer);
                return;
        }
    }

    /// <summary>
    /// An execution was set IN_PROGRESS, or not. Only now it is described: its document and its times are those of what was started, even if the job
    /// was replaced meanwhile.
    /// </summary>
    public static void OnClaimed(Turn turn, Answer answer)
    {
        turn.State = turn.State with { AskId = 0 };
        if (answer.Class is not (AnswerClass.Accepted or AnswerClass.Changed))
        {
            OnNotAccepted(turn, answer);
        }
        else if (turn.State.Attempt < MaxPromptClaims)
        {
            turn.State = turn.State with { Attempt = turn.State.Attempt + 1 };
            Ask(turn, isReserved: true);
        }
        else
        {
            Retry(turn, "the service describes an execution as QUEUED again and again");
        }
    }

    /// <summary>Sets the timer after which the service is asked again even if nothing happens.</summary>
    public static void SchedulePoll(Turn turn)
    {
        if (turn.State.PollInterval > TimeSpan.Zero)
        {
            long timer = turn.NewId();
            turn.State = turn.State with { PollTimer = timer };
            turn.Do(new JobCommand.SchedulePoll(timer, turn.State.PollInterval));
        }
    }

    /// <summary>Asks again after a while, if no new connection comes first.</summary>
    public static void Retry(Turn turn, string reason)
    {
        if (!turn.State.IsConnected)
        {
            return;
        }

        long timer = turn.NewId();
        turn.State = turn.State with { RetryTimer = timer, Attempt = turn.State.Attempt + 1 };
        turn.Do(new JobCommand.ScheduleRetry(timer, turn.State.Attempt, reason));
    }

    private static void OnNothing(Turn turn)
    {
        if (turn.State.Mode == RunMode.SingleJob)
        {
            turn.Exit(ExitCode.JobFailed, $"job '{turn.State.SingleJobId}' is not pending for this thing");
        }
        else if (turn.State.AskAgain)
        {
            Ask(turn);
        }
        else if (turn.State.Mode == RunMode.Once)
        {
            turn.Exit(turn.State.AnyFailed ? ExitCode.JobFailed : ExitCode.Done);
        }
        else
        {
            turn.Tell(Notice.Idle, default, string.Empty);
        }
    }

    private static void OnNotAccepted(Turn turn, Answer answer)
    {
        if (answer.Class == AnswerClass.Refused && !turn.State.HasBeenAccepted)
        {
            turn.Exit(ExitCode.Refused, answer.Reason);
        }
        else if (answer.Class is AnswerClass.Changed or AnswerClass.Ended or AnswerClass.NeverAccepted && turn.State.Mode != RunMode.Forever)
        {
            turn.Exit(ExitCode.JobFailed, Explain(turn.State, answer));
        }
        else
        {
            Retry(turn, answer.Reason);
        }
    }

    /// <summary>Sets an execution that was described IN_PROGRESS.</summary>
    private static void Claim(Turn turn, ExecutionOffer offer)
    {
        long id = turn.NewId();
        turn.State = turn.State with { AskId = id };
        turn.Do(new JobCommand.Update(id, offer.Key, new UpdateJobExecutionRequest
        {
            Status = JobExecutionUpdateStatus.InProgress,
            ExpectedVersion = offer.Version,
            ExecutionNumber = offer.Key.ExecutionNumber > 0 ? offer.Key.ExecutionNumber : null,
        }));
    }

    private static void OnOffer(Turn turn, ExecutionOffer offer)
    {
        ActiveJob job = new()
        {
            Key = offer.Key,
            Version = offer.Version,
            QueuedAt = offer.QueuedAt,
            StartedAt = offer.StartedAt,

            // A start makes it version 2. A later update may have set a step timer.
            HasStepTimer = offer.Version > 2,
        };
        if (!offer.Status.IsPending())
        {
            turn.Exit(ExitCode.JobFailed, $"job '{offer.Key.JobId}' has already ended on this thing: {offer.Status.ToWireString()}");
        }
        else if (offer.Document is not { Plan: { } plan })
        {
            turn.Job = job with { Outcome = StatusReport.Rejected(offer.Document?.Reason ?? "the job has no document") };
            Reporting.Send(turn);
        }
        else
        {
            turn.Job = job with { Plan = plan };
            JournalEntry.Taken taken = new(offer.Key, offer.Version, offer.QueuedAt, turn.State.ThingName, offer.Json) { StartedAt = offer.StartedAt };
            turn.Write(Running.WithNext(turn, taken, []));
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
