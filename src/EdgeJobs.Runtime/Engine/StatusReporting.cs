using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>The part of <see cref="JobMachine"/> that reports an execution and keeps in step with what the service knows of it.</summary>
internal static class StatusReporting
{
    /// <summary>How often a version mismatch is mended at once; after that with a wait, as two agents with one thing name would fight for ever.</summary>
    private const int MaxPromptAttempts = 3;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>Sends what is due, if anything is and nothing is in its way. Called after everything that may have changed that.</summary>
    public static void Send(TransitionBuilder builder)
    {
        ActiveJob job = builder.Job;
        if (!builder.State.IsConnected || job is not { LostBecause: null, UpdateId: 0, VerifyId: 0, RetryTimer: 0 })
        {
            return;
        }

        if (job.VerifyIsDue)
        {
            long id = builder.NewId();
            builder.Job = job with { VerifyId = id, VerifyIsDue = false };
            builder.Do(new JobCommand.Describe(id, job.Key.JobId, NumberOf(job.Key), WithDocument: false));
        }
        else if (job.Journal.Outcome is { } outcome)
        {
            SendUpdate(builder, outcome.Status, job.WithoutDetails ? null : outcome.Details, isOutcome: true);
        }
        else if (job is { ProgressIsDue: true, ThrottleTimer: 0 } and ({ RunId: not 0 } or { DelayTimer: not 0 }))
        {
            builder.Job = job with { ProgressIsDue = false };
            ValueMap<string>? details = job.WithoutDetails ? null : StatusReport.Progress(job.Plan!, job.Journal.Index, job.Progress);
            SendUpdate(builder, JobExecutionUpdateStatus.InProgress, details, isOutcome: false);
            long timer = builder.NewId();
            builder.Job = builder.Job with { ThrottleTimer = timer };
            builder.Do(new JobCommand.ScheduleTimer(timer, ProgressInterval));
        }
    }

    /// <summary>Tries again after a while, if no new connection comes first.</summary>
    public static void Retry(TransitionBuilder builder, string reason)
    {
        long timer = builder.NewId();
        builder.Job = builder.Job with { RetryTimer = timer, Attempt = builder.Job.Attempt + 1 };
        builder.Do(new JobCommand.ScheduleRetry(timer, builder.Job.Attempt, reason));
    }

    /// <summary>An update was answered.</summary>
    public static void OnAnswered(TransitionBuilder builder, Answer answer, ExecutionSnapshot? snapshot)
    {
        bool wasOutcome = builder.Job.UpdateIsOutcome;
        builder.Job = builder.Job with { UpdateId = 0 };
        if (answer.Class != AnswerClass.Accepted && snapshot is not null && Identity.FindDifference(builder.Job, snapshot) is { } difference)
        {
            StepProgression.Lose(builder, Replaced(difference));
            return;
        }

        if (wasOutcome && snapshot is not null && snapshot.Status.Is(builder.Job.Journal.Outcome!.Status))
        {
            // The service has it already: of an earlier attempt whose answer was lost.
            Acknowledge(builder);
            return;
        }

        // An execution that is known to have ended: how, no answer that can be read has said.
        bool isOver = wasOutcome && builder.Job.IsKnownEnded && snapshot is null;
        switch (answer.Class)
        {
            case AnswerClass.Accepted:
                OnAccepted(builder, wasOutcome, snapshot);
                return;

            case AnswerClass.Ended when wasOutcome && builder.Job.OutcomeMayBeKnown:
                Acknowledge(builder);
                return;

            case AnswerClass.Changed when isOver:
            case AnswerClass.TryAgain when isOver && answer.Status == ReplyStatus.Undecodable:
                if (builder.Job.OutcomeMayBeKnown)
                {
                    Acknowledge(builder);
                }
                else
                {
                    StepProgression.Lose(builder, "the service has ended it");
                }

                return;

            case AnswerClass.Changed when snapshot is null or { IsPending: true }:
                // Somebody has changed it, or it is another execution: it is described and compared before the version is adopted.
                builder.Job = builder.Job with { VerifyIsDue = true, ProgressIsDue = !wasOutcome };
                SendAgain(builder, answer.Reason);
                return;

            case AnswerClass.Changed or AnswerClass.Ended:
                StepProgression.Lose(builder, snapshot is null ? answer.Reason : $"the service has set it to {snapshot.Status.ToWireString()}");
                return;

            case AnswerClass.NeverAccepted:
                OnNeverAccepted(builder, wasOutcome, answer.Reason);
                return;

            default:
                // The service may or may not have acted on it; if it has, the version tells when it is sent again.
                // A reply that can't be read may be the same each time: a description is another one.
                builder.Job = builder.Job with
                {
                    ProgressIsDue = !wasOutcome,
                    OutcomeMayBeKnown = builder.Job.OutcomeMayBeKnown || wasOutcome,
                    VerifyIsDue = builder.Job.VerifyIsDue || answer.Status == ReplyStatus.Undecodable,
                };
                Retry(builder, answer.Reason);
                return;
        }
    }

    /// <summary>The service has said how the execution stands.</summary>
    public static void OnVerified(TransitionBuilder builder, Answer answer, ExecutionOffer? offer)
    {
        builder.Job = builder.Job with { VerifyId = 0 };
        switch (answer.Class)
        {
            case AnswerClass.Accepted when offer is null:
                StepProgression.Lose(builder, "the service does not know it any more");
                return;
            case AnswerClass.Accepted when Identity.FindDifference(builder.Job, offer) is { } difference:
                StepProgression.Lose(builder, Replaced(difference));
                return;
            case AnswerClass.Accepted when !offer.Status.IsPending():
                StepProgression.Lose(builder, $"the service has set it to {offer.Status.ToWireString()}");
                return;
            case AnswerClass.Accepted:
                builder.Job = builder.Job with
                {
                    Version = Math.Max(offer.Version, builder.Job.Version),
                    QueuedAt = builder.Job.QueuedAt == 0 ? offer.QueuedAt : builder.Job.QueuedAt,
                    StartedAt = builder.Job.StartedAt == 0 ? offer.StartedAt : builder.Job.StartedAt,
                };
                GoOn(builder);
                return;
            case AnswerClass.Ended when builder.Job.Journal.Outcome is not null && answer.Code == RejectionCode.TerminalStateReached:
                // How it has ended a description does not say; the rejection of an update does.
                builder.Job = builder.Job with { IsKnownEnded = true, IsResumed = false, VerifyIsDue = false };
                Send(builder);
                return;
            case AnswerClass.Ended when builder.Job is { Journal.Outcome: not null, OutcomeMayBeKnown: true, IsResumed: false }:
                Acknowledge(builder);
                return;
            case AnswerClass.Ended:
                StepProgression.Lose(builder, $"the service says: {answer.Reason}");
                return;
            case AnswerClass.Changed or AnswerClass.NeverAccepted:
            case AnswerClass.TryAgain when answer.Status == ReplyStatus.Undecodable:
                // This can't be found out with a description; the version that the next update expects protects another execution.
                GoOn(builder);
                return;
            default:
                builder.Job = builder.Job with { VerifyIsDue = true };
                Retry(builder, answer.Reason);
                return;
        }
    }

    private static void GoOn(TransitionBuilder builder)
    {
        if (builder.Job.IsResumed)
        {
            JournalRecording.Resume(builder);
        }
        else
        {
            Send(builder);
        }
    }

    private static string Replaced(string difference) => $"the service has another execution of the same name: {difference}";

    private static void OnAccepted(TransitionBuilder builder, bool wasOutcome, ExecutionSnapshot? snapshot)
    {
        // Each accepted update counts the version up by one.
        builder.State = builder.State with { HasBeenAccepted = true };
        builder.Job = builder.Job with
        {
            Version = snapshot?.Version ?? builder.Job.Version + 1,
            Attempt = 0,
            HasStepTimer = builder.Job.UpdateStepTimer is { } minutes ? minutes > 0 : builder.Job.HasStepTimer,
        };
        if (wasOutcome)
        {
            Acknowledge(builder);
        }
        else
        {
            Send(builder);
        }
    }

    private static void OnNeverAccepted(TransitionBuilder builder, bool wasOutcome, string reason)
    {
        ActiveJob job = builder.Job;
        builder.Log(Notice.ReportRefused, job.Key, reason);
        if (!job.WithoutDetails && (wasOutcome || job.HasStepTimer))
        {
            builder.Job = job with { WithoutDetails = true, ProgressIsDue = !wasOutcome, ThrottleTimer = 0 };
            Send(builder);
        }
        else if (!wasOutcome)
        {
            // Progress only informs; the steps go on.
            Send(builder);
        }
        else if (builder.State.Mode == RunMode.Forever)
        {
            // It is kept and reported again, and the job is not run again. The service may have another execution by then.
            builder.Job = job with { VerifyIsDue = true };
            Retry(builder, reason);
        }
        else
        {
            builder.Exit(ExitCode.JobFailed, reason);
        }
    }

    private static void Acknowledge(TransitionBuilder builder)
    {
        Outcome outcome = builder.Job.Journal.Outcome!;
        Notice notice = outcome.Status switch
        {
            JobExecutionUpdateStatus.Succeeded => Notice.JobSucceeded,
            JobExecutionUpdateStatus.Rejected => Notice.JobRejected,
            _ => Notice.JobFailed,
        };
        builder.Log(notice, builder.Job.Key, outcome.Reason);
        StepProgression.End(builder, outcome.IsSuccess);
    }

    private static void SendAgain(TransitionBuilder builder, string reason)
    {
        builder.Job = builder.Job with { Attempt = builder.Job.Attempt + 1 };
        if (builder.Job.Attempt <= MaxPromptAttempts)
        {
            Send(builder);
        }
        else
        {
            Retry(builder, reason);
        }
    }

    private static void SendUpdate(TransitionBuilder builder, JobExecutionUpdateStatus status, ValueMap<string>? details, bool isOutcome)
    {
        long id = builder.NewId();
        builder.Job = builder.Job with { UpdateId = id, UpdateIsOutcome = isOutcome };
        long? timer = isOutcome ? null : StepTimers.Set(builder);
        builder.Job = builder.Job with { UpdateStepTimer = timer };
        builder.Do(new JobCommand.Update(id, builder.Job.Key, new UpdateJobExecutionRequest
        {
            Status = status,
            StatusDetails = details,
            ExpectedVersion = builder.Job.Version,
            ExecutionNumber = NumberOf(builder.Job.Key),
            StepTimeoutInMinutes = timer,
        }));
    }

    private static long? NumberOf(JobKey key) => key.ExecutionNumber > 0 ? key.ExecutionNumber : null;
}
