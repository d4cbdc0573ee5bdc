using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.StateMachine;

/// <summary>
/// The part of <see cref="JobMachine"/> that has to do with the journal: what follows from an entry happens when the entry is
/// on the disk, and an execution that the journal knows goes on from there.
/// </summary>
internal static class Recording
{
    /// <summary>How often a step may be interrupted and run again: one that brings the board down each time must not do so for ever.</summary>
    public const int MaxInterruptions = 10;

    /// <summary>An entry was written, or was not.</summary>
    public static void OnJournaled(Turn turn, string? fault)
    {
        JournalEntry entry = turn.Job.Writing!;
        turn.Job = turn.Job with { WriteId = 0 };
        if (fault is not null)
        {
            OnFault(turn, entry, fault);
        }
        else
        {
            turn.Job = turn.Job with { Writing = null, WriteAttempt = 0 };
            OnWritten(turn, entry);
        }
    }

    /// <summary>The service still waits for an execution that an earlier run of the agent has left.</summary>
    public static void Resume(Turn turn)
    {
        ActiveJob job = turn.Job = turn.Job with { IsResumed = false };
        if (job.Outcome is not null)
        {
            turn.Tell(Notice.JobResumed, job.Key, "its outcome is still to be reported");
            Reporting.Send(turn);
        }
        else if (job.Broken is { } broken)
        {
            turn.Write(new JournalEntry.Decided(StatusReport.Broken(broken)));
        }
        else if (job.WasInterrupted)
        {
            OnInterrupted(turn, job.Plan!.Steps[job.Index]);
        }
        else
        {
            turn.Tell(Notice.JobResumed, job.Key, $"{job.Results.Length} of {job.Plan!.Steps.Count} steps are over");
            if (job.Failures > 0)
            {
                Running.Delay(turn);
            }
            else
            {
                Running.Advance(turn);
            }
        }
    }

    private static void OnWritten(Turn turn, JournalEntry entry)
    {
        Apply(turn, entry);
        switch (entry is JournalEntry.Both both ? both.Second : entry)
        {
            case JournalEntry.Taken or JournalEntry.Ended:
                Running.Advance(turn);
                break;
            case JournalEntry.Began:
                Running.Run(turn);
                break;
            case JournalEntry.AttemptFailed:
                Running.Delay(turn);
                break;
            case JournalEntry.Decided:
                Reporting.Send(turn);
                if (turn.State.IsStopping)
                {
                    Stopping.OnOutcome(turn);
                }

                break;
        }
    }

    /// <summary>The execution is as the entry says.</summary>
    private static void Apply(Turn turn, JournalEntry entry)
    {
        ActiveJob job = turn.Job;
        switch (entry)
        {
            case JournalEntry.Both both:
                Apply(turn, both.First);
                Apply(turn, both.Second);
                break;
            case JournalEntry.Taken:
                turn.Job = job with { IsJournaled = true };
                turn.Tell(Notice.JobStarted, job.Key, job.Plan!.Steps.Count == 1 ? "1 step" : $"{job.Plan.Steps.Count} steps");
                break;
            case JournalEntry.Began began:
                turn.Job = job with { Index = began.Index, StepAttempt = began.Attempt, Failures = began.Index == job.Index ? job.Failures : 0 };
                break;
            case JournalEntry.AttemptFailed failed:
                turn.Job = job with { Failures = failed.Failures };
                break;
            case JournalEntry.Ended ended:
                turn.Job = job with
                {
                    Results = JournalState.WithResult(job.Results, ended.Index, ended.Result),
                    Index = ended.Index + 1,
                    StepAttempt = 0,
                    Failures = 0,
                };
                break;
            case JournalEntry.Decided decided:
                // What was set for progress is over: neither a refusal of its details nor a wait for it holds for the outcome.
                turn.Job = job with { Outcome = decided.Outcome, WithoutDetails = false, HeartbeatTimer = 0, RetryTimer = 0 };
                break;
        }
    }

    private static void OnFault(Turn turn, JournalEntry entry, string fault)
    {
        ActiveJob job = turn.Job;
        if (!job.IsJournaled)
        {
            // Not one step has begun: the service hands it out again.
            turn.State = turn.State with { Job = null };
            Asking.OnNoJournal(turn, $"{job.Key} is not begun: {fault}");
        }
        else if (turn.State.IsStopping)
        {
            Stopping.ExitWhenNothingRuns(turn);
        }
        else
        {
            // It stands still until the journal can be written: what is not on the disk would happen twice.
            long timer = turn.NewId();
            turn.Job = job with { WriteTimer = timer, WriteAttempt = job.WriteAttempt + 1 };
            turn.Tell(Notice.JournalFault, job.Key, $"stands still: {fault}");
            turn.Do(new JobCommand.ScheduleRetry(timer, turn.Job.WriteAttempt, fault));
        }
    }

    private static void OnInterrupted(Turn turn, StepPlan step)
    {
        ActiveJob job = turn.Job;
        string name = $"step {job.Index + 1} of {job.Plan!.Steps.Count} '{step.Name}'";
        bool isTooOften = job.StepAttempt - job.Failures >= MaxInterruptions;
        InterruptedStep policy = step.OnInterruption == InterruptedStep.Rerun && isTooOften ? InterruptedStep.Fail : step.OnInterruption;
        (string told, string note) = policy switch
        {
            InterruptedStep.Fail when step.OnInterruption == InterruptedStep.Rerun => ("has failed", $"{name} was interrupted {MaxInterruptions} times"),
            InterruptedStep.Fail => ("has failed", string.Empty),
            InterruptedStep.Skip => ("counts as succeeded", $"{name} was interrupted and counts as succeeded"),
            _ => ("runs again", $"{name} was interrupted and ran again"),
        };
        turn.Tell(Notice.StepInterrupted, job.Key, $"{name} was interrupted and {told}, {(policy == step.OnInterruption ? "as its onInterruption says" : $"as this happened {MaxInterruptions} times")}");
        job = turn.Job = job with { Note = Join(job.Note, note) };
        switch (policy)
        {
            case InterruptedStep.Fail:
                turn.Write(new JournalEntry.Ended(job.Index, StepResult.NotStarted("it was interrupted by the end of the agent or of the board"), job.Note));
                break;
            case InterruptedStep.Skip:
                turn.Write(new JournalEntry.Ended(job.Index, new StepResult { End = StepEnd.Exited, Code = step.SuccessExitCodes[0] }, job.Note));
                break;
            default:
                Running.BeginAgain(turn);
                break;
        }
    }

    private static string Join(string note, string more) =>
        more.Length == 0 ? note : note.Length == 0 ? more : StatusText.Head($"{note}; {more}");
}
