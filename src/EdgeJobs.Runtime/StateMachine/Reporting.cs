using EdgeJobs.Client;
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
        else if (job is { ProgressIsDue: true, ThrottleTimer: 0 } and ({ RunId: not 0 } or { DelayTimer: not 0 }))
        {
            turn.Job = job with { ProgressIsDue = false };
            ValueMap<string>? details = job.WithoutDetails ? null : StatusReport.Progress(job.Plan!, job.Index, job.Progress);
            SendUpdate(turn, JobExecutionUpdateStatus.InProgress, details, isOutcome: false);
            long timer = turn.NewId();
            turn.Job = turn.Job with { ThrottleTimer = timer };
            turn.Do(new JobCommand.ScheduleTimer(timer, ProgressInterval));
        }
    }

    /// <summary>Tries again after a while, if no new connection comes first.</summary>
    public static void Retry(Turn turn, string reason)
    {
        long timer = turn.NewId();
        turn.Job = turn.Job with { RetryTimer = timer, Attempt = turn.Job.Attempt + 1 };
        turn.Do(new JobCommand.ScheduleRetry(timer, turn.Job.Attempt, reason));
    }

    /// <summary>An update was answered.</summary>
    public static void OnAnswered(Turn turn, Answer answer, Standing? standing)
    {
        bool wasOutcome = turn.Job.UpdateIsOutcome;
        turn.Job = turn.Job with { UpdateId = 0 };
        if (answer.Class != AnswerClass.Accepted && standing is not null && Identity.FindDifference(turn.Job, standing) is { } difference)
        {
            Running.Lose(turn, Replaced(difference));
            return;
        }

        if (wasOutcome && standing is not null && standing.Status.Is(turn.Job.Outcome!.Status))
        {
            // The service has it already: of an earlier attempt whose answer was lost.
            Acknowledge(turn);
            return;
        }

        // An execution that is known to have ended: how, no answer that can be read has said.
        bool isOver = wasOutcome && turn.Job.IsKnownEnded && standing is null;
        switch (answer.Class)
        {
            case AnswerClass.Accepted:
                OnAccepted(turn, wasOutcome, standing);
                return;

            case AnswerClass.Ended when wasOutcome && turn.Job.OutcomeMayBeKnown:
                Acknowledge(turn);
                return;

            case AnswerClass.Changed when isOver:
            case AnswerClass.TryAgain when isOver && answer.Status == ReplyStatus.Undecodable:
                if (turn.Job.OutcomeMayBeKnown)
                {
                    Acknowledge(turn);
                }
                else
                {
                    Running.Lose(turn, "the service has ended it");
                }

                return;

            case AnswerClass.Changed when standing is null or { IsPending: true }:
                // Somebody has changed it, or it is another execution: it is described and compared before the version is adopted.
                turn.Job = turn.Job with { VerifyIsDue = true, ProgressIsDue = !wasOutcome };
                SendAgain(turn, answer.Reason);
                return;

            case AnswerClass.Changed or AnswerClass.Ended:
                Running.Lose(turn, standing is null ? answer.Reason : $"the service has set it to {standing.Status.ToWireString()}");
                return;

            case AnswerClass.NeverAccepted:
                OnNeverAccepted(turn, wasOutcome, answer.Reason);
                return;

            default:
                // The service may or may not have acted on it; if it has, the version tells when it is sent again.
                // A reply that can't be read may be the same each time: a description is another one.
                turn.Job = turn.Job with
                {
                    ProgressIsDue = !wasOutcome,
                    OutcomeMayBeKnown = turn.Job.OutcomeMayBeKnown || wasOutcome,
                    VerifyIsDue = turn.Job.VerifyIsDue || answer.Status == ReplyStatus.Undecodable,
                };
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
            case AnswerClass.Accepted when offer is null:
                Running.Lose(turn, "the service does not know it any more");
                return;
            case AnswerClass.Accepted when Identity.FindDifference(turn.Job, offer) is { } difference:
                Running.Lose(turn, Replaced(difference));
                return;
            case AnswerClass.Accepted when !offer.Status.IsPending():
                Running.Lose(turn, $"the service has set it to {offer.Status.ToWireString()}");
                return;
            case AnswerClass.Accepted:
                turn.Job = turn.Job with
                {
                    Version = Math.Max(offer.Version, turn.Job.Version),
                    QueuedAt = turn.Job.QueuedAt == 0 ? offer.QueuedAt : turn.Job.QueuedAt,
                    StartedAt = turn.Job.StartedAt == 0 ? offer.StartedAt : turn.Job.StartedAt,
                };
                GoOn(turn);
                return;
            case AnswerClass.Ended when turn.Job.Outcome is not null && answer.Code == RejectionCode.TerminalStateReached:
                // How it has ended a description does not say; the rejection of an update does.
                turn.Job = turn.Job with { IsKnownEnded = true, IsResumed = false, VerifyIsDue = false };
                Send(turn);
                return;
            case AnswerClass.Ended when turn.Job is { Outcome: not null, OutcomeMayBeKnown: true, IsResumed: false }:
                Acknowledge(turn);
                return;
            case AnswerClass.Ended:
                Running.Lose(turn, $"the service says: {answer.Reason}");
                return;
            case AnswerClass.Changed or AnswerClass.NeverAccepted:
            case AnswerClass.TryAgain when answer.Status == ReplyStatus.Undecodable:
                // This can't be found out with a description; the version that the next update expects protects another execution.
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

    private static string Replaced(string difference) => $"the service has another execution of the same name: {difference}";

    private static void OnAccepted(Turn turn, bool wasOutcome, Standing? standing)
    {
        // Each accepted update counts the version up by one.
        turn.State = turn.State with { HasBeenAccepted = true };
        turn.Job = turn.Job with
        {
            Version = standing?.Version ?? turn.Job.Version + 1,
            Attempt = 0,
            HasStepTimer = turn.Job.UpdateStepTimer is { } minutes ? minutes > 0 : turn.Job.HasStepTimer,
        };
        if (wasOutcome)
        {
            Acknowledge(turn);
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
        if (!job.WithoutDetails && (wasOutcome || job.HasStepTimer))
        {
            turn.Job = job with { WithoutDetails = true, ProgressIsDue = !wasOutcome, ThrottleTimer = 0 };
            Send(turn);
        }
        else if (!wasOutcome)
        {
            // Progress only informs; the steps go on.
            Send(turn);
        }
        else if (turn.State.Mode == RunMode.Forever)
        {
            // It is kept and reported again, and the job is not run again. The service may have another execution by then.
            turn.Job = job with { VerifyIsDue = true };
            Retry(turn, reason);
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
        turn.Job = turn.Job with { UpdateStepTimer = timer };
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
