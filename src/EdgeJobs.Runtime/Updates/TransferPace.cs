namespace EdgeJobs.Runtime.Updates;

/// <summary>Spreads a transfer over time. It does not make up for what a slow server has left over.</summary>
/// <param name="time">The clock.</param>
/// <param name="bytesPerSecond">The limit; 0 for none.</param>
internal sealed class TransferPace(TimeProvider time, long bytesPerSecond)
{
    private const int Smallest = 1024;
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _due;

    /// <summary>How many bytes to read at once, so that no wait is longer than about a second.</summary>
    public int Limit(int bytes) => bytesPerSecond == 0 ? bytes : (int)Math.Clamp(bytesPerSecond, Math.Min(Smallest, bytes), bytes);

    /// <summary>Counts bytes.</summary>
    /// <returns>How long to wait before the next ones.</returns>
    public TimeSpan Next(int bytes)
    {
        if (bytesPerSecond == 0)
        {
            return TimeSpan.Zero;
        }

        TimeSpan now = time.GetElapsedTime(_start);
        _due = (_due > now ? _due : now) + TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
        return _due - now;
    }
}
