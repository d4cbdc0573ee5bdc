using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Configuration;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>The part of <see cref="JobMachine"/> that reports an execution and keeps in step with what the service knows of it.</summary>
internal static class Reporting
{
    /// <summary>How often a version mismatch is mended at once; after that with a wait, as two agents with one thing name would fight for ever.</summary>
    private const int MaxPromptAttempts = 3;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>Sends what is due, if anything is and nothing is in its way. Called after everything that may have changed that.</summary>
    public static void Send(Turn turn)
    {
        ActiveJob job = turn.Job;
        if (!turn.State.IsConnected || job is not { LostBecause: null, UpdateId: 0, VerifyId: 0, RetryTimer: 0 })
        {
            return;
        }

        if (job.VerifyIsDue)
        {
            long id = turn.NewId();
            turn.Job = job with { VerifyId = id, VerifyIsDue = false };
            turn.Do(new JobCommand.Describe(id, job.Key.JobId, NumberOf(job.Key), WithDocument: false));
        }
        else if (job.Outcome is { } outcome)
        {
            SendUpdate(turn, outcome.Status, job.WithoutDetails ? null : outcome.Details, isOutcome: true);
        }
        else if (job.AwaitsClaim)
        {
            SendUpdate(turn, JobExecutionUpdateStatus.InProgress, job.WithoutDetails ? null : StatusReport.Progress(job.Plan!, 0), isOutcome: false);
        }
        else if (job is { ProgressIsDue: true, ThrottleTimer: 0 } and ({ RunId: not 0 } or { DelayTimer: not 0 }))
        {
            turn.Job = job with { ProgressIsDue = false };
            SendUpdate(turn, JobExecutionUpdateStatus.InProgress, StatusReport.Progress(job.Plan!, job.Index, job.Progress), isOutcome: false);
            long timer = turn.NewId();
            turn.Job = turn.Job with { ThrottleTimer = timer };
            turn.Do(new JobCommand.ScheduleTimer(timer, ProgressInterval));
        }
    }

    /// <summary>Tries again after a while, if no new connection comes first.</summary>
    public static void Retry(Turn turn, string reason)
    {
        if (!turn.State.IsConnected)
        {
            return;
        }

        long timer = turn.NewId();
        turn.Job = turn.Job with { RetryTimer = timer, Attempt = turn.Job.Attempt + 1 };
        turn.Do(new JobCommand.ScheduleRetry(timer, turn.Job.Attempt, reason));
    }

    /// <summary>An update was answered.</summary>
    public static void OnAnswered(Turn turn, Answer answer, Standing? standing)
    {
        bool wasOutcome = turn.Job.UpdateIsOutcome;
        turn.Job = turn.Job with { UpdateId = 0, UpdateIsOutcome = false };
        if (wasOutcome && standing is not null && standing.Status.Is(turn.Job.Outcome!.Status))
        {
            // The service has it already: of an earlier attempt whose answer was lost.
            Acknowledge(turn);
            return;
        }

        switch (answer.Class)
        {
            case AnswerClass.Accepted:
                OnAccepted(turn, wasOutcome, standing);
                return;

            case AnswerClass.Changed when standing is { IsPending: true }:
                turn.Job = turn.Job with { Version = standing.Version, ProgressIsDue = !wasOutcome };
                SendAgain(turn, answer.Reason);
                return;

            case AnswerClass.Changed when standing is null && wasOutcome && turn.Job.IsKnownEnded:
                Acknowledge(turn);
                return;

            case AnswerClass.Changed when standing is null:
                turn.Job = turn.Job with { VerifyIsDue = true, ProgressIsDue = !wasOutcome };
                SendAgain(turn, answer.Reason);
                return;

            case AnswerClass.Ended when wasOutcome && turn.Job.OutcomeMayBeKnown:
                Acknowledge(turn);
                return;

            case AnswerClass.Changed or AnswerClass.Ended:
                Running.Lose(turn, standing is null ? answer.Reason : $"the service has set it to {standing.Status.ToWireString()}");
                return;

            case AnswerClass.NeverAccepted:
                OnNeverAccepted(turn, wasOutcome, answer.Reason);
                return;

            default:
                // The service may or may not have acted on it; if it has, the version tells when it is sent again.
                turn.Job = turn.Job with { ProgressIsDue = !wasOutcome, OutcomeMayBeKnown = turn.Job.OutcomeMayBeKnown || wasOutcome };
                Retry(turn, answer.Reason);
                return;
        }
    }

    /// <summary>The service has said how the execution stands.</summary>
    public static void OnVerified(Turn turn, Answer answer, ExecutionOffer? offer)
    {
        turn.Job = turn.Job with { VerifyId = 0 };
        switch (answer.Class)
        {
            case AnswerClass.Accepted when offer is null || offer.Key != turn.Job.Key:
                Running.Lose(turn, "the service does not know it any more");
                return;
            case AnswerClass.Accepted when !offer.Status.IsPending():
                Running.Lose(turn, $"the service has set it to {offer.Status.ToWireString()}");
                return;
            case AnswerClass.Accepted when IsOther(turn.Job, offer):
                Running.Lose(turn, "the service has another execution of the same name");
                return;
            case AnswerClass.Accepted:
                turn.Job = turn.Job with { Version = offer.Version, Attempt = 0 };
                GoOn(turn);
                return;
            case AnswerClass.Ended when turn.Job is { Outcome: not null, IsResumed: true, IsKnownEnded: false } && answer.Code == RejectionCode.TerminalStateReached:
                // How it has ended a description does not say; the rejection of an update does.
                turn.Job = turn.Job with { IsKnownEnded = true, IsResumed = false };
                Send(turn);
                return;
            case AnswerClass.Ended when turn.Job is { Outcome: not null, OutcomeMayBeKnown: true, IsResumed: false }:
                Acknowledge(turn);
                return;
            case AnswerClass.Ended:
                Running.Lose(turn, $"the service says: {answer.Reason}");
                return;
            case AnswerClass.Changed or AnswerClass.NeverAccepted:
                // Not to be found out this way: go on, the next update will tell.
                GoOn(turn);
                return;
            default:
                turn.Job = turn.Job with { VerifyIsDue = true };
                Retry(turn, answer.Reason);
                return;
        }
    }

    private static void GoOn(Turn turn)
    {
        if (turn.Job.IsResumed)
        {
            Recording.Resume(turn);
        }
        else
        {
            Send(turn);
        }
    }

    private static bool IsOther(ActiveJob job, ExecutionOffer offer) => job.QueuedAt != 0 && offer.QueuedAt != 0 && job.QueuedAt != offer.QueuedAt;

    private static void OnAccepted(Turn turn, bool wasOutcome, Standing? standing)
    {
        // Each accepted update counts the version up by one.
        turn.State = turn.State with { HasBeenAccepted = true };
        turn.Job = turn.Job with { Version = standing?.Version ?? turn.Job.Version + 1, Attempt = 0 };
        if (wasOutcome)
        {
            Acknowledge(turn);
        }
        else if (turn.Job.AwaitsClaim)
        {
            turn.Job = turn.Job with { AwaitsClaim = false, WithoutDetails = false };
            Running.Advance(turn);
        }
        else
        {
            Send(turn);
        }
    }

    private static void OnNeverAccepted(Turn turn, bool wasOutcome, string reason)
    {
        ActiveJob job = turn.Job;
        turn.Tell(Notice.ReportRefused, job.Key, reason);
        if (!wasOutcome && !job.AwaitsClaim)
        {
            // Progress only informs; the steps go on.
            Send(turn);
        }
        else if (!job.WithoutDetails)
        {
            turn.Job = job with { WithoutDetails = true };
            Send(turn);
        }
        else if (wasOutcome && turn.State.Mode == RunMode.Forever)
        {
            // The service will hand the execution out again; then it is reported again and not run again.
            int attempts = turn.State.Unreported?.Key == job.Key ? turn.State.UnreportedAttempts : 0;
            turn.State = turn.State with
            {
                Unreported = (job.Key, job.Outcome!),
                UnreportedAttempts = attempts + 1,
                Attempt = attempts,
                Job = null,
                AnyFailed = true,
            };
            Asking.Retry(turn, reason);
        }
        else
        {
            turn.Exit(ExitCode.JobFailed, reason);
        }
    }

    private static void Acknowledge(Turn turn)
    {
        Outcome outcome = turn.Job.Outcome!;
        Notice notice = outcome.Status switch
        {
            JobExecutionUpdateStatus.Succeeded => Notice.JobSucceeded,
            JobExecutionUpdateStatus.Rejected => Notice.JobRejected,
            _ => Notice.JobFailed,
        };
        turn.Tell(notice, turn.Job.Key, outcome.Reason);
        turn.State = turn.State with { Unreported = turn.State.Unreported?.Key == turn.Job.Key ? null : turn.State.Unreported };
        Running.End(turn, outcome.IsSuccess);
    }

    private static void SendAgain(Turn turn, string reason)
    {
        turn.Job = turn.Job with { Attempt = turn.Job.Attempt + 1 };
        if (turn.Job.Attempt <= MaxPromptAttempts)
        {
            Send(turn);
        }
        else
        {
            Retry(turn, reason);
        }
    }

    private static void SendUpdate(Turn turn, JobExecutionUpdateStatus status, ValueMap<string>? details, bool isOutcome)
    {
        long id = turn.NewId();
        turn.Job = turn.Job with { UpdateId = id, UpdateIsOutcome = isOutcome };
        long? timer = isOutcome ? null : StepTimers.Set(turn);
        turn.Do(new JobCommand.Update(id, turn.Job.Key, new UpdateJobExecutionRequest
        {
            Status = status,
            StatusDetails = details,
            ExpectedVersion = turn.Job.Version,
            ExecutionNumber = NumberOf(turn.Job.Key),
            StepTimeoutInMinutes = timer,
        }));
    }

    private static long? NumberOf(JobKey key) => key.ExecutionNumber > 0 ? key.ExecutionNumber : null;
}
