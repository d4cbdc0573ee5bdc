using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>Plays events to the state machine and writes down what it commands, one line each.</summary>
internal sealed class Script
{
    /// <summary>When each execution was queued, unless a test says otherwise.</summary>
    public const long QueuedAt = 100;

    /// <summary>When each execution was started, unless a test says otherwise.</summary>
    public const long StartedAt = 101;

    private long _request;
    private long _verify;
    private long _run;
    private long _timer;

    public Script(RunMode mode = RunMode.Forever, string? jobId = null, TimeSpan pollInterval = default) =>
        State = JobMachine.Start(mode, jobId, pollInterval: pollInterval);

    public JobState State { get; private set; }

    /// <summary>What the journal says.</summary>
    public JournalState? Disk { get; private set; }

    /// <summary>Why the journal can't be written; null when it can.</summary>
    public string? DiskFault { get; set; }

    /// <summary>Writes are answered by <see cref="DiskAnswers"/> and not at once.</summary>
    public bool DiskIsSlow { get; set; }

    /// <summary>What was written to the journal, in this order.</summary>
    public List<JournalEntry> Written { get; } = [];

    /// <summary>The update that was sent last.</summary>
    public JobCommand.Update? LastUpdate { get; private set; }

    /// <summary>Why the agent waits before it tries again, as it said last.</summary>
    public string? RetryReason { get; private set; }

    /// <summary>The step timer that was sent last.</summary>
    public long? StepTimer => LastUpdate?.Report.StepTimeoutInMinutes;

    /// <summary>Another run of the agent, with the same journal.</summary>
    public Script Restart(JobPlan? plan, int stepTimer = 0, RunMode mode = RunMode.Forever, string? jobId = null, string? broken = null)
    {
        JobState start = JobMachine.Start(mode, jobId, stepTimer: stepTimer);
        return new Script { Disk = Disk, State = Disk is { } disk ? JobMachine.Resume(start, disk, plan, broken) : start };
    }

    /// <summary>The first step of a plan runs, and that is reported: version 3.</summary>
    public static Script Running(JobPlan plan, int stepTimer = 0)
    {
        Script script = new() { State = JobMachine.Start(RunMode.Forever, stepTimer: stepTimer) };
        script.Connect();
        script.Listed();
        script.Play(new JobEvent.ExecutionAnswered(script._request, Answer.Accepted, new ExecutionOffer(new JobKey("j", 1), JobExecutionStatus.InProgress, 2, new DocumentResult(plan)) { QueuedAt = QueuedAt, StartedAt = StartedAt }));
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

    public static Answer Rejected(RejectionCode code) => new(ReplyStatus.Rejected, code, code.ToString());

    public static Answer Without(ReplyStatus status) => new(status, default, status.ToString());

    public string Connect() => Play(new JobEvent.Connected());

    public string Disconnect() => Play(new JobEvent.Disconnected());

    public string Listed(Answer? answer = null) => Play(new JobEvent.PendingListed(_request, answer ?? Answer.Accepted));

    public string Nothing(Answer? answer = null) => Play(new JobEvent.ExecutionAnswered(_request, answer ?? Answer.Accepted, null));

    public string Offer(
        int steps = 2, string jobId = "j", JobExecutionStatus status = JobExecutionStatus.InProgress, long version = 2, long number = 1, long startedAt = StartedAt) =>
        Offer(new ExecutionOffer(new JobKey(jobId, number), status, version, Document(steps)) { QueuedAt = QueuedAt, StartedAt = startedAt });

    public string Offer(ExecutionOffer offer) => Play(new JobEvent.ExecutionAnswered(_request, Answer.Accepted, offer));

    public string Verified(JobExecutionStatus status, long version, long number = 1, long queuedAt = QueuedAt, long startedAt = StartedAt) =>
        Play(new JobEvent.ExecutionAnswered(_verify, Answer.Accepted, new ExecutionOffer(new JobKey("j", number), status, version, null)
        {
            QueuedAt = queuedAt,
            StartedAt = startedAt,
        }));

    public string Verified(Answer answer) => Play(new JobEvent.ExecutionAnswered(_verify, answer, null));

    public string Accepted() => Updated(Answer.Accepted);

    public string Updated(Answer answer, JobExecutionStatus? status = null, long version = 0) =>
        Play(new JobEvent.UpdateAnswered(_request, answer, status is { } known ? new ExecutionSnapshot(known, version) : null));

    public string Head(string? jobId, JobExecutionStatus status = JobExecutionStatus.Queued, long number = 1, long queuedAt = QueuedAt) =>
        Play(new JobEvent.HeadChanged(jobId is null ? null : new ExecutionOffer(new JobKey(jobId, number), status, 0, null) { QueuedAt = queuedAt }));

    public string Progress(StepProgress progress) => Play(new JobEvent.StepProgressed(_run, progress));

    public string Step(int exitCode = 0) => Step(new StepResult { End = StepEnd.Exited, Code = exitCode });

    public string Step(StepResult result) => Play(new JobEvent.StepCompleted(_run, result));

    public string Elapsed() => Play(new JobEvent.TimerElapsed(_timer));

    public string Stop() => Play(new JobEvent.StopRequested());

    /// <summary>The write that is under way has ended.</summary>
    public string DiskAnswers(string? fault = null) => Play(new JobEvent.Journaled(State.Job?.WriteId ?? State.AskId, fault));

    public string Play(JobEvent happened)
    {
        Transition transition = JobMachine.Next(State, happened);
        State = transition.State;
        Assert.DoesNotContain(transition.Commands.SkipLast(1), c => c is JobCommand.Exit);
        List<string> lines = [];
        JobEvent? written = null;
        foreach (JobCommand command in transition.Commands)
        {
            if (command is JobCommand.Journal journal)
            {
                // As the loop does: written at once, and answered before anything else happens.
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
            Steps = [.. Enumerable.Range(1, steps).Select(i => new StepPlan { Name = $"s{i}", Action = new StepAction.RunCommand(["true"]), IgnoreFailure = i == 3 })],
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
                string details = update.Report.StatusDetails is not { } pairs ? "no details" : string.Join(", ", pairs.AsSpan().ToArray().Select(d => $"{d.Key}={d.Value}"));
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
            case JobCommand.Log tell:
                return $"tell {tell.Notice} {tell.Text}".TrimEnd();
            case JobCommand.Exit exit:
                return $"exit {exit.Code} {exit.Fault}".TrimEnd();
            default:
                return command.ToString();
        }
    }
}
