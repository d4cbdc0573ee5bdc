namespace EdgeJobs.Runtime.Engine;

/// <summary>The timers of the state machine, on one timer of the clock: most become obsolete long before they elapse.</summary>
internal sealed class LoopTimers : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private readonly List<(long Id, long Start, TimeSpan Delay)> _set = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<long> _elapsed;
    private readonly ITimer _timer;

    /// <param name="time">The clock.</param>
    /// <param name="elapsed">Gets the id of each timer that elapses, on any thread.</param>
    public LoopTimers(TimeProvider time, Action<long> elapsed)
    {
        _time = time;
        _elapsed = elapsed;
        _timer = time.CreateTimer(static self => ((LoopTimers)self!).OnElapsed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets a timer, and drops those that the state no longer awaits.</summary>
    public void Schedule(long id, TimeSpan delay, in JobState state)
    {
        lock (_gate)
        {
            for (int i = _set.Count - 1; i >= 0; i--)
            {
                if (!IsAwaited(state, _set[i].Id))
                {
                    _set.RemoveAt(i);
                }
            }

            _set.Add((id, _time.GetTimestamp(), delay));
            SetClock();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private static bool IsAwaited(in JobState state, long id) =>
        id == state.RetryTimer || id == state.StopTimer || id == state.PollTimer || (state.Job is { } job && IsAwaited(job, id));

    private static bool IsAwaited(in ActiveJob job, long id) =>
        id == job.RetryTimer || id == job.ThrottleTimer || id == job.DelayTimer || id == job.WriteTimer || id == job.HeartbeatTimer;

    private void OnElapsed()
    {
        while (TryTake(out long id))
        {
            // Outside the lock: the loop may continue on this thread and set timers.
            _elapsed(id);
        }
    }

    /// <summary>Removes a timer that is due; if none is, sets the clock's timer for the next one.</summary>
    private bool TryTake(out long id)
    {
        lock (_gate)
        {
            for (int i = 0; i < _set.Count; i++)
            {
                if (Remaining(i) <= TimeSpan.Zero)
                {
                    id = _set[i].Id;
                    _set.RemoveAt(i);
                    return true;
                }
            }

            id = 0;
            SetClock();
            return false;
        }
    }

    /// <summary>Sets the clock's timer for the first timer to elapse.</summary>
    private void SetClock()
    {
        TimeSpan first = TimeSpan.MaxValue;
        for (int i = 0; i < _set.Count; i++)
        {
            TimeSpan remaining = Remaining(i);
            first = remaining < first ? remaining : first;
        }

        // The clock's timer has a resolution of one millisecond.
        TimeSpan delay = first == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : first < Shortest ? Shortest : first;
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Remaining(int index) => _set[index].Delay - _time.GetElapsedTime(_set[index].Start);
}
