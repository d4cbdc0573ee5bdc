
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The part of <see cref="JobMachine"/> that uses the journal: the agent acts on an entry once it is on the disk, and an execution of the
/// journal continues from there.
/// </summary>
internal static class JournalRecording
{
    /// <summary>
    /// How often a step may be interrupted and rerun. A step that brings the board down each time must not do so forever.
    /// </summary>
    public const int MaxInterruptions = 10;

    public static void OnJournaled(TransitionBuilder builder, string? fault)
    {
        JournalEntry entry = builder.Job.Writing!;
        builder.Job = builder.Job with { WriteId = 0 };
        if (fault is not null)
        {
            OnFault(builder, entry, fault);
        }
        else
        {
            builder.Job = builder.Job with { Writing = null, WriteAttempt = 0 };
            OnWritten(builder, entry);
        }
    }

    /// <summary>Continues an execution of an earlier run of the agent that the service still has.</summary>
    public static void Resume(TransitionBuilder builder)
    {
        ActiveJob job = builder.Job = builder.Job with { IsResumed = false };
        if (job.Journal.Outcome is not null)
        {
            builder.Log(Notice.JobResumed, job.Key, "its outcome has not been reported yet");
            StatusReporting.Send(builder);
        }
        else if (job.ResumeFault is { } broken)
        {
            builder.Write(new JournalEntry.OutcomeDecided(StatusReport.CannotResume(broken)));
        }
        else if (job.Journal.IsRunning)
        {
            OnInterrupted(builder, job.Plan!.Steps[job.Journal.Index]);
        }
        else
        {
            builder.Log(Notice.JobResumed, job.Key, $"{job.Journal.Results.Length} of {job.Plan!.Count} steps are done");
            if (job.Journal.Failures > 0)
            {
                StepProgression.Delay(builder);
            }
            else
            {
                StepProgression.Advance(builder);
            }
        }
    }

    private static void OnWritten(TransitionBuilder builder, JournalEntry entry)
    {
        ActiveJob job = builder.Job;
        builder.Job = job with { Journal = JournalState.After(job.Journal, entry)!.Value, IsJournaled = true };
        if (!job.IsJournaled)
        {
            builder.Log(Notice.JobStarted, job.Key, job.Plan!.Count == 1 ? "1 step" : $"{job.Plan.Count} steps");
        }

        switch (entry.Last)
        {
            case JournalEntry.Claimed or JournalEntry.StepEnded:
                StepProgression.Advance(builder);
                break;
            case JournalEntry.AttemptStarted:
                StepProgression.Run(builder);
                break;
            case JournalEntry.AttemptFailed:
                StepProgression.Delay(builder);
                break;
            case JournalEntry.OutcomeDecided:
                // Neither a rejection of progress details nor a retry delay of progress applies to the outcome.
                builder.Job = builder.Job with { OmitDetails = false, HeartbeatTimer = 0, RetryTimer = 0 };
                StatusReporting.Send(builder);
                if (builder.State.IsStopping)
                {
                    Shutdown.OnOutcome(builder);
                }

                break;
        }
    }

    private static void OnFault(TransitionBuilder builder, JournalEntry entry, string fault)
    {
        ActiveJob job = builder.Job;
        if (!job.IsJournaled)
        {
            // No step has started: the service returns the execution again.
            builder.State = builder.State with { Job = null };
            JobClaim.OnJournalFault(builder, $"{job.Key} is not started: {fault}");
        }
        else if (builder.State.IsStopping)
        {
            Shutdown.ExitWhenNothingRuns(builder);
        }
        else
        {
            // Wait until the journal can be written: an action that is not on the disk would happen twice.
            long timer = builder.NewId();
            builder.Job = job with { WriteTimer = timer, WriteAttempt = job.WriteAttempt + 1 };
            builder.Log(Notice.JournalFault, job.Key, $"paused: {fault}");
            builder.Do(new JobCommand.ScheduleRetry(timer, builder.Job.WriteAttempt, fault));
        }
    }

    private static void OnInterrupted(TransitionBuilder builder, StepPlan step)
    {
        ActiveJob job = builder.Job;
        string name = $"step {job.Plan!.NumberOf(job.Journal.Index)} of {job.Plan.Count} '{step.Name}'";
        bool isTooOften = job.Journal.Attempt - job.Journal.Failures >= MaxInterruptions;
        InterruptedStep policy = step.OnInterruption == InterruptedStep.Rerun && isTooOften ? InterruptedStep.Fail : step.OnInterruption;
        (string consequence, string? note) = policy switch
        {
            InterruptedStep.Fail when step.OnInterruption == InterruptedStep.Rerun =>
                ("has failed", $"{name} was interrupted {MaxInterruptions} times"),
            InterruptedStep.Fail => ("has failed", null),
            InterruptedStep.Skip => ("counts as succeeded", $"{name} was interrupted and counts as succeeded"),
            _ => ("runs again", $"{name} was interrupted and ran again"),
        };
        string? question = step.Action switch
        {
            // The usual way of these steps: their runners compare what was before.
            StepAction.Reboot => "whether the board has rebooted",
            StepAction.UpdateAgent => "which version of the agent runs",
            _ => null,
        };
        if (question is not null && policy == InterruptedStep.Rerun)
        {
            builder.Log(Notice.JobResumed, job.Key, $"{name} finds out {question}");
            StepProgression.BeginAttempt(builder);
            return;
        }

        string why = policy == step.OnInterruption ? "as its onInterruption says" : $"because it was interrupted {MaxInterruptions} times";
        builder.Log(Notice.StepInterrupted, job.Key, $"{name} was interrupted and {consequence}, {why}");
        builder.Job = job with { Interruption = note };
        switch (policy)
        {
            case InterruptedStep.Fail:
                StepResult interrupted = StepResult.NotStarted("it was interrupted when the agent or the board stopped");
                builder.Write(StepProgression.Ended(builder, interrupted));
                break;
            case InterruptedStep.Skip:
                builder.Write(StepProgression.Ended(builder, new StepResult { End = StepEnd.Exited, Code = step.SuccessExitCodes[0] }));
                break;
            default:
                StepProgression.BeginAttempt(builder);
                break;
        }
    }
}
