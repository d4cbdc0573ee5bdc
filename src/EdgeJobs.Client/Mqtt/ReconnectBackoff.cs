namespace EdgeJobs.Client;

/// <summary>
/// The delay before each connection attempt: random, up to a bound that doubles ("full jitter"), so that boards that lost the server at
/// the same time do not reconnect at the same time. A stable connection resets the bound.
/// </summary>
public sealed class ReconnectBackoff
{
    /// <summary>A refusal counts as this many failed attempts: 1 s doubled five times.</summary>
    private const int RefusedAttempts = 5;

    private readonly TimeSpan _first;
    private readonly TimeSpan _last;
    private readonly TimeSpan _stable;
    private readonly Random _random;
    private int _attempts;

    /// <summary>Creates the schedule.</summary>
    /// <param name="random">The source of the jitter.</param>
    /// <param name="first">The bound of the first delay; null for 1 s.</param>
    /// <param name="last">The maximum delay; null for 120 s.</param>
    /// <param name="stable">How long a connection must last to reset the bound; null for 30 s.</param>
    public ReconnectBackoff(Random random, TimeSpan? first = null, TimeSpan? last = null, TimeSpan? stable = null)
    {
        _random = random;
        _first = first ?? TimeSpan.FromSeconds(1);
        _last = last ?? TimeSpan.FromSeconds(120);
        _stable = stable ?? TimeSpan.FromSeconds(30);
    }

    /// <summary>The delay before the next attempt: 0 up to the bound.</summary>
    public TimeSpan Next() => Bound() * _random.NextDouble();

    /// <summary>
    /// The delay after a failed attempt. A refusal by the server and unusable credential files need a person to fix them: then the bound
    /// is at least 32 s, and the delay at least half of it.
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

    /// <summary>Reports how long the last connection lasted.</summary>
    public void Connected(TimeSpan duration)
    {
        if (duration >= _stable)
        {
            _attempts = 0;
        }
    }

    private TimeSpan Bound()
    {
        // 2^20 seconds exceeds any bound; a larger shift would overflow.
        TimeSpan bound = _first * (1L << Math.Min(_attempts, 20));
        _attempts++;
        return bound < _last ? bound : _last;
    }
}
