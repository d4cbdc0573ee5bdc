namespace EdgeJobs.Runtime.Text;

/// <summary>
/// The delay before a retry: a random time up to a bound that doubles with each attempt ("full jitter"), so that boards that were throttled
/// together do not retry together.
/// </summary>
/// <param name="random">The source of the jitter.</param>
/// <param name="first">The bound of the first delay; 1 s by default.</param>
/// <param name="last">The maximum delay; 5 minutes by default.</param>
internal sealed class RetryBackoff(Random random, TimeSpan? first = null, TimeSpan? last = null)
{
    /// <summary>2^20 times the first bound exceeds any maximum; a larger shift would overflow.</summary>
    private const int MaxShift = 20;

    private readonly TimeSpan _first = first ?? TimeSpan.FromSeconds(1);
    private readonly TimeSpan _last = last ?? TimeSpan.FromMinutes(5);

    /// <summary>The delay before the next attempt.</summary>
    /// <param name="attempt">The number of failed attempts, from 1.</param>
    public TimeSpan Next(int attempt)
    {
        TimeSpan bound = _first * (1L << Math.Clamp(attempt - 1, 0, MaxShift));
        return Within(bound < _last ? bound : _last);
    }

    /// <summary>A random delay up to a bound.</summary>
    public TimeSpan Within(TimeSpan bound) => bound * random.NextDouble();
}
