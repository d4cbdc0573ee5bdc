namespace EdgeJobs.Client.Requests;

/// <summary>
/// Ends the requests whose replies take too long, with one timer for all: each has the same time, so that they are due in the
/// order in which they were sent.
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

    /// <summary>Makes one without requests.</summary>
    /// <param name="timeout">How long a reply may take.</param>
    /// <param name="time">The clock.</param>
    public RequestTimeouts(TimeSpan timeout, TimeProvider time)
    {
        _timeout = timeout;
        _time = time;
        _timer = time.CreateTimer(static self => ((RequestTimeouts)self!).OnElapsed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request is about to be sent.</summary>
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
                // Left set when the request has ended: the next one need not set it, and after the last it elapses once in vain.
                _isSet = true;
                _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>The request has ended.</summary>
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
            // It was due.
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
                    // The clock's timer counts whole milliseconds.
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
