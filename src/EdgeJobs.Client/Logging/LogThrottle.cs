namespace EdgeJobs.Client.Logging;

/// <summary>
/// Lets one line of a kind through in a minute: what a server sends in floods must not fill the board's disk. The next line
/// says how many like it were left out.
/// </summary>
internal sealed class LogThrottle(TimeProvider time)
{
    /// <summary>How long a kind is silent after a line.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _last;
    private bool _hasPassed;
    private int _omitted;

    /// <summary>Whether a line may be written.</summary>
    /// <param name="more">What it has to say of those before it that were not: empty when there were none.</param>
    public bool TryPass(out string more)
    {
        lock (_gate)
        {
            if (_hasPassed && time.GetElapsedTime(_last) < Period)
            {
                _omitted++;
                more = "";
                return false;
            }

            more = _omitted == 0 ? "" : $" ({_omitted} more like it since the last such line)";
            _hasPassed = true;
            _last = time.GetTimestamp();
            _omitted = 0;
            return true;
        }
    }
}
