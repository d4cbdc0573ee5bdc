namespace EdgeJobs.Client;

/// <summary>
/// How long to wait before each attempt: a random time up to a bound that doubles ("full jitter"), so that boards that lost
/// the server together do not come back together. A connection that stood for a while starts the bound anew.
/// </summary>
public sealed class ReconnectBackoff
{
    /// <summary>A refusal counts as so many attempts that failed: 1 s doubled five times.</summary>
    private const int RefusedAttempts = 5;

    private readonly TimeSpan _first;
    private readonly TimeSpan _last;
    private readonly TimeSpan _stable;
    private readonly Random _random;
    private int _attempts;

    /// <summary>Makes the schedule.</summary>
    /// <param name="random">Where the jitter comes from.</param>
    /// <param name="first">The bound of the first wait; 1 s when null.</param>
    /// <param name="last">The bound that no wait exceeds; 120 s when null.</param>
    /// <param name="stable">How long a connection must have stood for the bound to start anew; 30 s when null.</param>
    public ReconnectBackoff(Random random, TimeSpan? first = null, TimeSpan? last = null, TimeSpan? stable = null)
    {
        _random = random;
        _first = first ?? TimeSpan.FromSeconds(1);
        _last = last ?? TimeSpan.FromSeconds(120);
        _stable = stable ?? TimeSpan.FromSeconds(30);
    }

    /// <summary>The wait before the next attempt: 0 up to the bound.</summary>
    public TimeSpan Next() => Bound() * _random.NextDouble();

    /// <summary>
    /// The wait after an attempt that failed. What a server has refused, or a file has spoilt, it takes a person to mend: after
    /// that the bound is 32 s at least, and the wait no less than half of it.
    /// </summary>
    /// <param name="kind">Why it failed.</param>
    public TimeSpan Next(ConnectFailureKind kind)
    {
        if (kind is not (ConnectFailureKind.Refused or ConnectFailureKind.SubscriptionRefused or ConnectFailureKind.Credentials))
        {
            return Next();
        }

        _attempts = Math.Max(_attempts, RefusedAttempts);
        return Bound() * ((1 + _random.NextDouble()) / 2);
    }

    /// <summary>Tells how long the last connection stood.</summary>
    public void Connected(TimeSpan duration)
    {
        if (duration >= _stable)
        {
            _attempts = 0;
        }
    }

    private TimeSpan Bound()
    {
        // 2^20 seconds is beyond any bound; shifting further would only overflow.
        TimeSpan bound = _first * (1L << Math.Min(_attempts, 20));
        _attempts++;
        return bound < _last ? bound : _last;
    }
}
