using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Logging;
using EdgeJobs.Runtime.Settings;
using Microsoft.Extensions.Logging;

namespace EdgeJobs.Runtime.Updates;

/// <summary>
/// The agent's way from one version to another. The packaged program, which the service manager starts, replaces itself by the program of
/// a slot; that one replaces itself by the packaged program to let it decide again.
/// </summary>
internal sealed class SelfUpdate
{
    /// <summary>Names the packaged program in the environment of a slot's program. Steps do not get it.</summary>
    public const string Variable = "EDGEJOBS_PACKAGED_PROGRAM";

    private const int LockExclusiveNow = 2 | 4;
    private readonly AgentSlots _slots;
    private readonly ProgramStart _start;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _confirmed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A step and the loop may write the state at the same time.
    private readonly Lock _gate = new();
    private SlotState _state;

    /// <param name="slots">The slots.</param>
    /// <param name="start">How this process was started.</param>
    /// <param name="state">The state of the slots.</param>
    /// <param name="logger">The log.</param>
    internal SelfUpdate(AgentSlots slots, ProgramStart start, SlotState state, ILogger logger)
    {
        _slots = slots;
        _start = start;
        _state = state;
        _logger = logger;
        if (!IsTrial)
        {
            _confirmed.SetResult();
        }
    }

    /// <summary>The version of this program.</summary>
    public string Version => _start.Version;

    /// <summary>Completes when this version is no longer on trial.</summary>
    public Task Confirmed => _confirmed.Task;

    /// <summary>Stops the agent: the packaged program takes over.</summary>
    public Action Stop { get; set; } = static () => { };

    /// <summary>Whether the packaged program has to take over when the agent has stopped.</summary>
    public bool WantsRestart { get; private set; }

    private bool IsTrial => _start.IsSlot && _state.Update is { Phase: SlotPhase.Started } update && update.Version == Version;

    /// <summary>
    /// Decides which version runs. Does not return if that is another one: it replaces this program. Without slots it costs the attempt to
    /// open one file.
    /// </summary>
    /// <param name="dataDirectory">The data directory.</param>
    /// <param name="start">How this process was started.</param>
    /// <param name="logger">The log.</param>
    public static SelfUpdate Begin(string dataDirectory, ProgramStart start, ILogger logger)
    {
        AgentSlots slots = new(Path.GetFullPath(dataDirectory));
        SlotState? state = null;
        try
        {
            state = slots.Read();
            if (state is not null && !start.IsSlot)
            {
                state = Choose(dataDirectory, slots, state, start, logger);
            }
        }
        catch (IOException e)
        {
            AgentLog.SlotsUnusable(logger, start.Version, e.Message);
            if (start.IsSlot)
            {
                // It can't know whether it is on trial, and must not report for an update.
                ProgramExchange.Disarm();
                int error = start.RunPackaged();
                throw new UsageException($"{start.Packaged} can't be run: {ErrorText.Of(error)}; install the package of the agent again");
            }
        }

        return new SelfUpdate(slots, start, state ?? new SlotState(), logger);
    }

    /// <summary>Prepares an update: the next start tries the version. Call <see cref="Restart"/> then.</summary>
    /// <exception cref="IOException">The state can't be written.</exception>
    public void Prepare(SlotUpdate update)
    {
        lock (_gate)
        {
            Write(_state with { Update = update });
        }
    }

    /// <summary>Stops the agent, after which <see cref="Exchange"/> is due.</summary>
    public void Restart()
    {
        WantsRestart = true;
        Stop();
    }

    /// <summary>Creates the directory of a version.</summary>
    /// <returns>The path of its program.</returns>
    /// <exception cref="IOException">It can't be created.</exception>
    public string Create(string version)
    {
        _slots.Create(version);
        return _slots.ProgramOf(version);
    }

    /// <summary>Removes a version that does not start.</summary>
    public void Remove(string version)
    {
        if (version != _state.Confirmed)
        {
            _slots.Remove(version);
        }
    }

    /// <summary>Takes why the update of a step has failed; null if it has not. The next attempt at the step tries again.</summary>
    public string? TakeFailure(StepContext step)
    {
        if (_state.Update is not { Phase: SlotPhase.Failed } update
            || update.JobId != step.JobId || update.ExecutionNumber != step.ExecutionNumber || update.Step != step.Number)
        {
            return null;
        }

        DiscardLeftover();
        return update.Reason;
    }

    /// <summary>Removes what an update left that has failed. Call it also when no job is under way.</summary>
    public void DiscardLeftover()
    {
        lock (_gate)
        {
            if (_state.Update is not { Phase: SlotPhase.Failed })
            {
                return;
            }

            try
            {
                Write(_state with { Update = null });
                _slots.RemoveOthers(_state);
            }
            catch (IOException e)
            {
                AgentLog.SlotsUnusable(_logger, Version, e.Message);
            }
        }
    }

    /// <summary>The service has accepted a request: this version works.</summary>
    /// <returns>Whether that is written; if not, try again before the alarm.</returns>
    public bool Confirm()
    {
        lock (_gate)
        {
            return ConfirmNow();
        }
    }

    /// <summary>Replaces this program by the packaged one. Returns only if that fails; then the service manager has to start it.</summary>
    public void Exchange()
    {
        int error = _start.RunPackaged();
        AgentLog.SlotsUnusable(_logger, Version, $"{_start.Packaged} can't be run: {ErrorText.Of(error)}");
    }

    private bool ConfirmNow()
    {
        bool isTrial = IsTrial;
        if (!isTrial && !(_start.IsSlot && _state.Confirmed == Version && _state.Starts > 0))
        {
            return true;
        }

        try
        {
            Write(isTrial ? new SlotState { Confirmed = Version } : _state with { Starts = 0 });
        }
        catch (IOException e)
        {
            // If no later attempt succeeds, a trial ends by its alarm, and the old version runs again.
            AgentLog.SlotsUnusable(_logger, Version, e.Message);
            return false;
        }

        if (isTrial)
        {
            ProgramExchange.Disarm();
            AgentLog.SlotNote(_logger, $"version {Version} is confirmed");
            _confirmed.SetResult();
            _slots.RemoveOthers(_state);
        }

        return true;
    }

    private static SlotState Choose(string dataDirectory, AgentSlots slots, SlotState state, ProgramStart start, ILogger logger)
    {
        if (ProtectedDirectory.FindFault(dataDirectory, out string real) is not null)
        {
            // The agent refuses it with the reason.
            return state;
        }

        // Another agent may use the directory. Closed by execve: the next program locks it.
        int directory = Libc.Open(real, Libc.OpenReadOnly | Libc.OpenNoFollow | Libc.CloseOnExec, 0);
        try
        {
            if (directory < 0 || Libc.Lock(directory, LockExclusiveNow) != 0)
            {
                return state;
            }

            while (true)
            {
                StartDecision decision = StartDecision.Of(start.Version, state, slots.FindFault);
                foreach (string note in decision.Notes)
                {
                    AgentLog.SlotNote(logger, note);
                }

                // Before the start: a version that brings the board down must not start again.
                bool isWritten = decision.State == state || Write(slots, decision.State, start, logger);
                if (!isWritten && decision.IsTrial)
                {
                    // A full disk keeps no confirmed version from running, but no trial starts without its record.
                    state = state with { Update = null };
                    continue;
                }

                state = decision.State;

                if (decision.Version is not { } version)
                {
                    slots.RemoveOthers(state);
                    return state;
                }

                string program = slots.ProgramOf(version);
                int seconds = decision.IsTrial ? state.Update!.ConfirmSeconds : 0;
                int error = start.RunSlot(program, seconds);
                string fault = $"{program}: {ProgramFile.Explain(ProgramFile.ReadHead(program), error)}";
                AgentLog.SlotNote(logger, $"version {version} can't be run: {fault}");
                state = decision.IsTrial
                    ? state with { Update = state.Update!.Fail($"version {version}: {fault}") }
                    : state with { Confirmed = string.Empty, Starts = 0 };
                _ = Write(slots, state, start, logger);
            }
        }
        finally
        {
            _ = Libc.Close(directory);
        }
    }

    /// <returns>Whether it is written.</returns>
    private static bool Write(AgentSlots slots, SlotState state, ProgramStart start, ILogger logger)
    {
        try
        {
            slots.Write(state);
            return true;
        }
        catch (IOException e)
        {
            AgentLog.SlotsUnusable(logger, start.Version, e.Message);
            return false;
        }
    }

    private void Write(SlotState state)
    {
        _slots.Write(state);
        _state = state;
    }
}
