using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Engine;

/// <summary>
/// What the service manager knows about the agent: when it is ready, reloads and stops, what it does now, and that its loop turns.
/// Without a service manager it does nothing.
/// </summary>
internal sealed class ServiceStatus : IDisposable
{
    private readonly ServiceNotifier? _notifier;
    private readonly TimeProvider _time;
    private readonly ITimer? _timer;
    private Action? _check;
    // What is shown, to compare it without allocating.
    private bool _isConnected;
    private JobKey _job;
    private int _step = -1;
    private Outcome? _outcome;

    /// <param name="notifier">The connection to the service manager; null without one.</param>
    /// <param name="time">The clock.</param>
    public ServiceStatus(ServiceNotifier? notifier, TimeProvider time)
    {
        _notifier = notifier;
        _time = time;
        if (notifier?.Watchdog is { } watchdog)
        {
            // Twice in the time, as sd_watchdog_enabled(3) recommends.
            _timer = time.CreateTimer(static self => ((ServiceStatus)self!).Check(), this, watchdog / 2, watchdog / 2);
        }
    }

    /// <summary>The settings are valid and the data directory is this agent's: the service has started.</summary>
    /// <param name="server">The server that it connects to.</param>
    public void Ready(string server) => _notifier?.Send($"READY=1\nSTATUS=Connecting to {SafeText.Of(server)}", mayWait: true);

    /// <summary>Runs a reload of the configuration, announced as such.</summary>
    public void Reload(Action reload)
    {
        if (_notifier is not null)
        {
            long now = _time.GetTimestamp() / (_time.TimestampFrequency / 1_000_000);
            _notifier.Send($"RELOADING=1\nMONOTONIC_USEC={now}", mayWait: true);
        }

        reload();
        _notifier?.Send("READY=1", mayWait: true);
    }

    public void Stopping() => _notifier?.Send("STOPPING=1\nSTATUS=Stopping", mayWait: true);

    /// <summary>From now on only <see cref="Alive"/> sends signs of life. Until then the timer does.</summary>
    /// <param name="check">Requests that the loop calls <see cref="Alive"/>.</param>
    public void Watch(Action check) => _check = check;

    /// <summary>The loop turns.</summary>
    public void Alive() => _notifier?.Send("WATCHDOG=1");

    /// <summary>Shows what the agent does now, if that has changed.</summary>
    public void Update(in JobState state)
    {
        if (_notifier is null || state.IsStopping)
        {
            return;
        }

        JobKey job = state.Job?.Key ?? default;
        int step = state.Job?.Journal.Index ?? 0;
        Outcome? outcome = state.Job?.Journal.Outcome;
        if (_isConnected == state.IsConnected && _job == job && _step == step && ReferenceEquals(_outcome, outcome))
        {
            return;
        }

        (_isConnected, _job, _step, _outcome) = (state.IsConnected, job, step, outcome);

        // The texts of a document are not trusted: a line break would begin another message.
        _notifier.Send($"STATUS={SafeText.Of(Redaction.Of(Describe(state)))}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer?.Dispose();
        _notifier?.Dispose();
    }

    private static string Describe(in JobState state)
    {
        string connection = state.IsConnected ? string.Empty : " (not connected)";
        if (state.Job is not { } job)
        {
            return $"Waiting for jobs{connection}";
        }

        if (job.Journal.Outcome is { } outcome)
        {
            return $"Reporting {job.Key}: {outcome.Status.ToWireString()}{connection}";
        }

        int index = job.Journal.Index;
        return job.Plan is { } plan && index < plan.Steps.Count
            ? $"Running {job.Key}: step {plan.NumberOf(index)} of {plan.Count}, {plan.Steps[index].Name}{connection}"
            : $"Running {job.Key}{connection}";
    }

    private void Check()
    {
        if (_check is { } check)
        {
            check();
        }
        else
        {
            Alive();
        }
    }
}
