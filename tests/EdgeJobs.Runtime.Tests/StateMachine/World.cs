using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Configuration;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.StateMachine;

namespace EdgeJobs.Runtime.Tests.StateMachine;

/// <summary>
/// Everything around the state machine: the service, the connection, the step, the timers, and a fate that decides what
/// happens next. Checks the named invariants at each command.
/// </summary>
internal sealed class World
{
    private readonly ServiceModel _service = new();
    private readonly List<Request> _requests = [];
    private readonly List<JobEvent> _notifications = [];
    private readonly List<JobEvent> _past = [];
    private readonly List<long> _timers = [];
    private readonly HashSet<long> _ids = [];
    private JobCommand.RunStep? _step;
    private bool _stepIsCanceled;
    private long _openUpdate;
    private readonly RunMode _mode;
    private readonly string? _jobId;
    private bool _isConnected;
    private bool _diskIsFull;
    private int _crashIn = -1;
    private JobEvent? _written;
    private JournalState? _disk;
    private bool _mustClose;

    public World(RunMode mode = RunMode.Forever, string? jobId = null)
    {
        _mode = mode;
        _jobId = jobId;
        State = JobMachine.Start(mode, jobId, stepTimer: 3);
    }

    /// <summary>How often the agent was killed.</summary>
    public int Crashes { get; private set; }

    public JobState State { get; private set; }

    public ServiceModel Service => _service;

    public JobCommand.Exit? Exit { get; private set; }

    public int Steps { get; private set; }

    /// <summary>Lets one thing happen; what, the two numbers decide. What can't happen now doesn't.</summary>
    public void Happen(int what, int which)
    {
        switch (what % 22)
        {
            case 0 when _service.Executions.Count < 12:
                Change(() => Decorate(_service.Create(1 + (which % 3), which % 7 != 0), which));
                break;
            case 1:
                Connect();
                break;
            case 2:
                Disconnect(which);
                break;
            case 3 or 4 or 5 or 6 when _requests.Count > 0:
                Answer(which);
                break;
            case 7 when _requests.Count > 0:
                Fail(which);
                break;
            case 8 or 9 or 10 when _step is not null:
                CompleteStep(which);
                break;
            case 11 or 12 when _timers.Count > 0:
                Elapse(which % _timers.Count);
                break;
            case 13 or 14 when _notifications.Count > 0 && _isConnected:
                JobEvent notification = Take(_notifications, which);
                Deliver(notification);
                break;
            case 15 when _past.Count > 0:
                // Late and doubled: answers, results and timers of the past change nothing.
                Deliver(_past[which % _past.Count]);
                break;
            case 16 when _service.Head is { } head:
                Change(() => EndByService(head, which));
                break;
            case 17 when _service.Head is { Status: JobExecutionStatus.InProgress } shared:
                // Someone else with this thing's name.
                shared.Version++;
                break;
            case 18 when which % 5 == 0:
                Deliver(new JobEvent.HeadChanged(new JobKey("foreign", 9), JobExecutionStatus.Queued));
                break;
            case 19 when Exit is null && !State.IsStopping:
                // Now, or in the midst of what is done next.
                _crashIn = which % 7;
                if (_crashIn == 6)
                {
                    Crash();
                }

                break;
            case 20 when which % 3 == 0:
                _diskIsFull = true;
                break;
            case 21:
                _diskIsFull = false;
                break;
        }
    }

    /// <summary>From now on all goes well: whatever was begun comes to its end.</summary>
    public void Settle()
    {
        foreach (ModelExecution execution in _service.Executions)
        {
            execution.RefusesReports = false;
        }

        _diskIsFull = false;
        _crashIn = -1;
        Connect();
        for (int i = 0; i < 2000 && Exit is null; i++)
        {
            if (_requests.Count > 0)
            {
                Answer(0);
            }
            else if (_step is not null)
            {
                CompleteStep(0);
            }
            else if (_notifications.Count > 0)
            {
                Deliver(Take(_notifications, 0));
            }
            else if (_timers.Count > 0)
            {
                Elapse(0);
            }
            else
            {
                return;
            }
        }

        Invariant("it comes to rest", Exit is not null);
    }

    public void Stop()
    {
        _crashIn = -1;
        Deliver(new JobEvent.StopRequested());
    }

    public void CheckSettled()
    {
        Invariant("no execution is lost: each has ended", _service.Executions.All(e => !e.Status.IsPending()));
        Invariant("nothing is left to do", State is { Job: null, AskId: 0 } && _step is null);
        foreach (ModelExecution execution in _service.Executions)
        {
            Invariant("an execution is ended by the device once at most", execution.TerminalUpdates <= 1);
            if (execution.Status == JobExecutionStatus.Succeeded)
            {
                Invariant("SUCCEEDED means that every step has ended, and well or ignored", execution.Finished.Count == execution.Steps && !execution.StepFailed);
            }
            else if (execution.Status == JobExecutionStatus.Failed)
            {
                Invariant("FAILED means that a step has failed", execution.StepFailed);
            }
            else if (execution.Status == JobExecutionStatus.Rejected)
            {
                Invariant("REJECTED means that no step has begun", execution.StepsBegun == 0 && !execution.HasGoodDocument);
            }
        }
    }

    private static void Decorate(ModelExecution execution, int which)
    {
        execution.RefusesDetails = which % 11 == 0;
        execution.RefusesReports = which % 13 == 0;
    }

    private static void EndByService(ModelExecution execution, int which)
    {
        execution.Status = (which % 3) switch { 0 => JobExecutionStatus.Canceled, 1 => JobExecutionStatus.TimedOut, _ => JobExecutionStatus.Removed };
        execution.Version++;
    }

    /// <summary>Changes the service; the thing hears of a new head as long as it is connected.</summary>
    private void Change(Action change)
    {
        JobKey? before = _service.Head?.Key;
        change();
        if (_service.Head is var head && head?.Key != before && _isConnected)
        {
            _notifications.Add(new JobEvent.HeadChanged(head?.Key, head?.Status ?? JobExecutionStatus.Unknown));
        }
    }

    private void Connect()
    {
        _isConnected = true;
        Deliver(new JobEvent.Connected());
    }

    private void Disconnect(int which)
    {
        _isConnected = false;
        _notifications.Clear();
        Deliver(new JobEvent.Disconnected());

        // Of what was under way the service has seen some, and the answers are lost.
        while (_requests.Count > 0)
        {
            Request request = Take(_requests, which);
            if (which++ % 2 == 0)
            {
                Change(() => request.Apply(this));
            }

            Deliver(request.Failed(new Answer(ReplyStatus.NotConnected, default, "not connected")));
        }
    }

    private void Answer(int which)
    {
        Request request = Take(_requests, which);
        JobEvent? answer = null;
        Change(() => answer = request.Apply(this));
        Deliver(answer!);
    }

    private void Fail(int which)
    {
        Request request = Take(_requests, which);
        if (which % 3 == 0)
        {
            Change(() => request.Apply(this));
        }

        Deliver(request.Failed((which % 5) switch
        {
            0 => new Answer(ReplyStatus.Rejected, RejectionCode.RequestThrottled, "throttled"),
            1 => new Answer(ReplyStatus.Rejected, RejectionCode.InternalError, "internal"),
            2 => new Answer(ReplyStatus.Undecodable, default, "undecodable"),
            3 => new Answer(ReplyStatus.NotConnected, default, "not connected"),
            _ => new Answer(ReplyStatus.TimedOut, default, "timed out"),
        }));
    }

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

    private void Elapse(int index)
    {
        long id = _timers[index];
        _timers.RemoveAt(index);
        Deliver(new JobEvent.TimerElapsed(id));
    }

    private void Deliver(JobEvent happened)
    {
        try
        {
            DeliverOne(happened);
            while (_written is { } written)
            {
                _written = null;
                DeliverOne(written);
            }

            if (_mustClose && (State.HasExited || State is { Job: null, AskId: 0 }))
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

    /// <summary>The agent is killed and starts again: of all it knew the journal is left.</summary>
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

        // Of what was under way the service has seen some.
        for (int i = 0; _requests.Count > 0; i++)
        {
            Request request = Take(_requests, i);
            if ((i + Crashes) % 2 == 0)
            {
                Change(() => request.Apply(this));
            }
        }

        JobState start = JobMachine.Start(_mode, _jobId, stepTimer: 3);
        State = _disk is { } disk ? JobMachine.Resume(start, disk, _service.Find(disk.Taken.Key)!.Plan) : start;
    }

    private void Write(JobCommand.Journal command)
    {
        bool fails = _diskIsFull && command.Entry is not JournalEntry.Closed;
        if (command.Entry is JournalEntry.Closed)
        {
            // Not on the disk before the journal is settled, or the next execution is taken on.
            _mustClose = true;
        }
        else if (!fails)
        {
            _disk = JournalState.After(_disk, command.Entry);
            _mustClose &= command.Entry is JournalEntry.Reserve;
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
        if (entry is JournalEntry.Both both)
        {
            Note(both.First);
            Note(both.Second);
            return;
        }

        if (entry is JournalEntry.Reserve or JournalEntry.Closed or JournalEntry.Taken or JournalEntry.Decided)
        {
            return;
        }

        ModelExecution execution = _service.Find(_disk!.Value.Taken.Key)!;
        if (entry is JournalEntry.Ended ended)
        {
            Invariant("a step ends once", execution.Finished.TryAdd(ended.Index, StatusReport.IsSuccess(execution.Plan.Steps[ended.Index], ended.Result)));
        }
        else if (entry is JournalEntry.AttemptFailed failed)
        {
            int failures = execution.Failures[failed.Index] = execution.Failures.GetValueOrDefault(failed.Index) + 1;
            Invariant("failures are counted, and the last one ends the step", failures == failed.Failures && failures < execution.Plan.Steps[failed.Index].Attempts);
        }
    }

    private sealed class CrashException : Exception;

    private void DeliverOne(JobEvent happened)
    {
        Steps++;
        bool before = State.HasExited;
        if (happened is JobEvent.UpdateAnswered answered && answered.RequestId == _openUpdate)
        {
            _openUpdate = 0;
        }

        if (happened is JobEvent.Disconnected or JobEvent.Connected)
        {
            _openUpdate = 0;
        }

        if (happened is not (JobEvent.Journaled or JobEvent.Connected or JobEvent.Disconnected or JobEvent.StopRequested))
        {
            _past.Add(happened);
        }

        Transition transition = JobMachine.Next(State, happened);
        State = transition.State;
        Invariant("after the end nothing is done", !before || transition.Commands.Count == 0);
        foreach (JobCommand command in transition.Commands)
        {
            Perform(command);
        }

        Invariant("nothing is awaited that nobody will answer", State.Job is not { RunId: not 0 } || _step is not null);
    }

    private void Perform(JobCommand command)
    {
        Invariant("the end is the last command", Exit is null);
        if (_crashIn >= 0 && _crashIn-- == 0)
        {
            throw new CrashException();
        }

        Invariant("what follows from an entry waits until it is written", _written is null || command is JobCommand.ScheduleRetry or JobCommand.Tell);
        switch (command)
        {
            case JobCommand.Journal journal:
                Write(journal);
                break;
            case JobCommand.ListPending list:
                Send(new Request(list.RequestId, command));
                break;
            case JobCommand.StartNext next:
                Invariant("no work is asked for while an execution is active", State.Job is null && _step is null);
                Send(new Request(next.RequestId, command));
                break;
            case JobCommand.Describe describe:
                Send(new Request(describe.RequestId, command));
                break;
            case JobCommand.Update update:
                CheckUpdate(update);
                Send(new Request(update.RequestId, command));
                break;
            case JobCommand.RunStep run:
                CheckStep(run);
                break;
            case JobCommand.CancelStep cancel:
                Invariant("only the step that runs is cancelled, and once", _step?.RunId == cancel.RunId && !_stepIsCanceled);
                _stepIsCanceled = true;
                break;
            case JobCommand.ScheduleTimer timer:
                NewId(timer.TimerId);
                _timers.Add(timer.TimerId);
                break;
            case JobCommand.ScheduleRetry retry:
                NewId(retry.TimerId);
                Invariant("attempts are counted from 1", retry.Attempt >= 1);
                _timers.Add(retry.TimerId);
                break;
            case JobCommand.Exit exit:
                Invariant("the agent does not end while a step runs", _step is null);
                Exit = exit;
                break;
        }
    }

    private void CheckStep(JobCommand.RunStep run)
    {
        NewId(run.RunId);
        ModelExecution execution = _service.Find(run.Key)!;
        Invariant("never two steps at once", _step is null);
        int index = run.Number - 1;
        execution.StepsBegun++;
        Invariant("no step that finished runs again", !execution.Finished.ContainsKey(index));
        Invariant("steps run in order", execution.Finished.Keys.All(f => f < index) && run.Count == execution.Steps);
        Invariant("no step runs after one that has failed, unless it always runs", !execution.StepFailed || execution.Plan.Steps[index].AlwaysRuns);
        Invariant("the journal knows of a step before it runs", _disk is { IsRunning: true } disk && disk.Taken.Key == run.Key && disk.Index == index && disk.Attempt == run.Attempt);
        Invariant("attempts are counted", run.Attempt > execution.Attempts.GetValueOrDefault(index));
        execution.Attempts[index] = run.Attempt;
        Invariant("no step runs when the agent stops", !State.IsStopping);
        _step = run;
        _stepIsCanceled = false;
    }

    private void CheckUpdate(JobCommand.Update update)
    {
        Invariant("one update at a time", _openUpdate == 0);
        _openUpdate = update.RequestId;
        ModelExecution execution = _service.Find(update.Key)!;
        Invariant("no update expects a version that never was", update.ExpectedVersion <= execution.Version);
        if (update.Status != JobExecutionUpdateStatus.InProgress)
        {
            Invariant("an outcome is told when no step runs any more", _step is null);
            Invariant("the journal knows of an outcome before it is told", !execution.HasGoodDocument || (_disk is { Outcome: not null } disk && disk.Taken.Key == update.Key));
            Invariant("an outcome that the service has acknowledged is not told again", State.Job?.Outcome is not null);
        }
    }

    private void Send(Request request)
    {
        Invariant("nothing is sent without a connection", _isConnected);
        NewId(request.Id);
        _requests.Add(request);
    }

    private void NewId(long id) => Invariant("no id is given out twice", _ids.Add(id));

    private static T Take<T>(List<T> list, int which)
    {
        T taken = list[which % list.Count];
        list.RemoveAt(which % list.Count);
        return taken;
    }

    private static void Invariant(string name, bool holds) => Assert.True(holds, name);

    /// <summary>A request under way.</summary>
    private sealed record Request(long Id, JobCommand Command)
    {
        public JobEvent Apply(World world) => Command switch
        {
            JobCommand.ListPending => new JobEvent.PendingListed(Id, Runtime.StateMachine.Answer.Accepted),
            JobCommand.StartNext => Executed(world.Service.StartNext()),
            JobCommand.Describe describe => Described(world.Service, describe),
            JobCommand.Update update => Updated(world.Service.Update(update)),
            _ => throw new InvalidOperationException(),
        };

        public JobEvent Failed(Answer answer) => Command switch
        {
            JobCommand.ListPending => new JobEvent.PendingListed(Id, answer),
            JobCommand.Update => new JobEvent.UpdateAnswered(Id, answer, null),
            _ => new JobEvent.ExecutionAnswered(Id, answer, null),
        };

        private static Answer Rejected(RejectionCode code) => new(ReplyStatus.Rejected, code, code.ToString());

        private JobEvent.ExecutionAnswered Described(ServiceModel service, JobCommand.Describe describe)
        {
            ModelExecution? execution = service.Find(describe.JobId);
            return execution is null ? new JobEvent.ExecutionAnswered(Id, Rejected(RejectionCode.ResourceNotFound), null)
                : execution.Status.IsPending() ? Executed(execution)
                : new JobEvent.ExecutionAnswered(Id, Rejected(RejectionCode.TerminalStateReached), null);
        }

        private JobEvent.ExecutionAnswered Executed(ModelExecution? execution) => new(
            Id,
            Runtime.StateMachine.Answer.Accepted,
            execution is null ? null : new ExecutionOffer(execution.Key, execution.Status, execution.Version, Documents(execution)));

        private static DocumentResult Documents(ModelExecution execution) => execution.HasGoodDocument
            ? new DocumentResult(execution.Plan)
            : new DocumentResult([new DocumentFault("steps", "missing", 1, 1)]);

        private JobEvent.UpdateAnswered Updated((RejectionCode? Rejection, Standing? Standing) result) => result.Rejection is { } code
            ? new JobEvent.UpdateAnswered(Id, Rejected(code), result.Standing)
            : new JobEvent.UpdateAnswered(Id, Runtime.StateMachine.Answer.Accepted, null);
    }
}
