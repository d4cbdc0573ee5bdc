using System.Threading.Channels;
using EdgeJobs.Client;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.StateMachine;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime;

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
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<JobEvent> _events = Channel.CreateUnbounded<JobEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<long, ITimer> _timers = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly JobRequests _requests;
    private JobState _state;
    private JobEvent? _written;
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
    public JobLoop(IJobsClient client, JobRequests requests, IStepRunner steps, IJournal journal, JobState start, RetryBackoff backoff, TimeProvider time, ILogger logger)
    {
        _client = client;
        _steps = steps;
        _journal = journal;
        _state = start;
        _backoff = backoff;
        _time = time;
        _logger = logger;
        _requests = requests;
    }

    /// <summary>Where it is kept how each job ended; null to keep it nowhere.</summary>
    public JobArchive? Archive { get; init; }

    /// <summary>Asks the loop to end; a second time more urgently. From any thread.</summary>
    public void RequestStop() => _events.Writer.TryWrite(new JobEvent.StopRequested());

    /// <summary>Runs until the state machine ends it.</summary>
    /// <returns>The exit code, and what the operator has to mend if anything.</returns>
    public async Task<(int Code, string? Fault)> RunAsync()
    {
        Task pump = PumpAsync();
        try
        {
            while (true)
            {
                // What follows from an entry of the journal comes before anything else that has happened.
                JobEvent happened = _written ?? await _events.Reader.ReadAsync().ConfigureAwait(false);
                _written = null;
                Transition transition = JobMachine.Next(_state, happened);
                _state = transition.State;
                foreach (JobCommand command in transition.Commands)
                {
                    if (command is JobCommand.Exit exit)
                    {
                        return (exit.Code, exit.Fault);
                    }

                    Perform(command);
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
            await pump.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ITimer timer in _timers.Values)
        {
            timer.Dispose();
        }

        _step?.Dispose();
        _ending.Dispose();
    }

    private void Perform(JobCommand command)
    {
        switch (command)
        {
            case JobCommand.ListPending list:
                _ = AnswerAsync(_requests.ListAsync(list, _ending.Token));
                break;
            case JobCommand.StartNext next:
                _ = AnswerAsync(_requests.StartNextAsync(next, _ending.Token));
                break;
            case JobCommand.Describe describe:
                _ = AnswerAsync(_requests.DescribeAsync(describe, _ending.Token));
                break;
            case JobCommand.Update update:
                AgentLog.Reporting(_logger, update.Key, update.ExpectedVersion, update.Status.ToWireString());
                _ = AnswerAsync(_requests.UpdateAsync(update, _ending.Token));
                break;
            case JobCommand.Journal entry:
                Write(entry);
                break;
            case JobCommand.RunStep run:
                _step?.Dispose();
                _step = new CancellationTokenSource();
                _ = AnswerAsync(RunStepAsync(run, _step.Token));
                break;
            case JobCommand.CancelStep cancel:
                AgentLog.StepCanceled(_logger, _state.Job!.Key, cancel.Reason);
                _step!.Cancel();
                break;
            case JobCommand.ScheduleTimer timer:
                Schedule(timer.TimerId, timer.Delay);
                break;
            case JobCommand.ScheduleRetry retry:
                TimeSpan delay = _backoff.Next(retry.Attempt);
                AgentLog.Retrying(_logger, retry.Attempt, StatusText.Seconds(delay), retry.Reason);
                Schedule(retry.TimerId, delay);
                break;
            case JobCommand.Tell tell:
                Tell(tell);
                break;
        }
    }

    private void Write(JobCommand.Journal command)
    {
        JournalEntry entry = command.Entry is JournalEntry.Taken taken ? taken with { ThingName = _client.ThingName } : command.Entry;
        string? fault = _journal.Write(entry);
        if (command.WriteId != 0)
        {
            _written = new JobEvent.Journaled(command.WriteId, fault);
        }
        else if (fault is not null)
        {
            AgentLog.JournalFault(_logger, fault);
        }
    }

    /// <summary>Brings what a command led to back as an event.</summary>
    private async Task AnswerAsync(ValueTask<JobEvent> answer)
    {
        try
        {
            _events.Writer.TryWrite(await answer.ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The loop ends; nobody waits for the answer.
        }
#pragma warning disable CA1031 // A fault of the program ends the loop, where it is told; on this task nobody would see it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _events.Writer.TryComplete(e);
        }
    }

    private async ValueTask<JobEvent> RunStepAsync(JobCommand.RunStep run, CancellationToken cancellationToken)
    {
        AgentLog.StepStarted(_logger, run.Key, run.Number, run.Count, run.Step.Name, run.Step.Action.Describe());
        StepContext context = new(_client.ThingName, run.Key.JobId, run.Key.ExecutionNumber, run.Number, run.Count, run.Step, run.Attempt);
        StepResult result = await _steps.RunAsync(context, new Progress(this, run.RunId), cancellationToken).ConfigureAwait(false);
        if (StatusReport.IsSuccess(run.Step, result))
        {
            AgentLog.StepSucceeded(_logger, run.Key, run.Number, run.Count, run.Step.Name, result.Describe());
        }
        else
        {
            AgentLog.StepFailed(_logger, run.Key, run.Number, run.Count, run.Step.Name, StatusReport.Fault(run.Step, result));
        }

        return new JobEvent.StepCompleted(run.RunId, result);
    }

    /// <summary>Brings what a step says of itself back as events. Not <see cref="Progress{T}"/>, which tells out of order.</summary>
    private sealed class Progress(JobLoop loop, long runId) : IProgress<StepProgress>
    {
        public void Report(StepProgress value) => loop._events.Writer.TryWrite(new JobEvent.StepProgressed(runId, value));
    }

    private void Schedule(long id, TimeSpan delay)
    {
        // A timer that the machine no longer waits for elapses in vain; there are never many of them.
        ITimer timer = _time.CreateTimer(_ => _events.Writer.TryWrite(new JobEvent.TimerElapsed(id)), null, delay, Timeout.InfiniteTimeSpan);
        _timers[id] = timer;
        ForgetElapsed(id);
    }

    private void ForgetElapsed(long newest)
    {
        JobState state = _state;
        List<long>? gone = null;
        foreach (long id in _timers.Keys)
        {
            if (id != newest && id != state.RetryTimer && id != state.StopTimer && (state.Job is not { } job || !IsAwaited(job, id)))
            {
                (gone ??= []).Add(id);
            }
        }

        foreach (long id in gone ?? [])
        {
            _timers.Remove(id, out ITimer? timer);
            timer?.Dispose();
        }
    }

    private static bool IsAwaited(ActiveJob job, long id) =>
        id == job.RetryTimer || id == job.ThrottleTimer || id == job.DelayTimer || id == job.WriteTimer || id == job.HeartbeatTimer;

    private async Task PumpAsync()
    {
        try
        {
            while (await _client.ReadEventAsync(_ending.Token).ConfigureAwait(false) is { } happened)
            {
                _events.Writer.TryWrite(happened switch
                {
                    JobsEvent.Connected => new JobEvent.Connected(),
                    JobsEvent.NextJobExecutionChanged changed => JobRequests.HeadOf(changed.Message),
                    _ => new JobEvent.Disconnected(),
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
    }

    private void Keep(JobCommand.Tell tell)
    {
        // "FAILED: step 2 of 3 …"
        int colon = tell.Text.IndexOf(": ", StringComparison.Ordinal);
        (string status, string reason) = colon < 0 ? (tell.Text, string.Empty) : (tell.Text[..colon], tell.Text[(colon + 2)..]);
        if (Archive?.Finish(tell.Key.JobId, tell.Key.ExecutionNumber, status, reason) is { } fault)
        {
            AgentLog.OutcomeNotKept(_logger, tell.Key, fault);
        }
    }

    private void Tell(JobCommand.Tell tell)
    {
        switch (tell.Notice)
        {
            case Notice.JobStarted:
                AgentLog.JobStarted(_logger, tell.Key, tell.Text);
                break;
            case Notice.JobSucceeded:
                AgentLog.JobSucceeded(_logger, tell.Key, tell.Text);
                Keep(tell);
                break;
            case Notice.JobFailed:
                AgentLog.JobFailed(_logger, tell.Key, tell.Text);
                Keep(tell);
                break;
            case Notice.JobLost:
                AgentLog.JobLost(_logger, tell.Key, tell.Text);
                break;
            case Notice.ReportRefused:
                AgentLog.ReportRefused(_logger, tell.Key, tell.Text);
                break;
            case Notice.JobInterrupted:
                AgentLog.JobInterrupted(_logger, tell.Key, tell.Text);
                break;
            case Notice.JobResumed:
                AgentLog.JobResumed(_logger, tell.Key, tell.Text);
                break;
            case Notice.StepInterrupted or Notice.StepRetried:
                AgentLog.StepAgain(_logger, tell.Key, tell.Text);
                break;
            case Notice.JournalFault when tell.Key == default:
                AgentLog.JournalFault(_logger, tell.Text);
                break;
            case Notice.JournalFault:
                AgentLog.JobStandsStill(_logger, tell.Key, tell.Text);
                break;
            case Notice.Idle:
                AgentLog.Idle(_logger);
                break;
            default:
                AgentLog.Stopping(_logger, tell.Key, tell.Text);
                break;
        }
    }
}
