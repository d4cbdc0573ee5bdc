namespace EdgeJobs.Client.Mqtt;

/// <summary>Pings the server once per period and detects a missing response. An idle connection allocates nothing here.</summary>
internal sealed class KeepAlive : IDisposable
{
    private readonly TimeSpan _period;
    private readonly TimeProvider _time;
    private readonly Func<Task> _ping;
    private readonly Action<string> _timedOut;
    private readonly ITimer _next;
    private readonly ITimer _deadline;
    private readonly Lock _gate = new();
    private TimeSpan _timeout;
    private long _pingedAt;
    private bool _isAwaited;
    private bool _isDisposed;

    /// <summary>Creates it. <see cref="Start"/> starts the pings.</summary>
    /// <param name="period">The time between pings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ping">Sends a ping; <see cref="PongReceived"/> reports its response.</param>
    /// <param name="timedOut">Called once, if no response arrives within half a period. The server's own time-out is not longer.</param>
    public KeepAlive(TimeSpan period, TimeProvider time, Func<Task> ping, Action<string> timedOut)
    {
        _period = period;
        _time = time;
        _ping = ping;
        _timedOut = timedOut;
        _next = time.CreateTimer(static self => ((KeepAlive)self!).OnPeriod(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline =
            time.CreateTimer(static self => ((KeepAlive)self!).OnDeadline(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start() => _next.Change(_period, _period);

    /// <summary>Pings immediately, in addition to the periodic pings.</summary>
    /// <param name="timeout">The time-out of the response; at most half a period.</param>
    public void Probe(TimeSpan timeout) => SendPing(timeout < _period / 2 ? timeout : _period / 2);

    /// <summary>The server has responded to a ping.</summary>
    public void PongReceived()
    {
        lock (_gate)
        {
            _isAwaited = false;
            _deadline.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        _next.Dispose();
        _deadline.Dispose();
    }

    private void OnPeriod() => SendPing(_period / 2);

    private void SendPing(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            // If two pings are pending, the earlier deadline counts.
            if (!_isAwaited || _time.GetElapsedTime(_pingedAt) + timeout < _timeout)
            {
                _isAwaited = true;
                _pingedAt = _time.GetTimestamp();
                _timeout = timeout;
                _deadline.Change(timeout, Timeout.InfiniteTimeSpan);
            }
        }

        _ = PingAsync();
    }

    private async Task PingAsync()
    {
        try
        {
            await _ping().ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The connection is lost; its receiver detects that as well.
            Dispose();
        }
    }

    private void OnDeadline()
    {
        lock (_gate)
        {
            if (_isDisposed || !_isAwaited)
            {
                return;
            }

            _isDisposed = true;
        }

        _next.Dispose();
        _timedOut($"the server has not answered a ping within {_timeout.TotalSeconds:0.#} s");
    }
}
