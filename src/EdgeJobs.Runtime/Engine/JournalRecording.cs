
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// The part of <see cref="JobMachine"/> that has to do with the journal: what follows from an entry happens when the entry is
/// on the disk, and an execution that the journal knows goes on from there.
/// </summary>
internal static class JournalRecording
{
    /// <summary>How often a step may be interrupted and run again: one that brings the board down each time must not do so for ever.</summary>
    public const int MaxInterruptions = 10;

    /// <summary>An entry was written, or was not.</summary>
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

    /// <summary>The service still waits for an execution that an earlier run of the agent has left.</summary>
    public static void Resume(TransitionBuilder builder)
    {
        ActiveJob job = builder.Job = builder.Job with { IsResumed = false };
        if (job.Journal.Outcome is not null)
        {
            builder.Log(Notice.JobResumed, job.Key, "its outcome is still to be reported");
            StatusReporting.Send(builder);
        }
        else if (job.Broken is { } broken)
        {
            builder.Write(new JournalEntry.Decided(StatusReport.Broken(broken)));
        }
        else if (job.Journal.IsRunning)
        {
            OnInterrupted(builder, job.Plan!.Steps[job.Journal.Index]);
        }
        else
        {
            builder.Log(Notice.JobResumed, job.Key, $"{job.Journal.Results.Length} of {job.Plan!.Steps.Count} steps are over");
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
            builder.Log(Notice.JobStarted, job.Key, job.Plan!.Steps.Count == 1 ? "1 step" : $"{job.Plan.Steps.Count} steps");
        }

        switch (entry.Last)
        {
            case JournalEntry.Taken or JournalEntry.Ended:
                StepProgression.Advance(builder);
                break;
            case JournalEntry.Began:
                StepProgression.Run(builder);
                break;
            case JournalEntry.AttemptFailed:
                StepProgression.Delay(builder);
                break;
            case JournalEntry.Decided:
                // What was set for progress is over: neither a refusal of its details nor a wait for it holds for the outcome.
                builder.Job = builder.Job with { WithoutDetails = false, HeartbeatTimer = 0, RetryTimer = 0 };
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
            // Not one step has begun: the service hands it out again.
            builder.State = builder.State with { Job = null };
            JobClaim.OnNoJournal(builder, $"{job.Key} is not begun: {fault}");
        }
        else if (builder.State.IsStopping)
        {
            Shutdown.ExitWhenNothingRuns(builder);
        }
        else
        {
            // It stands still until the journal can be written: what is not on the disk would happen twice.
            long timer = builder.NewId();
            builder.Job = job with { WriteTimer = timer, WriteAttempt = job.WriteAttempt + 1 };
            builder.Log(Notice.JournalFault, job.Key, $"stands still: {fault}");
            builder.Do(new JobCommand.ScheduleRetry(timer, builder.Job.WriteAttempt, fault));
        }
    }

    private static void OnInterrupted(TransitionBuilder builder, StepPlan step)
    {
        ActiveJob job = builder.Job;
        string name = $"step {job.Journal.Index + 1} of {job.Plan!.Steps.Count} '{step.Name}'";
        bool isTooOften = job.Journal.Attempt - job.Journal.Failures >= MaxInterruptions;
        InterruptedStep policy = step.OnInterruption == InterruptedStep.Rerun && isTooOften ? InterruptedStep.Fail : step.OnInterruption;
        (string told, string? note) = policy switch
        {
            InterruptedStep.Fail when step.OnInterruption == InterruptedStep.Rerun => ("has failed", $"{name} was interrupted {MaxInterruptions} times"),
            InterruptedStep.Fail => ("has failed", null),
            InterruptedStep.Skip => ("counts as succeeded", $"{name} was interrupted and counts as succeeded"),
            _ => ("runs again", $"{name} was interrupted and ran again"),
        };
        builder.Log(Notice.StepInterrupted, job.Key, $"{name} was interrupted and {told}, {(policy == step.OnInterruption ? "as its onInterruption says" : $"as this happened {MaxInterruptions} times")}");
        builder.Job = job with { Interruption = note };
        switch (policy)
        {
            case InterruptedStep.Fail:
                builder.Write(StepProgression.Ended(builder, StepResult.NotStarted("it was interrupted by the end of the agent or of the board")));
                break;
            case InterruptedStep.Skip:
                builder.Write(StepProgression.Ended(builder, new StepResult { End = StepEnd.Exited, Code = step.SuccessExitCodes[0] }));
                break;
            default:
                StepProgression.BeginAgain(builder);
                break;
        }
    }
}
