

namespace EdgeJobs.Runtime.Engine;

/// <summary>The timers that the state machine has set, on one timer of the clock: most are forgotten long before they elapse.</summary>
internal sealed class LoopTimers : IDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private readonly List<(long Id, long Start, TimeSpan Delay)> _set = [];
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<long> _elapsed;
    private readonly ITimer _timer;

    /// <summary>Makes one in which no timer is set.</summary>
    /// <param name="time">Their clock.</param>
    /// <param name="elapsed">Told the id of each that elapses, on any thread.</param>
    public LoopTimers(TimeProvider time, Action<long> elapsed)
    {
        _time = time;
        _elapsed = elapsed;
        _timer = time.CreateTimer(static self => ((LoopTimers)self!).OnElapsed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sets a timer, and forgets those that nobody waits for any more.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="delay">When it elapses.</param>
    /// <param name="state">What is waited for.</param>
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
            Wait();
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
            // Outside of the lock: the loop may go on in this thread, and set timers.
            _elapsed(id);
        }
    }

    /// <summary>Takes one that is due; without one sets the clock's timer to the next.</summary>
    private bool TryTake(out long id)
    {
        lock (_gate)
        {
            for (int i = 0; i < _set.Count; i++)
            {
                if (Rest(i) <= TimeSpan.Zero)
                {
                    id = _set[i].Id;
                    _set.RemoveAt(i);
                    return true;
                }
            }

            id = 0;
            Wait();
            return false;
        }
    }

    /// <summary>Sets the clock's timer to the one that elapses first.</summary>
    private void Wait()
    {
        TimeSpan first = TimeSpan.MaxValue;
        for (int i = 0; i < _set.Count; i++)
        {
            TimeSpan rest = Rest(i);
            first = rest < first ? rest : first;
        }

        // The clock's timer counts whole milliseconds.
        _timer.Change(first == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : first < Shortest ? Shortest : first, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Rest(int index) => _set[index].Delay - _time.GetElapsedTime(_set[index].Start);
}
