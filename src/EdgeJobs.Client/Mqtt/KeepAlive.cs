namespace EdgeJobs.Client.Mqtt;

/// <summary>
/// Pings the server once in each period and tells when an answer stays out. MQTTnet's own loop wakes four times a second,
/// and ends without a word when a ping can't even be sent. While nothing else happens, nothing is allocated here.
/// </summary>
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

    /// <summary>Makes one that does not ping yet.</summary>
    /// <param name="period">The time between pings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ping">Sends a ping. Its answer is told by <see cref="PongReceived"/>.</param>
    /// <param name="timedOut">Told once, when no answer has come within half a period: the server waits no longer either.</param>
    public KeepAlive(TimeSpan period, TimeProvider time, Func<Task> ping, Action<string> timedOut)
    {
        _period = period;
        _time = time;
        _ping = ping;
        _timedOut = timedOut;
        _next = time.CreateTimer(static self => ((KeepAlive)self!).OnPeriod(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline = time.CreateTimer(static self => ((KeepAlive)self!).OnDeadline(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins.</summary>
    public void Start() => _next.Change(_period, _period);

    /// <summary>Pings at once, beside the pings that are due.</summary>
    /// <param name="timeout">How long the answer may take; half a period if that is shorter.</param>
    public void Probe(TimeSpan timeout) => SendPing(timeout < _period / 2 ? timeout : _period / 2);

    /// <summary>The server has answered a ping: it is there, whichever ping that was.</summary>
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

            // Of two that are waited for, the one counts whose time is over first.
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
            // The connection broke under the ping; who receives on it hears of that as well.
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
