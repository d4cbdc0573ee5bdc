using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Engine;

/// <summary>The part of <see cref="JobMachine"/> that reports an execution and follows its state in the service.</summary>
internal static class StatusReporting
{
    /// <summary>
    /// How often a version mismatch is retried without a delay. Two agents with the same thing name would otherwise compete forever.
    /// </summary>
    private const int MaxPromptAttempts = 3;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Sends the verification, outcome or progress that is due, unless something else is in flight. Called after every change of these.
    /// </summary>
    public static void Send(TransitionBuilder builder)
    {
        ActiveJob job = builder.Job;
        if (!builder.State.IsConnected || job is not { LostReason: null, UpdateId: 0, VerifyId: 0, RetryTimer: 0 })
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
            SendUpdate(builder, outcome.Status, job.OmitDetails ? null : outcome.Details, isOutcome: true);
        }
        else if (job is { ProgressIsDue: true, ThrottleTimer: 0 } and ({ RunId: not 0 } or { DelayTimer: not 0 }))
        {
            builder.Job = job with { ProgressIsDue = false };
            ValueMap<string>? details = job.OmitDetails ? null : StatusReport.Progress(job.Plan!, job.Journal.Index, job.Progress);
            SendUpdate(builder, JobExecutionUpdateStatus.InProgress, details, isOutcome: false);
            long timer = builder.NewId();
            builder.Job = builder.Job with { ThrottleTimer = timer };
            builder.Do(new JobCommand.ScheduleTimer(timer, ProgressInterval));
        }
    }

    /// <summary>Retries after a delay, or earlier on a new connection.</summary>
    public static void Retry(TransitionBuilder builder, string reason)
    {
        long timer = builder.NewId();
        builder.Job = builder.Job with { RetryTimer = timer, Attempt = builder.Job.Attempt + 1 };
        builder.Do(new JobCommand.ScheduleRetry(timer, builder.Job.Attempt, reason));
    }

    public static void OnUpdateCompleted(TransitionBuilder builder, RequestResult result, ExecutionSnapshot? snapshot)
    {
        bool wasOutcome = builder.Job.UpdateIsOutcome;
        builder.Job = builder.Job with { UpdateId = 0 };
        if (result.Kind != RequestResultKind.Accepted
            && snapshot is not null
            && ExecutionIdentity.FindDifference(builder.Job, snapshot) is { } difference)
        {
            StepProgression.Abandon(builder, Replaced(difference));
            return;
        }

        if (wasOutcome && snapshot is not null && snapshot.Status.Is(builder.Job.Journal.Outcome!.Status))
        {
            // The service has it already, from an earlier attempt whose reply was lost.
            Acknowledge(builder);
            return;
        }

        // The execution is known to have ended, but no readable reply has said how.
        bool isOver = wasOutcome && builder.Job.IsKnownEnded && snapshot is null;
        switch (result.Kind)
        {
            case RequestResultKind.Accepted:
                OnAccepted(builder, wasOutcome, snapshot);
                return;

            case RequestResultKind.Ended when wasOutcome && builder.Job.OutcomeMayBeKnown:
                Acknowledge(builder);
                return;

            case RequestResultKind.Conflict when isOver:
            case RequestResultKind.Retryable when isOver && result.Status == ReplyStatus.Undecodable:
                if (builder.Job.OutcomeMayBeKnown)
                {
                    Acknowledge(builder);
                }
                else
                {
                    StepProgression.Abandon(builder, "the service has ended the execution");
                }

                return;

            case RequestResultKind.Conflict when snapshot is null or { IsPending: true }:
                // It was changed, or it is another execution: describe and compare it before adopting the version.
                builder.Job = builder.Job with { VerifyIsDue = true, ProgressIsDue = !wasOutcome };
                SendAgain(builder, result.Reason);
                return;

            case RequestResultKind.Conflict or RequestResultKind.Ended:
                string reason = snapshot is null ? result.Reason : $"the service set it to {snapshot.Status.ToText()}";
                StepProgression.Abandon(builder, reason);
                return;

            case RequestResultKind.Invalid:
                OnNeverAccepted(builder, wasOutcome, result.Reason);
                return;

            default:
                // The service may have applied the update; if so, the version of the next attempt shows it.
                // An unreadable reply may be the same each time; a description is a different reply.
                builder.Job = builder.Job with
                {
                    ProgressIsDue = !wasOutcome,
                    OutcomeMayBeKnown = builder.Job.OutcomeMayBeKnown || wasOutcome,
                    VerifyIsDue = builder.Job.VerifyIsDue || result.Status == ReplyStatus.Undecodable,
                };
                Retry(builder, result.Reason);
                return;
        }
    }

    /// <summary>The description of the active execution has arrived, or failed.</summary>
    public static void OnVerified(TransitionBuilder builder, RequestResult result, ExecutionOffer? offer)
    {
        builder.Job = builder.Job with { VerifyId = 0 };
        switch (result.Kind)
        {
            case RequestResultKind.Accepted when offer is null:
                StepProgression.Abandon(builder, "the service no longer has the execution");
                return;
            case RequestResultKind.Accepted when ExecutionIdentity.FindDifference(builder.Job, offer) is { } difference:
                StepProgression.Abandon(builder, Replaced(difference));
                return;
            case RequestResultKind.Accepted when !offer.Status.IsPending():
                StepProgression.Abandon(builder, $"the service set it to {offer.Status.ToText()}");
                return;
            case RequestResultKind.Accepted:
                builder.Job = builder.Job with
                {
                    Version = Math.Max(offer.Version, builder.Job.Version),
                    QueuedAt = builder.Job.QueuedAt == 0 ? offer.QueuedAt : builder.Job.QueuedAt,
                    StartedAt = builder.Job.StartedAt == 0 ? offer.StartedAt : builder.Job.StartedAt,
                };
                Continue(builder);
                return;
            case RequestResultKind.Ended when builder.Job.Journal.Outcome is not null && result.Code == RejectionCode.TerminalStateReached:
                // A description does not say how it ended; the rejection of an update does.
                builder.Job = builder.Job with { IsKnownEnded = true, IsResumed = false, VerifyIsDue = false };
                Send(builder);
                return;
            case RequestResultKind.Ended when builder.Job is { Journal.Outcome: not null, OutcomeMayBeKnown: true, IsResumed: false }:
                Acknowledge(builder);
                return;
            case RequestResultKind.Ended:
                StepProgression.Abandon(builder, $"the service reports: {result.Reason}");
                return;
            case RequestResultKind.Conflict or RequestResultKind.Invalid:
            case RequestResultKind.Retryable when result.Status == ReplyStatus.Undecodable:
                // A description does not help here; the expected version of the next update protects another execution.
                Continue(builder);
                return;
            default:
                builder.Job = builder.Job with { VerifyIsDue = true };
                Retry(builder, result.Reason);
                return;
        }
    }

    private static void Continue(TransitionBuilder builder)
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
        // Each accepted update increments the version.
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
        if (!job.OmitDetails && (wasOutcome || job.HasStepTimer))
        {
            builder.Job = job with { OmitDetails = true, ProgressIsDue = !wasOutcome, ThrottleTimer = 0 };
            Send(builder);
        }
        else if (!wasOutcome)
        {
            // Progress is informational; the steps continue.
            Send(builder);
        }
        else if (builder.State.Mode == RunMode.Forever)
        {
            // Keep the outcome and retry the report instead of running the job again. The service may have another execution by then.
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
        builder.Do(new JobCommand.LogOutcome(builder.Job.Key, outcome));
        StepProgression.Finish(builder, outcome.IsSuccess);
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
            StatusDetails = details is null ? null : StatusReport.AddBuild(details, builder.State.Build),
            ExpectedVersion = builder.Job.Version,
            ExecutionNumber = NumberOf(builder.Job.Key),
            StepTimeoutInMinutes = timer,
        }));
    }

    private static long? NumberOf(JobKey key) => key.ExecutionNumber > 0 ? key.ExecutionNumber : null;
}
