namespace EdgeJobs.Fuzz;

/// <summary>
/// Random numbers (SplitMix64) that are the same on every machine and in every version of .NET: an input is its seed and its
/// number.
/// </summary>
internal sealed class Randomness
{
    private ulong _state;

    /// <summary>Seeds the numbers of one input.</summary>
    public void Begin(ulong seed, long input) => _state = Mix(seed + Mix((ulong)input + 1));

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return Mix(_state);
    }

    /// <summary>0 to <paramref name="bound"/> - 1.</summary>
    public int Below(int bound) => (int)(((Next() >> 32) * (ulong)bound) >> 32);

    /// <summary>From <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public int Between(int low, int high) => low + Below(high - low + 1);

    /// <summary>True once in <paramref name="times"/> times.</summary>
    public bool OneIn(int times) => Below(times) == 0;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
