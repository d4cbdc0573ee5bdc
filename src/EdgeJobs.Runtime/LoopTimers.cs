using EdgeJobs.Runtime.StateMachine;

namespace EdgeJobs.Runtime;

/// <summary>The timers that the state machine has set.</summary>
/// <param name="time">Their clock.</param>
/// <param name="elapsed">Told the id of each that elapses, on any thread.</param>
internal sealed class LoopTimers(TimeProvider time, Action<long> elapsed) : IDisposable
{
    private readonly Dictionary<long, ITimer> _timers = [];

    /// <summary>Sets a timer, and forgets those that nobody waits for any more.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="delay">When it elapses.</param>
    /// <param name="state">What is waited for.</param>
    public void Schedule(long id, TimeSpan delay, in JobState state)
    {
        _timers[id] = time.CreateTimer(_ => elapsed(id), null, delay, Timeout.InfiniteTimeSpan);
        ForgetElapsed(id, state);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ITimer timer in _timers.Values)
        {
            timer.Dispose();
        }
    }

    private void ForgetElapsed(long newest, in JobState state)
    {
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

    private static bool IsAwaited(in ActiveJob job, long id) =>
        id == job.RetryTimer || id == job.ThrottleTimer || id == job.DelayTimer || id == job.WriteTimer || id == job.HeartbeatTimer;
}
