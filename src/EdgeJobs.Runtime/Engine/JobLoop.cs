using System.Runtime.CompilerServices;
using System.Threading.Channels;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Text;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// Owns the state. Passes one event after another to <see cref="JobMachine"/> and executes the commands; their results come back as events.
/// Nothing else writes the state.
/// </summary>
internal sealed class JobLoop : IDisposable
{
    // The loop has to show that it turns. There is no timer 0.
    private static readonly JobEvent Check = new JobEvent.TimerElapsed(0);
    private readonly JobsClient _client;
    private readonly IStepRunner _steps;
    private readonly JournalFile _journal;
    private readonly RetryBackoff _backoff;
    private readonly ILogger _logger;

    // The thread that posts an event runs the waiting loop: no thread of the pool has to wake up.
    private readonly Channel<QueuedEvent> _events = NewChannel<QueuedEvent>();

    // One item for each of the client's events that the loop has consumed.
    private readonly Channel<bool> _consumed = NewChannel<bool>();
    private readonly PendingReceipts _pending = new();
    private readonly LoopTimers _timers;
    private readonly CancellationTokenSource _ending = new();
    private readonly JobRequests _requests;
    private readonly JobNotices _notices;
    private readonly TransitionBuilder _builder = new();
    private readonly RequestCompletions _completions;
    private JobState _state;

    // The entry that was just written: its consequences come before any queued event.
    private (long Id, string? Fault)? _journaled;
    private bool _isDurable;
    private CancellationTokenSource? _step;

    /// <param name="client">The service; connected or connecting.</param>
    /// <param name="requests">Sends the requests.</param>
    /// <param name="steps">Runs the steps.</param>
    /// <param name="journal">Keeps what must survive the end of the agent.</param>
    /// <param name="start">The initial state.</param>
    /// <param name="backoff">The delay before a retry.</param>
    /// <param name="time">The clock of the timers.</param>
    /// <param name="logger">The agent's log.</param>
    /// <param name="archive">Keeps outcomes on the board; null to keep none.</param>
    public JobLoop(
        JobsClient client,
        JobRequests requests,
        IStepRunner steps,
        JournalFile journal,
        JobState start,
        RetryBackoff backoff,
        TimeProvider time,
        ILogger logger,
        JobArchive? archive = null)
    {
        _client = client;
        _steps = steps;
        _journal = journal;
        _state = start;
        _backoff = backoff;
        _logger = logger;
        _timers = new LoopTimers(time, id => Post(new JobEvent.TimerElapsed(id)));
        _notices = new JobNotices(logger, archive);
        _requests = requests;
        _completions = new RequestCompletions(_events.Writer, _ending.Token);
    }

    /// <summary>Trims the memory while the agent is idle; null to not do so.</summary>
    public IdleMemoryTrimmer? Trimmer { get; init; }

    /// <summary>Informs the service manager; null without one.</summary>
    public ServiceStatus? Service { get; init; }

    /// <summary>Called when the service has accepted a request, after each event until it returns true.</summary>
    public Func<bool>? Accepted { get; set; }

    /// <summary>Requests the end of the loop; a second request is more urgent. Callable from any thread.</summary>
    public void RequestStop() => Post(new JobEvent.StopRequested());

    /// <summary>Runs until the state machine ends it.</summary>
    /// <returns>The exit code, and what the operator has to fix, if anything.</returns>
    public async Task<(int Code, string? Fault)> RunAsync()
    {
        Task pump = PumpAsync();
        Service?.Watch(() => Post(Check));
        try
        {
            while (true)
            {
                QueuedEvent queued = await _events.Reader.ReadAsync().ConfigureAwait(false);
                if (ReferenceEquals(queued.Event, Check))
                {
                    Service?.Alive();
                    continue;
                }

                if (queued.Event is JobEvent.Connected or JobEvent.Disconnected or JobEvent.HeadChanged)
                {
                    _consumed.Writer.TryWrite(true);
                }

                if (queued.Event is JobEvent.Connected)
                {
                    _notices.OnConnected();
                }

                _isDurable = true;
                JobCommand.Exit? exit = Process(queued.Event);
                if (_state.HasBeenAccepted && Accepted is { } accepted && accepted())
                {
                    Accepted = null;
                }

                bool isIdle = _state.Job is null && _state.ClaimId == 0;
                if ((isIdle || exit is not null) && _journal.Settle() is { } fault)
                {
                    AgentLog.JournalFault(_logger, fault);
                }

                Trimmer?.Update(isIdle);
                Service?.Update(_state);
                if (_isDurable)
                {
                    // The effect of the message is in the journal, or it has none.
                    queued.Receipt.Acknowledge();
                }
                else if (queued.Receipt != default)
                {
                    _pending.Add(queued.Receipt);
                }

                if (exit is not null)
                {
                    return (exit.Code, exit.Fault);
                }
            }
        }
        catch (ChannelClosedException e) when (e.InnerException is not null)
        {
            throw new InvalidOperationException(e.InnerException.Message, e.InnerException);
        }
        finally
        {
            await _ending.CancelAsync().ConfigureAwait(false);
            _consumed.Writer.Complete();
            await pump.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timers.Dispose();
        _step?.Dispose();
        _ending.Dispose();
    }

    /// <summary>Executes the consequences of an event and of the journal entries that it leads to.</summary>
    /// <returns>The command that ends the loop, or null.</returns>
    private JobCommand.Exit? Process(JobEvent? jobEvent)
    {
        while (jobEvent is not null || _journaled is not null)
        {
            _builder.Begin(_state);
            if (jobEvent is not null)
            {
                JobMachine.Next(_builder, jobEvent);
                jobEvent = null;
            }
            else
            {
                (long id, string? fault) = _journaled!.Value;
                _journaled = null;
                JobMachine.NextJournaled(_builder, id, fault);
            }

            _state = _builder.State;
            for (int i = 0; i < _builder.Commands.Count; i++)
            {
                JobCommand command = _builder.Commands[i];
                if (command is JobCommand.Exit exit)
                {
                    return exit;
                }

                Perform(command);
            }
        }

        return null;
    }

    private static Channel<T> NewChannel<T>() =>
        Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private void Post(JobEvent jobEvent, MessageReceipt receipt = default) => _events.Writer.TryWrite(new QueuedEvent(jobEvent, receipt));

    private void Perform(JobCommand command)
    {
        switch (command)
        {
            case JobCommand.ListPending list:
                _completions.Add(_requests.ListAsync(list, _ending.Token));
                break;
            case JobCommand.StartNext next:
                _completions.Add(_requests.StartNextAsync(next, _ending.Token));
                break;
            case JobCommand.Describe describe:
                _completions.Add(_requests.DescribeAsync(describe, _ending.Token));
                break;
            case JobCommand.Update update:
                AgentLog.Reporting(_logger, update.Key, update.ExpectedVersion, update.Status.ToWireString());
                _completions.Add(_requests.UpdateAsync(update, _ending.Token));
                break;
            case JobCommand.Journal entry:
                Write(entry);
                break;
            case JobCommand.RunStep run:
                if (_step?.TryReset() is not true)
                {
                    _step?.Dispose();
                    _step = new CancellationTokenSource();
                }

                _completions.Add(RunStepAsync(run, _step.Token));
                break;
            case JobCommand.CancelStep cancel:
                AgentLog.StepCanceled(_logger, _state.Job!.Value.Key, cancel.Reason);
                _step!.Cancel();
                break;
            case JobCommand.ScheduleTimer timer:
                _timers.Schedule(timer.TimerId, timer.Delay, _state);
                break;
            case JobCommand.ScheduleRetry retry:
                TimeSpan delay = _backoff.Next(retry.Attempt);
                AgentLog.Retrying(_logger, retry.Attempt, StatusText.Seconds(delay), retry.Reason);
                _timers.Schedule(retry.TimerId, delay, _state);
                break;
            case JobCommand.SchedulePoll poll:
                _timers.Schedule(poll.TimerId, _backoff.Within(poll.Bound), _state);
                break;
            case JobCommand.Log notice:
                _notices.Log(notice);
                break;
            case JobCommand.LogOutcome ended:
                _notices.Log(ended);
                break;
        }
    }

    private void Write(JobCommand.Journal command)
    {
        string? fault = _journal.Write(command.Entry);
        if (fault is null)
        {
            _pending.AcknowledgeAll();
        }
        else
        {
            _isDurable = false;
        }

        if (command.WriteId != 0)
        {
            _journaled = (command.WriteId, fault);
        }
        else if (fault is not null)
        {
            AgentLog.JournalFault(_logger, fault);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<QueuedEvent> RunStepAsync(JobCommand.RunStep run, CancellationToken cancellationToken)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            AgentLog.StepStarted(_logger, run.Key, run.Number, run.Count, run.Step.Name, run.Step.Action.Describe());
        }

        StepContext context = new(_client.ThingName, run.Key.JobId, run.Key.ExecutionNumber, run.Number, run.Count, run.Step, run.Attempt);
        if (run.Step.Action is StepAction.Download or StepAction.UpdateAgent)
        {
            context = WithRefresh(context, run);
        }

        StepResult result = await _steps.RunAsync(context, new Progress(this, run.RunId), cancellationToken).ConfigureAwait(false);
        bool isSuccess = StatusReport.IsSuccess(run.Step, result);
        if (isSuccess && _logger.IsEnabled(LogLevel.Information))
        {
            AgentLog.StepSucceeded(_logger, run.Key, run.Number, run.Count, run.Step.Name, result.Describe());
        }
        else if (!isSuccess)
        {
            AgentLog.StepFailed(_logger, run.Key, run.Number, run.Count, run.Step.Name, StatusReport.Fault(run.Step, result));
        }

        return new QueuedEvent(new JobEvent.StepCompleted(run.RunId, result));
    }

    // A method of its own, so that the closure is created only here.
    private StepContext WithRefresh(StepContext context, JobCommand.RunStep run) =>
        context with { Refresh = token => _requests.RefreshAsync(run.Key, run.Number - 1, token) };

    /// <summary>Turns the progress of a step into events. Unlike <see cref="Progress{T}"/>, it keeps their order.</summary>
    private sealed class Progress(JobLoop loop, long runId) : IProgress<StepProgress>
    {
        public void Report(StepProgress value) => loop.Post(new JobEvent.StepProgressed(runId, value));
    }

    /// <summary>
    /// Reads the client's events, each after the loop has consumed the one before: until then the client keeps only the newest
    /// notification.
    /// </summary>
    private async Task PumpAsync()
    {
        try
        {
            do
            {
                if (await _client.ReadEventAsync(_ending.Token).ConfigureAwait(false) is not { } jobsEvent)
                {
                    return;
                }

                switch (jobsEvent)
                {
                    case JobsEvent.Connected:
                        Post(new JobEvent.Connected());
                        break;
                    case JobsEvent.NextJobExecutionChanged changed:
                        Post(_requests.HeadOf(changed.Payload.Span), changed.Receipt);
                        break;
                    default:
                        Post(new JobEvent.Disconnected());
                        break;
                }
            }
            while (await _consumed.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false) && _consumed.Reader.TryRead(out _));
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }
}
