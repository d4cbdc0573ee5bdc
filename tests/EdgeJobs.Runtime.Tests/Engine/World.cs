using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Tests.Engine;

/// <summary>
/// Everything around the state machine: the service, the connection, the step, the timers, and random numbers that decide what
/// happens next. Checks the named invariants at each command. This part is what can happen; the other parts are the board and the
/// connection.
/// </summary>
internal sealed partial class World
{
    /// <summary>The number of kinds of events.</summary>
    public const int Kinds = 30;

    private const int MaxExecutions = 20;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMinutes(60);
    private readonly ServiceModel _service = new();
    private readonly RunMode _mode;
    private readonly string? _jobId;
    private readonly int _stepTimer;

    public World(RunMode mode = RunMode.Forever, string? jobId = null, int stepTimer = 3)
    {
        _mode = mode;
        _jobId = jobId;
        _stepTimer = stepTimer;
        State = Start();
    }

    /// <summary>How often the agent was killed.</summary>
    public int Crashes { get; private set; }

    public JobState State { get; private set; }

    public ServiceModel Service => _service;

    public JobCommand.Exit? Exit { get; private set; }

    /// <summary>The status of the single job when the agent ended.</summary>
    public JobExecutionStatus? StatusAtExit { get; private set; }

    public int Steps { get; private set; }

    /// <summary>Lets the event happen that the two numbers select, if it can happen now.</summary>
    public void Happen(int what, int which)
    {
        switch (what % Kinds)
        {
            case 0 when _service.All.Count < MaxExecutions:
                Change(() => Decorate(_service.Create(1 + (which % 3), which % 7 != 0), which), which);
                break;
            case 1:
                if (_isConnected)
                {
                    // A new connection replaces the old one, whose requests in flight are lost.
                    Disconnect(which);
                }

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
            case 11:
                PassTime();
                break;
            case 12 when _timers.Count > 0:
                // Early: that must do no harm for any timer.
                Elapse(which % _timers.Count, early: true);
                break;
            case 13 or 14 when _notifications.Count > 0 && _isConnected:
                Deliver(Take(_notifications, which));
                break;
            case 15 when _past.Count > 0:
                // Late and duplicate replies, results and timers change nothing.
                Deliver(_past[which % _past.Count]);
                break;
            case 16 when _service.Head is { } head:
                Change(() => EndByService(head, which), which);
                break;
            case 17 when _service.Head is { Status: JobExecutionStatus.InProgress } shared:
                // Another client with this thing's name.
                shared.Version++;
                break;
            case 18 when which % 5 == 0:
                Deliver(new JobEvent.HeadChanged(new ExecutionOffer(new JobKey("foreign", 9), JobExecutionStatus.Queued, 1, null)));
                break;
            case 19 when Exit is null && !State.IsStopping:
                // Now, or during the next commands.
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
            case 22 or 23 when _service.All.Count is > 0 and < MaxExecutions:
                Replace(_service.All[which % _service.All.Count], which);
                break;
            case 24 when _service.All.Count is > 0 and < MaxExecutions:
                RetryJob(_service.All[which % _service.All.Count], which);
                break;
            case 25:
                _service.Now += which % 3;
                break;
            case 26:
                // A long time without events.
                for (int i = 0; i < which % 12; i++)
                {
                    PassTime();
                }

                break;
            case 27 when _notifications.Count > 0:
                Take(_notifications, which);
                break;
            case 28 when _notifications.Count > 0 && which % 3 == 0:
                _notifications[which % _notifications.Count] = new JobEvent.HeadChanged(
                    new ExecutionOffer(default, JobExecutionStatus.Unknown, 0, null));
                break;
            case 29 when _service.Head is { } opaque:
                opaque.IsUnreadable = which % 3 == 0;
                break;
        }
    }

    /// <summary>
    /// No more faults: everything that has started ends. An existing connection stays; only what was lost is requested again.
    /// </summary>
    public void Settle()
    {
        foreach (ModelExecution execution in _service.All)
        {
            execution.RefusesReports = false;
            execution.IsUnreadable = false;
        }

        _diskIsFull = false;
        _crashIn = -1;
        if (!_isConnected)
        {
            Connect();
        }

        bool hasPolled = false;
        for (int i = 0; i < 4000 && Exit is null; i++)
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
            else if (_timers.FindIndex(t => !t.IsPoll) is >= 0 and var index)
            {
                Elapse(index);
            }
            else if (!hasPolled && _timers.FindIndex(t => t.Id == State.PollTimer) is >= 0 and var poll)
            {
                // The poll finds what was lost.
                hasPolled = true;
                Elapse(poll);
            }
            else
            {
                return;
            }
        }

        Invariant("it becomes idle", Exit is not null);
    }

    public void Stop()
    {
        _crashIn = -1;
        Deliver(new JobEvent.StopRequested());
    }

    public void CheckSettled()
    {
        Invariant("no execution is lost: each has ended", _service.Executions.All(e => !e.Status.IsPending()));
        Invariant("nothing is left to do", State is { Job: null, ClaimId: 0 } && _step is null);
        foreach (ModelExecution execution in _service.All)
        {
            Invariant("the device ends an execution at most once", execution.TerminalUpdates <= 1);
            if (execution.Status == JobExecutionStatus.Succeeded)
            {
                Invariant("SUCCEEDED means that every step has ended, successfully or ignored", execution.HasSucceeded);
            }
            else if (execution.Status == JobExecutionStatus.Failed)
            {
                Invariant("FAILED means that a step has failed", execution.StepFailed);
            }
            else if (execution.Status == JobExecutionStatus.Rejected)
            {
                Invariant("REJECTED means that no step has started", execution.StepsBegun == 0 && !execution.HasGoodDocument);
            }
        }
    }

    private static void Decorate(ModelExecution execution, int which)
    {
        execution.RefusesDetails = which % 11 == 0;
        execution.RefusesReports = which % 13 == 0;
        execution.IsUnreadable = which % 17 == 0;
    }

    private static void EndByService(ModelExecution execution, int which)
    {
        execution.Status = (which % 3) switch
        {
            0 => JobExecutionStatus.Canceled,
            1 => JobExecutionStatus.TimedOut,
            _ => JobExecutionStatus.Removed
        };
        execution.Version++;
    }

    /// <summary>A job is deleted, and mostly created again with the same id: within the second, or later.</summary>
    private void Replace(ModelExecution old, int which)
    {
        if (old.IsDeleted)
        {
            return;
        }

        if (which % 5 == 0)
        {
            Change(() => _service.Delete(old), which);
        }
        else
        {
            _service.Now += which % 4 == 0 ? 1 : 0;
            Change(() => Decorate(_service.Recreate(old, 1 + (which % 3), which % 7 != 0), which), which);
        }
    }

    private void RetryJob(ModelExecution old, int which)
    {
        if (old is { IsDeleted: false, Status: JobExecutionStatus.Failed or JobExecutionStatus.TimedOut }
            && _service.Find(old.Key.JobId) == old)
        {
            Change(() => _service.Retry(old), which);
        }
    }

    /// <summary>Time passes until something is due: a timer of the agent, or the service's step timer.</summary>
    private void PassTime()
    {
        int next = -1;
        for (int i = 0; i < _timers.Count; i++)
        {
            next = next < 0 || _timers[i].Due < _timers[next].Due ? i : next;
        }

        double due = next < 0 ? double.PositiveInfinity : _timers[next].Due;
        ModelExecution? silent = _service.Executions.Where(e => e.Status == JobExecutionStatus.InProgress).MinBy(e => e.StepDeadline);
        if (silent is not null && silent.StepDeadline < due)
        {
            _service.Now = Math.Max(_service.Now, silent.StepDeadline);
            Invariant("an execution of a running, connected board does not time out", !IsKeptAlive(silent));
            Change(() => EndByService(silent, 1), 1);
        }
        else if (next >= 0)
        {
            Elapse(next);
        }
    }

    /// <summary>The board can restart the step timer of an execution whose step runs.</summary>
    private bool IsKeptAlive(ModelExecution execution) =>
        Exit is null && _isConnected && _requests.Count == 0 && !execution.RefusesReports
        && State.Job is { LostReason: null, RetryTimer: 0, WriteTimer: 0 } job && (job.RunId != 0 || job.DelayTimer != 0)
        && _disk is { } disk && _service.OfDocument(disk.Claim.Document) == execution;

    private JobState Start() => JobMachine.Start(_mode, _jobId, TimeSpan.FromSeconds(10), stepTimer: _stepTimer,
        pollInterval: PollInterval);

    private static T Take<T>(List<T> list, int which)
    {
        T taken = list[which % list.Count];
        list.RemoveAt(which % list.Count);
        return taken;
    }

    private static void Invariant(string name, bool holds) => Assert.True(holds, name);
}
