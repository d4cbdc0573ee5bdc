namespace EdgeJobs.Client.Logging;

/// <summary>
/// Allows one log line of a kind per minute, so that a flood from a server does not fill the board's disk. The next line states how many
/// were suppressed.
/// </summary>
internal sealed class LogThrottle(TimeProvider time)
{
    /// <summary>The minimum time between two lines of a kind.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _last;
    private bool _hasPassed;
    private int _omitted;

    /// <summary>Whether a line may be written.</summary>
    /// <param name="more">The suffix that states how many lines were suppressed; empty if none were.</param>
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
