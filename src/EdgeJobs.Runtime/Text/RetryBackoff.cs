namespace EdgeJobs.Runtime.Text;

/// <summary>
/// How long to wait before a request is sent again: a random time up to a bound that doubles with each attempt ("full
/// jitter"), so that boards which were throttled together do not come back together.
/// </summary>
/// <param name="random">Where the jitter comes from.</param>
/// <param name="first">The bound of the first wait; 1 s when null.</param>
/// <param name="last">The bound that no wait exceeds; 5 minutes when null.</param>
public sealed class RetryBackoff(Random random, TimeSpan? first = null, TimeSpan? last = null)
{
    /// <summary>2^20 first bounds are beyond any last bound; shifting further would only overflow.</summary>
    private const int MaxShift = 20;

    private readonly TimeSpan _first = first ?? TimeSpan.FromSeconds(1);
    private readonly TimeSpan _last = last ?? TimeSpan.FromMinutes(5);

    /// <summary>The wait before the next attempt.</summary>
    /// <param name="attempt">How many have failed, 1 or more.</param>
    public TimeSpan Next(int attempt)
    {
        TimeSpan bound = _first * (1L << Math.Clamp(attempt - 1, 0, MaxShift));
        return Within(bound < _last ? bound : _last);
    }

    /// <summary>A random time up to a bound.</summary>
    /// <param name="bound">The bound.</param>
    public TimeSpan Within(TimeSpan bound) => bound * random.NextDouble();
}
