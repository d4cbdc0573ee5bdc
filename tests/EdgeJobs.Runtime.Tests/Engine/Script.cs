using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>Passes events to the state machine and describes its commands, one per line.</summary>
internal sealed class Script
{
    /// <summary>When each execution was queued, by default.</summary>
    public const long QueuedAt = 100;

    /// <summary>When each execution was started, by default.</summary>
    public const long StartedAt = 101;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private long _request;
    private long _verify;
    private long _run;
    private long _timer;

    public Script(RunMode mode = RunMode.Forever, string? jobId = null, TimeSpan pollInterval = default) =>
        State = JobMachine.Start(mode, jobId, Grace, pollInterval: pollInterval);

    public JobState State { get; private set; }

    /// <summary>The state of the journal.</summary>
    public JournalState? Disk { get; private set; }

    /// <summary>Why the journal can't be written; null when it can.</summary>
    public string? DiskFault { get; set; }

    /// <summary>Writes complete with <see cref="DiskAnswers"/> and not at once.</summary>
    public bool DiskIsSlow { get; set; }

    /// <summary>The entries written to the journal, in this order.</summary>
    public List<JournalEntry> Written { get; } = [];

    /// <summary>The last update.</summary>
    public JobCommand.Update? LastUpdate { get; private set; }

    /// <summary>The reason of the last retry.</summary>
    public string? RetryReason { get; private set; }

    /// <summary>The step timer of the last update.</summary>
    public long? StepTimer => LastUpdate?.Report.StepTimeoutInMinutes;

    /// <summary>Another run of the agent, with the same journal.</summary>
    public Script Restart(JobPlan? plan, int stepTimer = 0, RunMode mode = RunMode.Forever, string? jobId = null, string? broken = null)
    {
        JobState start = JobMachine.Start(mode, jobId, Grace, stepTimer);
        return new Script { Disk = Disk, State = Disk is { } disk ? JobMachine.Resume(start, disk, plan, broken) : start };
    }

    /// <summary>The first step of a plan runs, and that is reported: version 3.</summary>
    public static Script Running(JobPlan plan, int stepTimer = 0)
    {
        Script script = new() { State = JobMachine.Start(RunMode.Forever, stopGrace: Grace, stepTimer: stepTimer) };
        script.Connect();
        script.Listed();
        script.Play(
            new JobEvent.ExecutionFetched(script._request, RequestResult.Accepted,
            new ExecutionOffer(new JobKey("j", 1), JobExecutionStatus.InProgress, 2, new DocumentResult(plan))
            {
                QueuedAt = QueuedAt,
                StartedAt = StartedAt
            }));
        script.Accepted();
        return script;
    }

    /// <summary>A plan of steps s1, s2, ...</summary>
    public static JobPlan Plan(params Func<StepPlan, StepPlan>[] steps) => new()
    {
        Steps = [.. steps.Select((with, i) => with(new StepPlan { Name = $"s{i + 1}", Action = new StepAction.RunCommand(["true"]) }))],
    };

    /// <summary>Connected, listed, nothing pending.</summary>
    public static Script Idle()
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Nothing();
        return script;
    }

    /// <summary>The first step of a job runs, and that is reported: version 3.</summary>
    public static Script Running(int steps = 2)
    {
        Script script = new();
        script.Connect();
        script.Listed();
        script.Offer(steps);
        script.Accepted();
        return script;
    }

    public static RequestResult Rejected(RejectionCode code) => new(ReplyStatus.Rejected, code, code.ToString());

    public static RequestResult Without(ReplyStatus status) => new(status, default, status.ToString());

    public string Connect() => Play(new JobEvent.Connected());

    public string Disconnect() => Play(new JobEvent.Disconnected());

    public string Listed(RequestResult? result = null) => Play(new JobEvent.PendingListed(_request, result ?? RequestResult.Accepted));

    public string Nothing(RequestResult? result = null) => Play(
        new JobEvent.ExecutionFetched(_request, result ?? RequestResult.Accepted, null));

    public string Offer(
        int steps = 2, string jobId = "j", JobExecutionStatus status = JobExecutionStatus.InProgress, long version = 2, long number = 1,
        long startedAt = StartedAt) =>
        Offer(
            new ExecutionOffer(new JobKey(jobId, number), status, version, Document(steps)) { QueuedAt = QueuedAt, StartedAt = startedAt });

    public string Offer(ExecutionOffer offer) => Play(new JobEvent.ExecutionFetched(_request, RequestResult.Accepted, offer));

    public string Verified(JobExecutionStatus status, long version, long number = 1, long queuedAt = QueuedAt,
        long startedAt = StartedAt) =>
        Play(new JobEvent.ExecutionFetched(_verify, RequestResult.Accepted,
        new ExecutionOffer(new JobKey("j", number), status, version, null)
        {
            QueuedAt = queuedAt,
            StartedAt = startedAt,
        }));

    public string Verified(RequestResult result) => Play(new JobEvent.ExecutionFetched(_verify, result, null));

    public string Accepted() => Updated(RequestResult.Accepted);

    public string Updated(RequestResult result, JobExecutionStatus? status = null, long version = 0) =>
        Play(new JobEvent.UpdateCompleted(_request, result, status is { } known ? new ExecutionSnapshot(known, version) : null));

    public string Head(string? jobId, JobExecutionStatus status = JobExecutionStatus.Queued, long number = 1, long queuedAt = QueuedAt) =>
        Play(
            new JobEvent.HeadChanged(jobId is null ? null : new ExecutionOffer(new JobKey(jobId, number), status, 0,
            null)
            { QueuedAt = queuedAt }));

    public string Progress(StepProgress progress) => Play(new JobEvent.StepProgressed(_run, progress));

    public string Step(int exitCode = 0) => Step(new StepResult { End = StepEnd.Exited, Code = exitCode });

    public string Step(StepResult result) => Play(new JobEvent.StepCompleted(_run, result));

    public string Elapsed() => Play(new JobEvent.TimerElapsed(_timer));

    public string Stop() => Play(new JobEvent.StopRequested());

    /// <summary>The write in flight completes.</summary>
    public string DiskAnswers(string? fault = null) => Play(new JobEvent.Journaled(State.Job?.WriteId ?? State.ClaimId, fault));

    public string Play(JobEvent jobEvent)
    {
        Transition transition = JobMachine.Next(State, jobEvent);
        State = transition.State;
        Assert.DoesNotContain(transition.Commands.SkipLast(1), c => c is JobCommand.Exit);
        List<string> lines = [];
        JobEvent? written = null;
        foreach (JobCommand command in transition.Commands)
        {
            if (command is JobCommand.Journal journal)
            {
                // Like the loop: write at once, and complete before any other event.
                string? fault = DiskFault;
                Disk = fault is null ? JournalState.After(Disk, journal.Entry) : Disk;
                Written.Add(journal.Entry);
                written = journal.WriteId == 0 || DiskIsSlow ? null : new JobEvent.Journaled(journal.WriteId, fault);
            }
            else
            {
                lines.Add(Describe(command));
            }
        }

        if (written is not null && Play(written) is { Length: > 0 } more)
        {
            lines.Add(more);
        }

        return string.Join('\n', lines);
    }

    private static DocumentResult Document(int steps) => steps == 0
        ? new DocumentResult([new DocumentFault("steps", "missing", 1, 1)])
        : new DocumentResult(new JobPlan
        {
            Steps = [.. Enumerable.Range(1, steps).Select(i =>
                new StepPlan { Name = $"s{i}", Action = new StepAction.RunCommand(["true"]), IgnoreFailure = i == 3 })],
        });

    private string Describe(JobCommand command)
    {
        switch (command)
        {
            case JobCommand.ListPending list:
                _request = list.RequestId;
                return "list";
            case JobCommand.StartNext next:
                _request = next.RequestId;
                return "start-next";
            case JobCommand.Describe { WithDocument: true } describe:
                _request = describe.RequestId;
                return $"describe {describe.JobId}";
            case JobCommand.Describe describe:
                _verify = describe.RequestId;
                return $"verify {describe.JobId} {describe.ExecutionNumber}";
            case JobCommand.Update update:
                _request = update.RequestId;
                LastUpdate = update;
                string details = update.Report.StatusDetails is not { } pairs ? "no details" : string.Join(
                    ", ",
                    pairs.AsSpan().ToArray().Select(d => $"{d.Key}={d.Value}"));
                return $"update {update.Key.JobId} {update.Status.ToWireString()} v{update.ExpectedVersion} ({details})";
            case JobCommand.RunStep run:
                _run = run.RunId;
                return $"run {run.Key.JobId} {run.Number}/{run.Count}{(run.Attempt > 1 ? $" attempt {run.Attempt}" : "")}";
            case JobCommand.CancelStep cancel:
                return $"cancel: {cancel.Reason}";
            case JobCommand.ScheduleTimer timer:
                _timer = timer.TimerId;
                return $"timer {timer.Delay.TotalSeconds} s";
            case JobCommand.SchedulePoll poll:
                _timer = poll.TimerId;
                return $"poll {poll.Bound.TotalMinutes} min";
            case JobCommand.ScheduleRetry retry:
                _timer = retry.TimerId;
                RetryReason = retry.Reason;
                return $"retry {retry.Attempt}";
            case JobCommand.Log notice:
                return $"log {notice.Notice} {notice.Text}".TrimEnd();
            case JobCommand.LogOutcome ended:
                return $"log Job{ended.Outcome.Status} {ended.Outcome.Reason}";
            case JobCommand.Exit exit:
                return $"exit {exit.Code} {exit.Fault}".TrimEnd();
            default:
                return command.ToString();
        }
    }
}
