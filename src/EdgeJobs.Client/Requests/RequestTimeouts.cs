namespace EdgeJobs.Client.Requests;

/// <summary>
/// Times out requests with one timer for all. All have the same time-out, so they are due in the order in which they were sent.
/// </summary>
internal sealed class RequestTimeouts
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private PendingRequest? _first;
    private PendingRequest? _last;
    private bool _isSet;

    public RequestTimeouts(TimeSpan timeout, TimeProvider time)
    {
        _timeout = timeout;
        _time = time;
        _timer =
            time.CreateTimer(static self => ((RequestTimeouts)self!).OnElapsed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds a request that is about to be sent.</summary>
    public void Add(PendingRequest request)
    {
        lock (_gate)
        {
            request.SentAt = _time.GetTimestamp();
            request.Before = _last;
            (_last is null ? ref _first : ref _last.After) = request;
            _last = request;
            if (!_isSet)
            {
                // Stays set when the request ends: the next one need not set it, and after the last it elapses once without effect.
                _isSet = true;
                _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>Removes a request that has ended.</summary>
    public void Remove(PendingRequest request)
    {
        lock (_gate)
        {
            Unlink(request);
        }
    }

    private void Unlink(PendingRequest request)
    {
        if (request.Before is null && !ReferenceEquals(_first, request))
        {
            // It has timed out already.
            return;
        }

        (request.Before is null ? ref _first : ref request.Before.After) = request.After;
        (request.After is null ? ref _last : ref request.After.Before) = request.Before;
        request.Before = null;
        request.After = null;
    }

    private void OnElapsed()
    {
        lock (_gate)
        {
            _isSet = false;
            while (_first is { } request)
            {
                TimeSpan rest = _timeout - _time.GetElapsedTime(request.SentAt);
                if (rest > TimeSpan.Zero)
                {
                    // Timers have a resolution of 1 ms.
                    _isSet = true;
                    _timer.Change(rest < Shortest ? Shortest : rest, Timeout.InfiniteTimeSpan);
                    return;
                }

                Unlink(request);
                request.TimeOut();
            }
        }
    }
}
