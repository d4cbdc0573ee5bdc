using EdgeJobs.PowerCut.Tests.Recording;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Documents;
using EdgeJobs.Runtime.Engine;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Output;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeJobs.PowerCut.Tests.Recovery;

/// <summary>
/// The agent after a power cut, in this process: the agent's own data directory, journal, state machine and archive, a model of the
/// service, and steps that end at once, as <see cref="StepScript"/> says.
/// </summary>
internal sealed class RecoveredBoard : IDisposable
{
    private const int MaxEvents = 5000;
    private const int OutputBytes = 1024;
    private const int KeptJobs = 4;
    private readonly ServiceModel _service;
    private readonly DataDirectory _data;
    private readonly JobArchive _archive;
    private readonly Queue<JobEvent> _events = [];
    private readonly Queue<long> _timers = [];
    private readonly List<(string Word, int Index, int Attempt)> _begun = [];
    private readonly string _thing;
    private JobState _state;

    /// <exception cref="UsageException">The agent refuses the directory.</exception>
    public RecoveredBoard(string directory, ServiceModel service, string thing)
    {
        _service = service;
        _thing = thing;
        _data = DataDirectory.Open(directory);
        _archive = new JobArchive(Path.Combine(directory, JobArchive.DirectoryName), OutputBytes, KeptJobs, TimeProvider.System);
        JobState start = JobMachine.Start(RunMode.Forever) with { ThingName = thing };
        _state = _data.Resume(start, thing, JobDocumentReader.BuiltIn, NullLogger.Instance);
    }

    /// <summary>The steps that it has started, in order.</summary>
    public IReadOnlyList<(string Word, int Index, int Attempt)> Begun => _begun;

    /// <summary>What is wrong; null when nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Runs until it is idle.</summary>
    public void Run()
    {
        Fault ??= _data.Journal.WasDamaged ? $"refused: {_data.Journal.Finding}" : null;
        Fault ??= RunningStepFile.FindFault(_data.Path, _data.Journal.State is not null);
        JobEvent start = _state.IsConnected
            ? new JobEvent.HeadChanged(new ExecutionOffer(default, default, 0, null))
            : new JobEvent.Connected();
        _events.Enqueue(start);
        for (int i = 0; Fault is null && (_events.Count > 0 || _timers.Count > 0); i++)
        {
            Process(_events.Count > 0 ? _events.Dequeue() : new JobEvent.TimerElapsed(_timers.Dequeue()));
            if (_state is { Job: null, ClaimId: 0 })
            {
                Fault ??= _data.Journal.Settle();
            }

            Fault ??= i > MaxEvents ? "stuck: it does not come to rest" : null;
        }
    }

    public void Dispose() => _data.Dispose();

    private void Process(JobEvent jobEvent)
    {
        JobEvent? next = jobEvent;
        while (next is not null && Fault is null)
        {
            Transition transition = JobMachine.Next(_state, next);
            _state = transition.State;
            next = null;
            foreach (JobCommand command in transition.Commands)
            {
                next = Perform(command) ?? next;
            }
        }
    }

    /// <returns>What follows before any other event.</returns>
    private JobEvent.Journaled? Perform(JobCommand command)
    {
        switch (command)
        {
            case JobCommand.Journal journal:
                string? fault = _data.Journal.Write(journal.Entry);
                Fault ??= fault;
                return journal.WriteId == 0 ? null : new JobEvent.Journaled(journal.WriteId, fault);
            case JobCommand.RunStep run:
                RunStep(run);
                return null;
            case JobCommand.ScheduleTimer timer:
                _timers.Enqueue(timer.TimerId);
                return null;
            case JobCommand.ScheduleRetry retry:
                _timers.Enqueue(retry.TimerId);
                return null;
            case JobCommand.LogOutcome outcome:
                Fault ??= _archive.Finish(outcome.Key, outcome.Outcome) is { } why ? $"stuck: the archive: {why}" : null;
                return null;
            case JobCommand.Exit exit:
                Fault ??= $"stuck: it ends with exit code {exit.Code}: {exit.Fault}";
                return null;
            case JobCommand.Log or JobCommand.SchedulePoll or JobCommand.CancelStep:
                return null;
            default:
                _events.Enqueue(_service.Answer(command));
                return null;
        }
    }

    private void RunStep(JobCommand.RunStep run)
    {
        _begun.Add((Execution.WordOf(run.Step), run.Number - 1, run.Attempt));
        StepContext context = new(_thing, run.Key.JobId, run.Key.ExecutionNumber, run.Number, run.Count, run.Step, run.Attempt);
        StepResult result = new() { End = StepEnd.Exited, Code = StepScript.ExitCode(run.Step.Name, run.Attempt) };
        using (StepArchive? archive = _archive.Begin(context, out string? fault))
        {
            archive?.AppendOut("output\n"u8);
            fault ??= archive?.Finish(result);
            Fault ??= fault is null ? null : $"stuck: the archive: {fault}";
        }

        _events.Enqueue(new JobEvent.StepCompleted(run.RunId, result));
    }
}
