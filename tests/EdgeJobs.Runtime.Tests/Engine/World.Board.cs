using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>The board: the loop around the state machine, its journal, its timers and the running step.</summary>
internal sealed partial class World
{
    private readonly List<JobEvent> _past = [];
    private readonly List<(long Id, double Due, bool IsPoll)> _timers = [];
    private readonly HashSet<long> _ids = [];
    private JobCommand.RunStep? _step;
    private bool _stepIsCanceled;
    private long _openUpdate;
    private bool _diskIsFull;
    private int _crashIn = -1;
    private JobEvent? _written;
    private JournalState? _disk;
    private bool _mustClose;
    private ModelExecution? _offered;

    private void CompleteStep(int which)
    {
        JobCommand.RunStep step = _step!;
        StepResult result = _stepIsCanceled
            ? new StepResult { End = StepEnd.Signaled, Code = 15, WasCanceled = true }
            : (which % 9) switch
            {
                7 => new StepResult { End = StepEnd.Exited, Code = 1 },
                8 => StepResult.NotStarted("no such program"),
                _ => new StepResult { End = StepEnd.Exited, Code = 0 },
            };
        _step = null;
        _stepIsCanceled = false;
        Deliver(new JobEvent.StepCompleted(step.RunId, result));
    }

    private void Elapse(int index, bool early = false)
    {
        (long id, double due, _) = _timers[index];
        _timers.RemoveAt(index);
        _service.Now = early ? _service.Now : Math.Max(_service.Now, due);
        Deliver(new JobEvent.TimerElapsed(id));
    }

    private void Deliver(JobEvent jobEvent)
    {
        try
        {
            DeliverOne(jobEvent);
            while (_written is { } written)
            {
                _written = null;
                DeliverOne(written);
            }

            if (_mustClose && (State.HasExited || State is { Job: null, ClaimId: 0 }))
            {
                _mustClose = false;
                _disk = null;
            }
        }
        catch (CrashException)
        {
            Crash();
        }
    }

    /// <summary>The agent is killed and restarts; only the journal is left.</summary>
    private void Crash()
    {
        Crashes++;
        _crashIn = -1;
        _written = null;
        _mustClose = false;
        _step = null;
        _stepIsCanceled = false;
        _openUpdate = 0;
        _isConnected = false;
        _timers.Clear();
        _notifications.Clear();
        _past.Clear();
        _ids.Clear();

        // The service has received some of the requests in flight.
        for (int i = 0; _requests.Count > 0; i++)
        {
            Request request = Take(_requests, i);
            if ((i + Crashes) % 2 == 0)
            {
                Change(() => request.Apply(this));
            }
        }

        State = _disk is { } disk ? JobMachine.Resume(Start(), disk, _service.OfDocument(disk.Claim.Document).Plan) : Start();
    }

    private void Write(JobCommand.Journal command)
    {
        bool fails = _diskIsFull && command.Entry is not JournalEntry.Closed;
        if (command.Entry is JournalEntry.Closed)
        {
            // Not on the disk until the journal is settled or reserves space for the next execution.
            _mustClose = true;
        }
        else if (!fails)
        {
            _disk = _mustClose ? null : _disk;
            _mustClose = false;
            _disk = JournalState.After(_disk, command.Entry);
            Note(command.Entry);
        }

        if (command.WriteId != 0)
        {
            NewId(command.WriteId);
            _written = new JobEvent.Journaled(command.WriteId, fails ? "no space" : null);
        }
    }

    private void Note(JournalEntry entry)
    {
        if (entry is JournalEntry.Pair both)
        {
            Note(both.First);
            Note(both.Second);
            return;
        }

        if (entry is JournalEntry.Reserve or JournalEntry.Closed or JournalEntry.Claimed or JournalEntry.OutcomeDecided)
        {
            return;
        }

        ModelExecution execution = _service.OfDocument(_disk!.Value.Claim.Document);
        if (entry is JournalEntry.StepEnded ended)
        {
            Invariant(
                "a step ends once",
                execution.Finished.TryAdd(ended.Index, StatusReport.IsSuccess(execution.Plan.Steps[ended.Index], ended.Result)));
        }
        else if (entry is JournalEntry.AttemptFailed failed)
        {
            int failures = execution.Failures[failed.Index] = execution.Failures.GetValueOrDefault(failed.Index) + 1;
            Invariant("failures are counted, and the last one ends the step",
                failures == failed.Failures && failures < execution.Plan.Steps[failed.Index].Attempts);
        }
    }

    private sealed class CrashException : Exception;

    private void DeliverOne(JobEvent jobEvent)
    {
        Steps++;
        bool before = State.HasExited;
        if (jobEvent is JobEvent.UpdateCompleted completed && completed.RequestId == _openUpdate)
        {
            _openUpdate = 0;
        }

        if (jobEvent is JobEvent.Disconnected or JobEvent.Connected)
        {
            _openUpdate = 0;
        }

        if (jobEvent is not (JobEvent.Journaled or JobEvent.Connected or JobEvent.Disconnected or JobEvent.StopRequested))
        {
            _past.Add(jobEvent);
        }

        if (jobEvent is JobEvent.ExecutionFetched { Offer: { Document: not null } offer } asked && asked.RequestId == State.ClaimId)
        {
            _offered = _service.OfDocument(offer.Json);
        }

        Transition transition = JobMachine.Next(State, jobEvent);
        State = transition.State;
        Invariant("no command follows the exit", !before || transition.Commands.Count == 0);
        foreach (JobCommand command in transition.Commands)
        {
            Perform(command);
        }

        Invariant("a running step exists", State.Job is not { RunId: not 0 } || _step is not null);
    }

    private void Perform(JobCommand command)
    {
        Invariant("the end is the last command", Exit is null);
        if (_crashIn >= 0 && _crashIn-- == 0)
        {
            throw new CrashException();
        }

        bool waits = _written is null || command is JobCommand.ScheduleRetry or JobCommand.Log or JobCommand.SchedulePoll;
        Invariant("the consequences of an entry wait until it is written", waits);
        switch (command)
        {
            case JobCommand.Journal journal:
                Write(journal);
                break;
            case JobCommand.ListPending list:
                Send(new Request(list.RequestId, command));
                break;
            case JobCommand.StartNext next:
                Invariant("no work is requested while an execution is active", State.Job is null && _step is null);
                Send(new Request(next.RequestId, command));
                break;
            case JobCommand.Describe describe:
                Send(new Request(describe.RequestId, command));
                break;
            case JobCommand.Update update:
                Send(new Request(update.RequestId, command, CheckUpdate(update)));
                break;
            case JobCommand.RunStep run:
                CheckStep(run);
                break;
            case JobCommand.CancelStep cancel:
                Invariant("only the running step is cancelled, and only once", _step?.RunId == cancel.RunId && !_stepIsCanceled);
                _stepIsCanceled = true;
                break;
            case JobCommand.ScheduleTimer timer:
                Schedule(timer.TimerId, timer.Delay.TotalSeconds);
                break;
            case JobCommand.ScheduleRetry retry:
                Invariant("attempts are counted from 1", retry.Attempt >= 1);
                Schedule(retry.TimerId, Math.Min(300, 1 << Math.Min(retry.Attempt - 1, 9)) * (retry.TimerId % 10) / 10.0);
                break;
            case JobCommand.SchedulePoll poll:
                Schedule(poll.TimerId, poll.Bound.TotalSeconds * (poll.TimerId % 10) / 10, isPoll: true);
                break;
            case JobCommand.Exit exit:
                Invariant("the agent does not end while a step runs", _step is null);
                Exit = exit;
                StatusAtExit = _jobId is null ? null : _service.Find(_jobId)?.Status;
                break;
        }
    }

    private void CheckStep(JobCommand.RunStep run)
    {
        NewId(run.RunId);
        ModelExecution execution = _service.All.Single(e => e.Plan.Steps.Any(s => ReferenceEquals(s, run.Step)));
        Invariant("never two steps at once", _step is null);
        int index = run.Number - 1;
        execution.StepsBegun++;
        Invariant("no step that finished runs again", !execution.Finished.ContainsKey(index));
        Invariant("steps run in order", execution.Finished.Keys.All(f => f < index) && run.Count == execution.Steps);
        Invariant(
            "no step runs after a failed one, unless it has alwaysRun",
            !execution.StepFailed || execution.Plan.Steps[index].AlwaysRuns);
        bool isKnown = _disk is { IsRunning: true } disk && disk.Index == index && disk.Attempt == run.Attempt
            && _service.OfDocument(disk.Claim.Document) == execution;
        Invariant("a step is journaled before it runs", isKnown);
        Invariant("attempts are counted", run.Attempt > execution.Attempts.GetValueOrDefault(index));
        execution.Attempts[index] = run.Attempt;
        Invariant("no step runs when the agent stops", !State.IsStopping);
        _step = run;
        _stepIsCanceled = false;
    }

    /// <summary>Checks an update.</summary>
    /// <returns>The execution whose document led to the update; null if the update only starts one.</returns>
    private ModelExecution? CheckUpdate(JobCommand.Update update)
    {
        Invariant("one update at a time", _openUpdate == 0);
        _openUpdate = update.RequestId;
        if (State.Job is not { } job)
        {
            Invariant("only an active execution is reported", update.Status == JobExecutionUpdateStatus.InProgress);
            return null;
        }

        ModelExecution execution = job.IsJournaled ? _service.OfDocument(_disk!.Value.Claim.Document) : _offered!;
        Invariant("no update expects a version that never existed",
            update.ExpectedVersion <= execution.Version && update.Key == execution.Key);
        if (update.Status != JobExecutionUpdateStatus.InProgress)
        {
            Invariant("no step runs when an outcome is reported", _step is null);
            Invariant(
                "an outcome is journaled before it is reported",
                !execution.HasGoodDocument || (_disk is { Outcome: not null } disk && disk.Claim.Key == update.Key));
            Invariant("an acknowledged outcome is not reported again", job.Journal.Outcome is not null);
        }

        return execution;
    }

    private void Schedule(long id, double delay, bool isPoll = false)
    {
        NewId(id);
        _timers.Add((id, _service.Now + delay, isPoll));
    }

    private void Send(Request request)
    {
        Invariant("nothing is sent without a connection", _isConnected);
        NewId(request.Id);
        _requests.Add(request);
    }

    private void NewId(long id) => Invariant("no id is issued twice", _ids.Add(id));
}
