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
/// Owns the state: takes one event after the other, asks <see cref="JobMachine"/> what it leads to, and carries out the
/// commands. What they lead to comes back as events; nothing else writes the state.
/// </summary>
internal sealed class JobLoop : IDisposable
{
    private readonly IJobsClient _client;
    private readonly IStepRunner _steps;
    private readonly IJournal _journal;
    private readonly RetryBackoff _backoff;
    private readonly ILogger _logger;

    // Whoever brings an event takes the loop along as far as it goes, when it waits: no thread of the pool has to be woken for it.
    private readonly Channel<QueuedEvent> _events = Channel.CreateUnbounded<QueuedEvent>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    // One for each of the client's events that was taken.
    private readonly Channel<bool> _taken = Channel.CreateUnbounded<bool>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });
    private readonly PendingReceipts _held = new();
    private readonly LoopTimers _timers;
    private readonly CancellationTokenSource _ending = new();
    private readonly JobRequests _requests;
    private readonly JobNotices _notices;
    private readonly TransitionBuilder _builder = new();
    private readonly RequestCompletions _answers;
    private JobState _state;

    // The entry that was just written: what follows from it comes before anything else that has happened.
    private (long Id, string? Fault)? _written;
    private bool _isKept;
    private CancellationTokenSource? _step;

    /// <summary>Makes a loop.</summary>
    /// <param name="client">The service; connected, or connecting.</param>
    /// <param name="requests">Carries requests out.</param>
    /// <param name="steps">Runs the steps.</param>
    /// <param name="journal">Keeps what must survive the end of the agent.</param>
    /// <param name="start">The state to begin with.</param>
    /// <param name="backoff">How long to wait before a request is sent again.</param>
    /// <param name="time">The clock of the timers.</param>
    /// <param name="logger">The operator's log.</param>
    /// <param name="archive">Where it is kept how each job ended; null to keep it nowhere.</param>
    public JobLoop(
        IJobsClient client, JobRequests requests, IStepRunner steps, IJournal journal, JobState start, RetryBackoff backoff, TimeProvider time, ILogger logger, JobArchive? archive = null)
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
        _answers = new RequestCompletions(_events.Writer, _ending.Token);
    }

    /// <summary>Told when there is nothing to do; null where nothing comes of it.</summary>
    public IdleMemoryTrimmer? Rest { get; init; }

    /// <summary>Asks the loop to end; a second time more urgently. From any thread.</summary>
    public void RequestStop() => Post(new JobEvent.StopRequested());

    /// <summary>Runs until the state machine ends it.</summary>
    /// <returns>The exit code, and what the operator has to mend if anything.</returns>
    public async Task<(int Code, string? Fault)> RunAsync()
    {
        Task pump = PumpAsync();
        try
        {
            while (true)
            {
                QueuedEvent happening = await _events.Reader.ReadAsync().ConfigureAwait(false);
                if (happening.Event is JobEvent.Connected or JobEvent.Disconnected or JobEvent.HeadChanged)
                {
                    _taken.Writer.TryWrite(true);
                }

                if (happening.Event is JobEvent.Connected)
                {
                    _notices.StartAnew();
                }

                _isKept = true;
                JobCommand.Exit? exit = Take(happening.Event);
                bool isQuiet = _state.Job is null && _state.AskId == 0;
                if ((isQuiet || exit is not null) && _journal.Settle() is { } fault)
                {
                    AgentLog.JournalFault(_logger, fault);
                }

                Rest?.Note(isQuiet);
                if (_isKept)
                {
                    // What the message brought is in the journal, or there was nothing to keep.
                    happening.Receipt.Acknowledge();
                }
                else if (happening.Receipt != default)
                {
                    _held.Add(happening.Receipt);
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
            _taken.Writer.Complete();
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

    /// <summary>Carries out what an event leads to, and what follows from the journal's entries, which comes before anything else that has happened.</summary>
    /// <returns>The command that ends the loop, or null.</returns>
    private JobCommand.Exit? Take(JobEvent? happened)
    {
        while (happened is not null || _written is not null)
        {
            _builder.Begin(_state);
            if (happened is not null)
            {
                JobMachine.Next(_builder, happened);
                happened = null;
            }
            else
            {
                (long id, string? fault) = _written!.Value;
                _written = null;
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

    private void Post(JobEvent happened, MessageReceipt receipt = default) => _events.Writer.TryWrite(new QueuedEvent(happened, receipt));

    private void Perform(JobCommand command)
    {
        switch (command)
        {
            case JobCommand.ListPending list:
                _answers.Add(_requests.ListAsync(list, _ending.Token));
                break;
            case JobCommand.StartNext next:
                _answers.Add(_requests.StartNextAsync(next, _ending.Token));
                break;
            case JobCommand.Describe describe:
                _answers.Add(_requests.DescribeAsync(describe, _ending.Token));
                break;
            case JobCommand.Update update:
                AgentLog.Reporting(_logger, update.Key, update.ExpectedVersion, update.Status.ToWireString());
                _answers.Add(_requests.UpdateAsync(update, _ending.Token));
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

                _answers.Add(RunStepAsync(run, _step.Token));
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
            case JobCommand.Log tell:
                _notices.Tell(tell);
                break;
        }
    }

    private void Write(JobCommand.Journal command)
    {
        string? fault = _journal.Write(command.Entry);
        if (fault is null)
        {
            _held.Release();
        }
        else
        {
            _isKept = false;
        }

        if (command.WriteId != 0)
        {
            _written = (command.WriteId, fault);
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

    /// <summary>Brings what a step says of itself back as events. Not <see cref="Progress{T}"/>, which tells out of order.</summary>
    private sealed class Progress(JobLoop loop, long runId) : IProgress<StepProgress>
    {
        public void Report(StepProgress value) => loop.Post(new JobEvent.StepProgressed(runId, value));
    }

    /// <summary>Brings the client's events, each when the one before was taken: until then the client keeps the newest notification only.</summary>
    private async Task PumpAsync()
    {
        try
        {
            do
            {
                if (await _client.ReadEventAsync(_ending.Token).ConfigureAwait(false) is not { } happened)
                {
                    return;
                }

                switch (happened)
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
            while (await _taken.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false) && _taken.Reader.TryRead(out _));
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }
}
